/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Facts off the refused line of source, for sentences that say what this very program does there. */
#include <linux/bpf.h>
#include <stddef.h>

#include "verifier/explanation.h"
#include "names.h"

#define EXPRESSION_MOST 60

static void set(struct skep_case *c, struct skep_span name, struct skep_span value)
{
	if (value.length <= EXPRESSION_MOST)
		skep_fields_set(&c->fields, name, value);
}

/* The line without its comment, its `;` and the brace that opens a block. */
static struct skep_span statement_of(struct skep_span line)
{
	ptrdiff_t comment = skep_span_find(line, SPAN("/*"));

	if (comment >= 0)
		line = skep_span_upto(line, (size_t)comment);
	comment = skep_span_find(line, SPAN("//"));
	if (comment >= 0)
		line = skep_span_upto(line, (size_t)comment);
	line = skep_span_trim(line);
	skep_take(&line, SPAN("} "));
	while (line.length && strchr(";{ \t", line.at[line.length - 1]))
		line.length--;
	return line;
}

/* `a->b` of `a->b = c;`, with the variable of `struct t *a = c;`. */
static struct skep_span assigned_place(struct skep_span line)
{
	struct skep_span place = skep_name_assigned(line);

	for (size_t i = 1; !place.length && i + 1 < line.length; i++) {
		if (line.at[i] != '=')
			continue;
		if (line.at[i + 1] == '=' || strchr("=!<>", line.at[i - 1]))
			break;
		place = skep_span_upto(line, i - (strchr("+-*/&|^%", line.at[i - 1]) != NULL));
		place = skep_span_trim(place);
		for (size_t j = 0; j < place.length; j++)
			if (!skep_is_word(place.at[j]) && !strchr("->.[]", place.at[j]))
				return SPAN("");
	}
	return place;
}

/* Behind `/` or `%`, or a number that assembly is given. */
static bool is_divisor(struct skep_span line, struct skep_span word)
{
	size_t at;

	if (!word.length || skep_span_starts(line, SPAN("asm")))
		return word.length > 0;
	at = (size_t)(word.at - line.at);
	while (at > 0 && strchr(" =(", line.at[at - 1]))
		at--;
	return at > 0 && strchr("/%", line.at[at - 1]);
}

/* The only word in capitals that is no name of the kernel's. */
static struct skep_span constant_of(struct skep_span line)
{
	static const char *const common[] = { "BPF_", "XDP_", "TC_ACT_", "SK_",
					      "SEC",  "NULL", "ETH_",    "IPPROTO_" };
	struct skep_span found = SPAN("");

	while (line.length) {
		size_t n = skep_span_word(line), small = 0, letters = 0;
		struct skep_span word = skep_span_upto(line, n);
		bool known = false;

		for (size_t i = 0; i < n; i++) {
			small += word.at[i] >= 'a' && word.at[i] <= 'z';
			letters += word.at[i] >= 'A' && word.at[i] <= 'Z';
		}
		for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
			known |= skep_span_starts(word, skep_span_of(common[i]));
		line = skep_span_from(line, n ? n : 1);
		if (small || letters < 2 || known || skep_is_digit(word.at[0]))
			continue;
		if (found.length && !skep_span_is(found, word))
			return SPAN("");
		found = word;
	}
	return found;
}

/* A kind of program that offers a helper, where this one does not. */
static void add_offers(struct skep_case *c, struct skep_span call)
{
	static const char *const kinds[][2] = {
		{ "bpf_redirect_map", "SEC(\"xdp\")" },
		{ "bpf_xdp_", "SEC(\"xdp\")" },
		{ "bpf_skb_output", "SEC(\"tp_btf/...\")" },
		{ "bpf_skb_load_bytes",
		  "SEC(\"tc\"), SEC(\"socket\") and SEC(\"cgroup_skb/...\")" },
		{ "bpf_skb_", "SEC(\"tc\")" },
		{ "bpf_l3_csum", "SEC(\"tc\")" },
		{ "bpf_l4_csum", "SEC(\"tc\")" },
		{ "bpf_clone_redirect", "SEC(\"tc\")" },
		{ "bpf_redirect_peer", "SEC(\"tc\")" },
		{ "bpf_redirect_neigh", "SEC(\"tc\")" },
		{ "bpf_redirect", "SEC(\"tc\") and SEC(\"xdp\")" },
		{ "bpf_spin_", "SEC(\"tc\"), SEC(\"xdp\") and SEC(\"cgroup_skb/...\")" },
		{ "bpf_sk_redirect", "SEC(\"sk_skb\")" },
		{ "bpf_msg_", "SEC(\"sk_msg\")" },
		{ "bpf_sock_ops_", "SEC(\"sockops\")" },
		{ "bpf_sk_lookup", "SEC(\"tc\") and SEC(\"xdp\")" },
		{ "bpf_sk_assign", "SEC(\"tc\") and SEC(\"sk_lookup\")" },
		{ "bpf_bind", "SEC(\"cgroup/connect4\")" },
		{ "bpf_override_return", "SEC(\"kprobe/...\")" },
		{ "bpf_get_func_", "SEC(\"fentry/...\") and SEC(\"fexit/...\")" },
		{ "bpf_d_path",
		  "SEC(\"fentry/filp_close\"), SEC(\"lsm/file_open\") and SEC(\"iter/task_file\")" },
		{ "bpf_copy_from_user", "SEC(\"uprobe.s/...\") and SEC(\"lsm.s/...\")" },
		{ "bpf_sys_", "SEC(\"syscall\")" },
		{ "bpf_seq_", "SEC(\"iter/...\")" },
		{ "bpf_probe_", "SEC(\"tp_btf/...\") and SEC(\"kprobe/...\")" },
		{ "bpf_get_stack", "SEC(\"tp_btf/...\") and SEC(\"perf_event\")" },
		{ "bpf_get_current_task", "SEC(\"tp_btf/...\") and SEC(\"kprobe/...\")" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (skep_span_starts(call, skep_span_of(kinds[i][0]))) {
			skep_fields_set(&c->fields, SPAN("offers"), skep_span_of(kinds[i][1]));
			return;
		}
}

/* Where the fields of the context that people use together are. */
static bool is_member_at(struct skep_span name, int64_t off)
{
	static const struct {
		const char *name;
		size_t off;
	} fields[] = {
#define FIELD(name) { #name, offsetof(struct __sk_buff, name) }
		FIELD(len),       FIELD(pkt_type),  FIELD(mark),       FIELD(queue_mapping),
		FIELD(protocol),  FIELD(priority),  FIELD(ifindex),    FIELD(ingress_ifindex),
		FIELD(tc_index),  FIELD(hash),      FIELD(tc_classid), FIELD(data),
		FIELD(data_end),  FIELD(napi_id),   FIELD(family),     FIELD(remote_ip4),
		FIELD(local_ip4), FIELD(data_meta), FIELD(tstamp),     FIELD(wire_len),
#undef FIELD
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (skep_span_is(name, skep_span_of(fields[i].name)))
			return off == (int64_t)fields[i].off;
	return false;
}

/* `skb->data`: the member of the context that the line accesses, where it can be only one. */
static struct skep_span context_member(const struct skep_case *c, struct skep_span line)
{
	struct skep_span found = SPAN("");
	size_t count = 0;
	int64_t off;

	if (!skep_fields_number(&c->fields, SPAN("off"), &off))
		return found;
	for (size_t i = 1; i + 2 < line.length; i++) {
		struct skep_span name = skep_span_from(line, i + 2), whole;
		size_t begin = i, n = skep_span_word(name);

		if (line.at[i] != '-' || line.at[i + 1] != '>' || !n)
			continue;
		while (begin > 0 && skep_is_word(line.at[begin - 1]))
			begin--;
		/* Of an address, an element or a member of a member the size is another. */
		if (begin == i || (n < name.length && strchr("[.-(", name.at[n])) ||
		    (begin > 0 && strchr("&>.", line.at[begin - 1])))
			return SPAN("");
		whole = (struct skep_span){ line.at + begin, i + 2 + n - begin };
		if (is_member_at(skep_span_upto(name, n), off))
			return whole;
		count += !skep_span_is(whole, found);
		found = whole;
	}
	return count == 1 ? found : SPAN("");
}

/* Kinds of what went wrong that the entry has in one. */
static void add_kinds(struct skep_case *c)
{
	static const char *const kinds[][3] = {
		{ "percpu memory", "memory", "percpu" },
		{ "user memory", "memory", "user" },
		{ "stack frame of the caller", "spill", "caller" },
		{ "invalid size of register spill", "spill", "half" },
		{ "while holding a lock", "held", "yes" },
		{ "is missing", "held", "yes" },
		{ "-ed region", "held", "yes" },
		{ "Locking two", "held", "yes" },
		{ "would lead to", "held", "yes" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (skep_span_find(c->message, skep_span_of(kinds[i][0])) >= 0)
			skep_fields_set(&c->fields, skep_span_of(kinds[i][1]),
					skep_span_of(kinds[i][2]));
}

/* What the kernel does not take of the BTF is the last line that it prints of it. */
static void add_btf(struct skep_case *c)
{
	struct skep_span last = SPAN(""), name;
	size_t n = 0;

	for (size_t i = 0; i < c->lines.count; i++) {
		struct skep_span text = skep_span_trim(c->lines.at[i].text);

		if (skep_span_find(text, SPAN("END BTF LOAD LOG")) >= 0)
			break;
		if (text.length && skep_span_find(text, SPAN("BTF LOAD LOG")) < 0)
			last = text;
	}
	if (last.length > 120 || skep_span_starts(last, SPAN("magic:")) ||
	    skep_span_find_char(last, '`') >= 0)
		return;
	skep_fields_set(&c->fields, SPAN("btf"), last);
	name = last;
	if (skep_span_find(last, SPAN("Invalid name")) < 0)
		return;
	/* `[25] STRUCT a$b size=8`, `a$b type_id=26`. */
	if (skep_span_starts(name, SPAN("[")) && skep_span_find_char(name, ' ') > 0) {
		name = skep_span_from(name, (size_t)skep_span_find_char(name, ' ') + 1);
		name = skep_span_from(name, skep_span_word(name));
		name = skep_span_trim(name);
	}
	while (n < name.length && name.at[n] != ' ')
		n++;
	skep_fields_set(&c->fields, SPAN("btf_name"), skep_span_upto(name, n));
}

void skep_facts_add_source(struct skep_case *c)
{
	struct skep_span line, call = skep_fields_get(&c->fields, SPAN("func")), given;

	skep_fields_set(&c->fields, SPAN("program"), skep_program_named(c));
	add_offers(c, call);
	if (c->entry->number == 811)
		add_btf(c);
	add_kinds(c);
	line = skep_source_of_line(&c->lines, c->message_line);
	if (!line.length && c->refused != SKEP_NO_STEP)
		line = skep_source_of_line(&c->lines, c->path.at[c->refused].line);
	set(c, SPAN("language"),
	    skep_span_starts(line, SPAN("asm")) || !line.length ? SPAN("asm") : SPAN("c"));
	line = statement_of(line);
	if (line.length < 3 || skep_span_find_char(line, '`') >= 0)
		return;
	given = skep_name_expression(line, call, c->reg);
	if (skep_span_starts(given, SPAN("&")) && skep_span_find(call, SPAN("spin_")) > 0)
		given = skep_span_from(given, 1);
	set(c, SPAN("given"), given);
	set(c, SPAN("place"), assigned_place(line));
	if (c->entry->number == 130)
		set(c, SPAN("member"), context_member(c, line));
	if (c->entry->number != 306 || is_divisor(line, constant_of(line)))
		set(c, SPAN("constant"), constant_of(line));
	/* A part of a statement, or assembly, says nothing by itself. */
	if (!skep_span_starts(line, SPAN("asm")))
		set(c, SPAN("stmt"), line);
}
