/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Fields of the context, and dynptrs of packets: what this type of program has instead. */
#include "fixer.h"

/* The text from `at` on, without blanks, is this. Behind it; else SKEP_NOWHERE. */
static size_t take(const struct skep_fixer *fx, size_t at, const char *text)
{
	for (; *text; text++, at++) {
		at = skep_ctext_skip(&fx->text, at, fx->text.length);
		if (at >= fx->text.length || fx->text.code[at] != *text)
			return SKEP_NOWHERE;
	}
	return at;
}

/* A socket filter has no `data` and `data_end`, but what both tell together. */
static void use_length(struct skep_fixer *fx)
{
	struct skep_changes changes = { .count = 0 };
	const char *code;

	if (!skep_span_starts(skep_fixer_section(fx), SPAN("socket")))
		return;
	for (size_t at = fx->at; at < fx->end; at++) {
		struct skep_span ctx = skep_ctext_word(&fx->text, at);
		size_t end;

		if (!ctx.length)
			continue;
		code = skep_fixer_print(fx, "->data_end-%.*s->data", SKEP_TEXT(ctx));
		end = take(fx, at + ctx.length, code);
		at += ctx.length - 1;
		if (end == SKEP_NOWHERE || skep_is_word(fx->text.code[end]))
			continue;
		code = skep_fixer_print(fx, "%.*s->len", SKEP_TEXT(ctx));
		skep_fixer_replace(fx, &changes, at + 1 - ctx.length, end, code);
		skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE,
				 skep_fixer_print(fx,
						  "use `%s`: `%.*s->data_end` is not there for "
						  "socket filters",
						  code, SKEP_TEXT(ctx)),
				 code);
		return;
	}
}

static int words_of(struct skep_span field)
{
	static const struct {
		const char *name;
		int words;
	} fields[] = { { "cb", 5 },         { "remote_ip6", 4 }, { "local_ip6", 4 },
		       { "user_ip6", 4 },   { "src_ip6", 4 },    { "dst_ip6", 4 },
		       { "msg_src_ip6", 4 } };

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (skep_span_is(field, skep_span_of(fields[i].name)))
			return fields[i].words;
	return 0;
}

/* `skb->cb[i]`: words of the context have to be named one by one. */
static void copy_words(struct skep_fixer *fx)
{
	const struct skep_cstatement *s = &fx->body.at[fx->statement];
	struct skep_span state = skep_path_register(&fx->c->path, fx->c->refused, fx->c->reg);
	struct skep_changes changes = { .count = 0 };
	const char *words = skep_fixer_fresh(fx, "words"), *code = "";
	int64_t most = -1;
	bool fits;

	if (s->kind == SKEP_C_LOOP || skep_span_find(fx->c->message, SPAN("variable ctx")) < 0)
		return;
	skep_value_number(state, "umax", &most);
	for (size_t at = fx->at; at < fx->end; at++) {
		struct skep_span ctx = skep_ctext_word(&fx->text, at), field;
		size_t open, end = at + ctx.length;
		int count;

		if (!ctx.length)
			continue;
		at = end - 1;
		if (fx->text.code[end] != '-' || fx->text.code[end + 1] != '>')
			continue;
		field = skep_ctext_word(&fx->text, end + 2);
		count = words_of(field);
		open = end + 2 + field.length;
		if (!count || fx->text.code[open] != '[')
			continue;
		end = skep_ctext_match(&fx->text, open, fx->end);
		if (!skep_fixer_reads(fx, at + 1 - ctx.length, end))
			return;
		for (int i = 0; i < count; i++)
			code = skep_fixer_print(fx, "%s%s%.*s->%.*s[%d]", code, i ? ", " : "",
						SKEP_TEXT(ctx), SKEP_TEXT(field), i);
		code = skep_fixer_print(fx, "__u32 %s[%d] = { %s };\n", words, count, code);
		/* Addresses are in the contexts of sockets and cgroups only. */
		fits = (skep_span_is(field, SPAN("cb")) ||
			skep_span_starts(skep_fixer_section(fx), SPAN("cgroup")) ||
			skep_span_starts(skep_fixer_section(fx), SPAN("sk_"))) &&
		       most >= 0 && most <= 4 * ((int64_t)count - 1);
		skep_fixer_before(fx, &changes, fx->statement, code);
		skep_fixer_replace(fx, &changes, at + 1 - ctx.length, open, words);
		skep_fixer_offer(fx, &changes, fits ? SKEP_FIX_MACHINE : SKEP_FIX_SUGGESTION,
				 skep_fixer_print(fx, "copy the words of `%.*s->%.*s` first",
						  SKEP_TEXT(ctx), SKEP_TEXT(field)),
				 code);
		return;
	}
}

/* Whether memory is only read through a variable of this function. */
static bool is_read_only(const struct skep_fixer *fx, struct skep_span name)
{
	size_t at = fx->at;

	while ((at = skep_ctext_find(&fx->text, at, fx->function.end, name)) != SKEP_NOWHERE) {
		size_t end = skep_fixer_chain(fx, at + name.length, fx->function.end);

		if (end > at + name.length && !skep_fixer_reads(fx, at, end))
			return false;
		if (end == at + name.length && at && fx->text.code[at - 1] == '*')
			return false;
		at = end;
	}
	return true;
}

/* bpf_dynptr_slice_rdwr() where packets are only read. */
static void slice_for_reading(struct skep_fixer *fx)
{
	const struct skep_cstatement *s = &fx->body.at[fx->statement];
	struct skep_span rdwr = SPAN("bpf_dynptr_slice_rdwr"), plain = SPAN("bpf_dynptr_slice");
	struct skep_changes changes = { .count = 0 };
	size_t at = skep_ctext_find(&fx->text, s->start, s->end, rdwr), other;
	struct skep_span name, line = skep_fixer_statement(fx, fx->statement);
	ptrdiff_t equal = skep_span_find_char(line, '=');

	name = skep_span_trim(skep_span_upto(line, equal < 0 ? 0 : (size_t)equal));
	for (size_t n = name.length; n > 0 && skep_is_word(name.at[n - 1]); n--)
		if (n == 1 || !skep_is_word(name.at[n - 2]))
			name = skep_span_from(name, n - 1);
	if (at == SKEP_NOWHERE || !name.length || !is_read_only(fx, name))
		return;
	skep_fixer_replace(fx, &changes, at, at + rdwr.length, plain.at);
	/* Declared for this call only, and the other is not. */
	other = skep_ctext_find(&fx->text, 0, fx->text.length, rdwr);
	if (other < fx->function.head &&
	    skep_ctext_find(&fx->text, 0, fx->text.length, plain) == SKEP_NOWHERE)
		skep_fixer_replace(fx, &changes, other, other + rdwr.length, plain.at);
	skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE,
			 skep_fixer_print(fx, "`%.*s` is only read: ask for a slice for reading",
					  SKEP_TEXT(name)),
			 "bpf_dynptr_slice(...)");
}

static const struct packet {
	const char *call, *other, *context, *sections[5];
} packets[] = {
	{ "bpf_dynptr_from_xdp",
	  "bpf_dynptr_from_skb",
	  "struct __sk_buff",
	  { "tc", "classifier", "cgroup_skb", "socket", "action" } },
	{ "bpf_dynptr_from_skb", "bpf_dynptr_from_xdp", "struct xdp_md", { "xdp" } },
};

/* The declaration of a kfunc, up to its semicolon; SKEP_NOWHERE. */
static size_t find_extern(const struct skep_fixer *fx, struct skep_span name, size_t *end)
{
	size_t at = skep_ctext_find(&fx->text, 0, fx->function.head, name), start;

	if (at == SKEP_NOWHERE)
		return SKEP_NOWHERE;
	for (start = at; start > 0 && fx->text.code[start - 1] != ';' &&
			 fx->text.code[start - 1] != '}' && fx->text.code[start - 1] != '#';)
		start--;
	start = skep_ctext_skip(&fx->text, start, at);
	for (*end = at; *end < fx->text.length && fx->text.code[*end] != ';';)
		++*end;
	return skep_ctext_is_word(&fx->text, start, SPAN("extern")) ? start : SKEP_NOWHERE;
}

static bool is_of_section(const struct skep_fixer *fx, const struct packet *p)
{
	struct skep_span section = skep_fixer_section(fx);

	for (size_t i = 0; i < 5 && p->sections[i]; i++)
		if (skep_span_starts(section, skep_span_of(p->sections[i])))
			return true;
	return false;
}

/* The packet of an skb, in a program that was written for XDP, or the other way round. */
void skep_fix_dynptr(struct skep_fixer *fx)
{
	struct skep_changes changes = { .count = 0 };
	struct skep_cvariable ctx;
	const char *code;

	for (size_t i = 0; i < 2 && fx->statement >= 0; i++) {
		const struct packet *p = &packets[i];
		const struct skep_cstatement *s = &fx->body.at[fx->statement];
		struct skep_span name = skep_span_of(p->call), arguments[3];
		size_t at = skep_ctext_find(&fx->text, s->start, s->end, name), end;

		if (at == SKEP_NOWHERE || !is_of_section(fx, p) ||
		    skep_ctext_arguments(&fx->text, at + name.length, arguments, 3) != 3 ||
		    !skep_cvariable_parameter(&fx->text, &fx->function, 0, &ctx) ||
		    !skep_span_is(ctx.type, skep_span_of(p->context)))
			continue;
		skep_fixer_replace(fx, &changes, at,
				   skep_fixer_offset(fx, arguments[0]) + arguments[0].length,
				   skep_fixer_print(fx, "%s(%.*s", p->other, SKEP_TEXT(ctx.name)));
		at = find_extern(fx, name, &end);
		if (at != SKEP_NOWHERE && skep_ctext_find(&fx->text, 0, fx->text.length,
							  skep_span_of(p->other)) == SKEP_NOWHERE) {
			code = skep_fixer_print(fx,
						"extern int %s(%s *%.*s, __u64 flags, struct "
						"bpf_dynptr *ptr) __ksym",
						p->other, p->context, SKEP_TEXT(ctx.name));
			skep_fixer_replace(fx, &changes, at, end, code);
		}
		skep_fixer_offer(
			fx, &changes, SKEP_FIX_MACHINE,
			skep_fixer_print(fx, "`%.*s` is a `%s`: its packet comes from %s()",
					 SKEP_TEXT(ctx.name), p->context, p->other),
			skep_fixer_print(fx, "%s(%.*s, ...)", p->other, SKEP_TEXT(ctx.name)));
		return;
	}
}

void skep_fix_context(struct skep_fixer *fx)
{
	if (fx->statement < 0 || fx->c->refused == SKEP_NO_STEP)
		return;
	if (fx->c->entry->number == 130)
		use_length(fx);
	else if (fx->c->entry->number == 131)
		copy_words(fx);
	else
		slice_for_reading(fx);
}
