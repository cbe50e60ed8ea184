/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Memory that cannot be read directly is copied by a helper first. */
#include "fixer.h"
#include "verifier/log/decode.h"

/* `task->mm->owner`, `*p` or `p[i]` in the file. */
struct access {
	size_t start, end;
	struct skep_span pointer; /* of `*p` and `p[i]`, what is read from; else empty */
	struct skep_span type;    /* of that */
};

static bool is_user_section(struct skep_span section)
{
	static const char *const names[] = { "uprobe",      "uretprobe",           "usdt",
					     "tp/syscalls", "tracepoint/syscalls", "ksyscall" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (skep_span_starts(section, skep_span_of(names[i])))
			return true;
	return false;
}

/* The section of the program: of this function, or of the one that calls it. */
struct skep_span skep_fixer_section(const struct skep_fixer *fx)
{
	struct skep_span section = fx->function.section;
	struct skep_cfunction f;

	for (size_t at = 0; !section.length && skep_cfunction_next(&fx->text, &at, &f);)
		if (f.section.length &&
		    skep_ctext_find(&fx->text, f.body, f.end, fx->function.name) != SKEP_NOWHERE)
			section = f.section;
	return section;
}

const char *skep_fixer_reader(const struct skep_fixer *fx)
{
	if (fx->c->entry->number == 12 || is_user_section(skep_fixer_section(fx)))
		return "bpf_probe_read_user";
	return "bpf_probe_read_kernel";
}

/* Behind `->b->c[..].d`, from the end of the first name. */
size_t skep_fixer_chain(const struct skep_fixer *fx, size_t at, size_t end)
{
	for (;;) {
		size_t n = 0;

		if (at + 1 < end && fx->text.code[at] == '-' && fx->text.code[at + 1] == '>')
			n = 2;
		else if (at < end && fx->text.code[at] == '.')
			n = 1;
		if (n)
			at += n + skep_ctext_word(&fx->text, at + n).length;
		else if (at < end && fx->text.code[at] == '[')
			at = skep_ctext_match(&fx->text, at, end);
		else
			return at;
	}
}

/* Whether it is only read: not assigned, not the operand of `&` or `++`. */
bool skep_fixer_reads(const struct skep_fixer *fx, size_t start, size_t end)
{
	size_t next = skep_ctext_skip(&fx->text, end, fx->text.length);
	size_t last = skep_ctext_back(&fx->text, start, fx->function.body);
	char c = fx->text.code[next], d = next < fx->text.length ? fx->text.code[next + 1] : '\0';

	if (c == '=' && d != '=')
		return false;
	if (c && strchr("+-*/&|^", c) && (d == '=' || (d == c && c != '&' && c != '|')))
		return false;
	return last == SKEP_NOWHERE || fx->text.code[last] != '&' ||
	       (last && fx->text.code[last - 1] == '&');
}

/* A copy is written once more than its type may allow. */
static struct skep_span without_const(struct skep_span type)
{
	skep_take(&type, SPAN("const "));
	skep_take(&type, SPAN("volatile "));
	return skep_span_trim(type);
}

static bool find_access(const struct skep_fixer *fx, size_t from, size_t stop, struct access *found)
{
	struct skep_span known = skep_fields_get(&fx->c->fields, SPAN("var"));

	for (size_t at = from; at < stop; at++) {
		struct skep_span word = skep_ctext_word(&fx->text, at);
		size_t next = at + word.length;
		struct skep_cvariable v;

		if (!word.length)
			continue;
		*found = (struct access){ .start = at, .end = next };
		at = next - 1;
		if (!skep_fixer_variable(fx, word, fx->at, &v) || v.stars < 1 || v.array ||
		    (known.length && !skep_span_is(word, known)))
			continue;
		found->type = v.stars == 1 ? without_const(v.type) : SPAN("void *");
		if (fx->text.code[next] == '-' && fx->text.code[next + 1] == '>') {
			found->end = skep_fixer_chain(fx, next, fx->text.length);
		} else if (fx->text.code[next] == '[') {
			found->end = skep_ctext_match(&fx->text, next, fx->text.length);
			found->pointer = skep_ctext_code(&fx->text, found->start, found->end);
		} else if (found->start && fx->text.code[found->start - 1] == '*') {
			found->start--;
			found->pointer = word;
		} else {
			continue;
		}
		if (skep_fixer_reads(fx, found->start, found->end))
			return true;
	}
	return false;
}

static bool has(const struct skep_fixer *fx, const char *text)
{
	return skep_span_find(skep_ctext_span(&fx->text, 0, fx->text.length), skep_span_of(text)) >=
	       0;
}

/* `a->b->c` as arguments: `a, b, c`; NULL where an index or the like is in it. */
static const char *core_arguments(const struct skep_fixer *fx, const struct access *x)
{
	const char *text = "";

	for (size_t at = x->start; at < x->end;) {
		size_t from = at;

		while (at < x->end && (skep_is_word(fx->text.code[at]) || fx->text.code[at] == '.'))
			at++;
		if (at == from)
			return NULL;
		text = skep_fixer_print(fx, "%s%s%.*s", text, *text ? ", " : "",
					SKEP_TEXT(skep_ctext_code(&fx->text, from, at)));
		at += 2 * (at < x->end && fx->text.code[at] == '-');
	}
	return text;
}

/* Each pointer of the chain is read by itself. */
static const char *read_steps(const struct skep_fixer *fx, const struct access *x,
			      const char *helper, const char **result)
{
	const char *code = "", *base = NULL;
	size_t at = x->start;

	if (x->pointer.length) {
		bool index = x->pointer.at[x->pointer.length - 1] == ']';

		*result = skep_fixer_fresh(fx, "value");
		return skep_fixer_print(fx, "%.*s %s;\n\n%s(&%s, sizeof(%s), %s%.*s);",
					SKEP_TEXT(x->type), *result, helper, *result, *result,
					index ? "&" : "", SKEP_TEXT(x->pointer));
	}
	at += skep_ctext_word(&fx->text, at).length;
	base = skep_arena_copy(fx->arena, skep_ctext_code(&fx->text, x->start, at));
	for (int i = 0; at < x->end && i < 6; i++) {
		size_t stop = at + 2, member = stop;
		const char *place;

		while (stop < x->end && fx->text.code[stop] != '-')
			stop = fx->text.code[stop] == '['
				       ? skep_ctext_match(&fx->text, stop, x->end)
				       : stop + 1;
		place = skep_fixer_print(fx, "%s->%.*s", base,
					 SKEP_TEXT(skep_ctext_code(&fx->text, member, stop)));
		*result = skep_fixer_fresh(
			fx, skep_fixer_print(fx, "%.*s_value",
					     SKEP_TEXT(skep_ctext_word(&fx->text, member))));
		code = skep_fixer_print(
			fx, "%s%s__typeof__(%s) %s;\n%s((void *)&%s, sizeof(%s), &%s);", code,
			*code ? "\n" : "", place, *result, helper, *result, *result, place);
		base = *result;
		at = stop;
	}
	return code;
}

/* Puts a copy, or a CO-RE read, in the place of one access. The code that is put. */
static const char *replace_access(struct skep_fixer *fx, struct skep_changes *changes,
				  const struct access *x, const char *helper, bool core,
				  const char **result)
{
	const char *code;

	if (core) {
		*result = code = skep_fixer_print(fx, "BPF_CORE_READ(%s)", core_arguments(fx, x));
	} else {
		code = read_steps(fx, x, helper, result);
		skep_fixer_before(fx, changes, fx->statement, code);
	}
	skep_fixer_replace(fx, changes, x->start, x->end, *result);
	return code;
}

static struct skep_span variable_of(const struct skep_fixer *fx, const struct access *x)
{
	return skep_ctext_word(&fx->text, x->start + (fx->text.code[x->start] == '*'));
}

static bool same_place(const struct skep_fixer *fx, const struct access *a, const struct access *b)
{
	return skep_span_is(skep_ctext_code(&fx->text, a->start, a->end),
			    skep_ctext_code(&fx->text, b->start, b->end));
}

/* The others of the same pointer in the statement, which would be refused next. */
static void replace_others(struct skep_fixer *fx, struct skep_changes *changes,
			   const struct access *first, const char *result, size_t from, size_t stop,
			   const char *helper, bool core)
{
	struct access x, last = *first;

	while (from < stop && find_access(fx, from, stop, &x)) {
		const char *other = "";

		from = x.end > from ? x.end : from + 1;
		if (x.start == first->start ||
		    !skep_span_is(variable_of(fx, &x), variable_of(fx, first)))
			continue;
		if (same_place(fx, &x, first)) {
			skep_fixer_replace(fx, changes, x.start, x.end, result);
		} else {
			/* Names are made from members: two alike would clash. */
			changes->failed |= last.start != first->start && same_place(fx, &x, &last);
			replace_access(fx, changes, &x, helper, core && core_arguments(fx, &x),
				       &other);
		}
		last = x;
	}
}

/* What is written to, is gone, or is NULL: a copy made by a helper would hide the mistake. */
static bool may_be_copied(const struct skep_fixer *fx)
{
	const struct skep_case *c = fx->c;
	struct skep_op op = { .kind = SKEP_OP_NONE };

	if (c->refused < c->path.count)
		op = skep_insn_decode(&c->path.at[c->refused].insn);
	return op.kind != SKEP_OP_STORE && op.kind != SKEP_OP_ATOMIC &&
	       !skep_fields_get(&c->fields, SPAN("killer")).length &&
	       !skep_span_is(skep_fields_get(&c->fields, SPAN("zero")), SPAN("yes"));
}

void skep_fix_read(struct skep_fixer *fx)
{
	const struct skep_cstatement *s = fx->statement < 0 ? NULL : &fx->body.at[fx->statement];
	const char *helper = skep_fixer_reader(fx), *code, *result = "";
	struct skep_changes changes = { .count = 0 };
	struct access x;
	size_t stop;
	bool core;

	if (!s || !may_be_copied(fx) || skep_span_find(fx->c->message, SPAN("percpu memory")) >= 0)
		return;
	stop = s->head == SKEP_NOWHERE ? s->end : s->head_end;
	if (!find_access(fx, fx->at, fx->end < stop ? fx->end : stop, &x) &&
	    !find_access(fx, s->start, stop, &x))
		return;
	core = !x.pointer.length && has(fx, "vmlinux.h") && has(fx, "bpf_core_read.h") &&
	       strstr(helper, "kernel") && core_arguments(fx, &x);
	code = replace_access(fx, &changes, &x, helper, core, &result);
	replace_others(fx, &changes, &x, result, s->start, stop, helper, core);
	skep_fixer_offer(fx, &changes,
			 s->kind == SKEP_C_LOOP && !core ? SKEP_FIX_SUGGESTION : SKEP_FIX_MACHINE,
			 skep_fixer_print(fx, "copy `%.*s` with a helper that may fail",
					  SKEP_TEXT(skep_ctext_code(&fx->text, x.start, x.end))),
			 code);
}
