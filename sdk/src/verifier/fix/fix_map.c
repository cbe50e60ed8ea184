/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A map that is not of the type that a helper takes: another type, or another helper. */
#include "fix_room.h"

static const struct {
	const char *helper, *type;
	bool sizes; /* keys and values of four bytes */
} kinds[] = {
	{ "bpf_ringbuf_", "RINGBUF", false },
	{ "bpf_perf_event_", "PERF_EVENT_ARRAY", true },
	{ "bpf_skb_output", "PERF_EVENT_ARRAY", true },
	{ "bpf_xdp_output", "PERF_EVENT_ARRAY", true },
	{ "bpf_tail_call", "PROG_ARRAY", true },
	{ "bpf_redirect_map", "DEVMAP", true },
	{ "bpf_sk_redirect_map", "SOCKMAP", true },
	{ "bpf_msg_redirect_map", "SOCKMAP", true },
	{ "bpf_sock_map_update", "SOCKMAP", true },
};

/* `__uint(max_entries, N)`: N. */
static struct skep_span max_entries(const struct skep_fixer *fx, size_t from, size_t end)
{
	size_t at = skep_ctext_find(&fx->text, from, end, SPAN("max_entries")), stop;

	if (at == SKEP_NOWHERE)
		return SPAN("64");
	at = at + strlen("max_entries");
	while (at < end && fx->text.code[at] != ',')
		at++;
	for (stop = at; stop < end && fx->text.code[stop] != ';'; stop++)
		;
	return skep_span_trim(skep_ctext_code(&fx->text, at + 1, stop - 1));
}

/* Whether all that the file does with the map is of one family of helpers. */
static bool is_used_by_one_family(const struct skep_fixer *fx, struct skep_span map,
				  struct skep_span family)
{
	for (size_t at = 0; at < fx->text.length; at++) {
		size_t open, name;

		at = skep_ctext_find(&fx->text, at, fx->text.length, map);
		if (at == SKEP_NOWHERE)
			return true;
		if (!at || fx->text.code[at - 1] != '&')
			continue;
		for (open = at;
		     open > 0 && fx->text.code[open] != '(' && fx->text.code[open] != ';'; open--)
			;
		for (name = open; name > 0 && skep_is_word(fx->text.code[name - 1]); name--)
			;
		if (!skep_span_starts(skep_ctext_word(&fx->text, name), family))
			return false;
	}
	return true;
}

static bool find_map(const struct skep_fixer *fx, struct skep_span call,
		     struct skep_span arguments[5], size_t *count, struct skep_cvariable *map)
{
	const struct skep_cstatement *s = &fx->body.at[fx->statement];
	size_t at = skep_ctext_find(&fx->text, s->start, s->end, call);

	if (at == SKEP_NOWHERE)
		return false;
	*count = skep_ctext_arguments(&fx->text, at + call.length, arguments, 5);
	for (size_t i = 0; i < *count; i++) {
		struct skep_span name = arguments[i];

		if (skep_take(&name, SPAN("&")) && skep_cvariable_global(&fx->text, name, map) &&
		    skep_ctext_find(&fx->text, map->start, map->at, SPAN("__uint")) != SKEP_NOWHERE)
			return true;
	}
	return false;
}

/* A ring takes a record without the context and the CPU. */
static bool output_to_ring(struct skep_fixer *fx, struct skep_span call,
			   const struct skep_span arguments[5])
{
	struct skep_changes changes = { .count = 0 };
	size_t at = skep_fixer_offset(fx, arguments[0]);
	const char *code;

	while (at > 0 && !skep_ctext_is_word(&fx->text, at, call))
		at--;
	code = skep_fixer_print(fx, "bpf_ringbuf_output(%.*s, %.*s, %.*s, 0)",
				SKEP_TEXT(arguments[1]), SKEP_TEXT(arguments[3]),
				SKEP_TEXT(arguments[4]));
	skep_fixer_replace(fx, &changes, at,
			   skep_ctext_match(&fx->text, at + call.length, fx->text.length), code);
	return skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE,
				"write the record to the ring buffer with the ring's own helper",
				code);
}

/* bpf_msg_redirect_map() on a SOCKHASH: its own helper, with the address of a key. */
static bool redirect_by_hash(struct skep_fixer *fx, struct skep_span call,
			     const struct skep_span arguments[5])
{
	struct skep_span key = arguments[1], type;
	struct skep_cvariable map, v, found = { .stars = 1 };
	struct skep_changes changes = { .count = 0 };
	size_t at = skep_fixer_offset(fx, arguments[0]), open;
	int matches = 0;

	if (!skep_take(&key, SPAN("&")) || !skep_cvariable_global(&fx->text, key, &map))
		return false;
	open = skep_ctext_find(&fx->text, map.start, map.at, SPAN("key"));
	if (open == SKEP_NOWHERE || fx->text.code[open + 3] != ',')
		return false;
	type = skep_ctext_code(&fx->text, open + 4, map.at);
	type = skep_span_trim(skep_span_upto(type, (size_t)skep_span_find_char(type, ')')));
	/* Of what the key is made: the one variable that has its type. */
	for (size_t i = 0; i < fx->body.count && fx->body.at[i].start < fx->at; i++)
		if (fx->body.at[i].kind == SKEP_C_PLAIN &&
		    skep_cvariable_read(&fx->text, fx->body.at[i].start, fx->body.at[i].end,
					SPAN(""), &v) &&
		    !v.stars && !v.array && skep_span_is(v.type, type)) {
			found = v;
			matches++;
		}
	if (matches != 1)
		return false;
	while (at > 0 && !skep_ctext_is_word(&fx->text, at, call))
		at--;
	skep_fixer_replace(fx, &changes, at + call.length - 3, at + call.length, "hash");
	at = skep_fixer_offset(fx, arguments[2]);
	skep_fixer_replace(fx, &changes, at, at + arguments[2].length,
			   skep_fixer_print(fx, "&%.*s", SKEP_TEXT(found.name)));
	return skep_fixer_offer(
		fx, &changes, SKEP_FIX_MACHINE,
		skep_fixer_print(fx, "redirect through `%.*s` with the helper for hashes, by key",
				 SKEP_TEXT(key)),
		skep_fixer_print(fx, "%.*shash(%.*s, %.*s, &%.*s, %.*s)", (int)call.length - 3,
				 call.at, SKEP_TEXT(arguments[0]), SKEP_TEXT(arguments[1]),
				 SKEP_TEXT(found.name), SKEP_TEXT(arguments[3])));
}

void skep_fix_map(struct skep_fixer *fx)
{
	struct skep_span call, arguments[5], all, entries;
	struct skep_changes changes = { .count = 0 };
	struct skep_cvariable map;
	size_t count = 0, open, close, kind = 0;
	const char *code;
	int64_t number;

	if (fx->statement < 0 || fx->c->refused == SKEP_NO_STEP)
		return;
	call = skep_insn_callee(&fx->c->path.at[fx->c->refused].insn);
	if (!call.length || !find_map(fx, call, arguments, &count, &map))
		return;
	all = skep_ctext_code(&fx->text, map.start, map.at);
	if (count == 5 && skep_span_is(call, SPAN("bpf_perf_event_output")) &&
	    skep_span_find(all, SPAN("BPF_MAP_TYPE_RINGBUF")) >= 0) {
		output_to_ring(fx, call, arguments);
		return;
	}
	if (count == 4 && skep_span_find(call, SPAN("_redirect_map")) > 0 &&
	    skep_span_find(all, SPAN("SOCKHASH")) >= 0) {
		redirect_by_hash(fx, call, arguments);
		return;
	}
	while (kind < sizeof(kinds) / sizeof(kinds[0]) &&
	       !skep_span_starts(call, skep_span_of(kinds[kind].helper)))
		kind++;
	for (open = map.start; open < map.at && fx->text.code[open] != '{'; open++)
		;
	if (kind == sizeof(kinds) / sizeof(kinds[0]) || open == map.at ||
	    !is_used_by_one_family(fx, map.name, skep_span_of(kinds[kind].helper)))
		return;
	close = skep_ctext_match(&fx->text, open, map.at);
	entries = max_entries(fx, open, close);
	if (!kind &&
	    (!skep_room_number(fx, entries, &number) || number < 4096 || (number & (number - 1))))
		entries = SPAN("256 * 1024");
	code = skep_fixer_print(fx,
				"{\n\t__uint(type, BPF_MAP_TYPE_%s);\n\t__uint(max_entries, "
				"%.*s);\n%s}",
				kinds[kind].type, SKEP_TEXT(entries),
				kinds[kind].sizes ? "\t__uint(key_size, sizeof(__u32));\n"
						    "\t__uint(value_size, sizeof(__u32));\n"
						  : "");
	skep_fixer_replace(fx, &changes, open, close, code);
	skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE,
			 skep_fixer_print(fx, "declare `%.*s` as the type of map that %.*s() takes",
					  SKEP_TEXT(map.name), SKEP_TEXT(call)),
			 skep_fixer_print(fx, "__uint(type, BPF_MAP_TYPE_%s);", kinds[kind].type));
}
