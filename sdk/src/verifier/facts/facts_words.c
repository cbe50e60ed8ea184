/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Facts in plain words, for templates: what the refused instruction does and with how many bytes, and
 * what the kernel's own names of types, ranges and values mean.
 */
#include "verifier/log/decode.h"
#include "verifier/explanation.h"
#include "verifier/story/range.h"

static void set(struct skep_case *c, const char *name, const char *text)
{
	skep_fields_set(&c->fields, skep_span_of(name), text ? skep_span_of(text) : SPAN(""));
}

/* The kinds of pointers, the longer names first. */
static const struct {
	const char *type, *words;
} kinds[] = {
	{ "scalar", "a number" },
	{ "inv", "a number" },
	{ "ctx", "the context" },
	{ "fp", "a pointer to the stack" },
	{ "map_value", "a pointer into a map's value" },
	{ "map_key", "a pointer into a map's key" },
	{ "map_ptr", "a map" },
	{ "pkt_meta", "a pointer into the packet's metadata" },
	{ "pkt_end", "the end of the packet" },
	{ "pkt", "a pointer into the packet" },
	{ "flow_keys", "the flow keys" },
	{ "sock_common", "a socket (sock_common)" },
	{ "tcp_sock", "a TCP socket" },
	{ "xdp_sock", "an XDP socket" },
	{ "sock", "a socket" },
	{ "tp_buffer", "a tracepoint's buffer" },
	{ "ringbuf_mem", "a ring buffer's record" },
	{ "rdonly_mem", "memory that may only be read" },
	{ "rdonly_untrusted_mem", "memory that may only be read" },
	{ "mem", "a pointer to memory" },
	{ "buf", "a pointer to a buffer" },
	{ "func", "a function" },
	{ "dynptr_ptr", "a dynptr" },
	{ "alloc_mem", "memory that was allocated" },
};

static const char *pointer_words(struct skep_arena *arena, struct skep_span type)
{
	static const char *const prefixes[] = { "trusted_", "untrusted_", "rcu_", "percpu_",
						"user_" };
	struct skep_span rest = type;

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (skep_take(&rest, skep_span_of(prefixes[i])))
			i = (size_t)-1;
	if (!skep_take(&rest, SPAN("ptr_")))
		return NULL;
	skep_take(&rest, SPAN("or_null_"));
	if (rest.length && skep_span_word(rest) == rest.length && rest.length < 64)
		return skep_arena_printf(arena, "a pointer to the kernel's `struct %.*s`",
					 (int)rest.length, rest.at);
	return "a pointer to an object of the kernel";
}

static const char *type_words(struct skep_arena *arena, struct skep_span type)
{
	bool maybe = false;

	for (size_t i = 0; i + 8 <= type.length; i++)
		if (skep_span_starts(skep_span_from(type, i), SPAN("_or_null"))) {
			type = i ? skep_span_upto(type, i) : type;
			maybe = true;
			break;
		}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (skep_span_is(type, skep_span_of(kinds[i].type)))
			return maybe ? skep_arena_printf(arena, "%s that may be NULL",
							 kinds[i].words)
				     : kinds[i].words;
	return pointer_words(arena, type);
}

/* `sock_common, sock, ptr_`: what of it is known, once each; NULL where nothing is. */
static const char *list_words(struct skep_arena *arena, struct skep_span list)
{
	const char *words = NULL;

	for (int i = 0; list.length && i < 16; i++) {
		ptrdiff_t comma = skep_span_find_char(list, ',');
		size_t end = comma < 0 ? list.length : (size_t)comma;
		const char *one = type_words(arena, skep_span_trim(skep_span_upto(list, end)));

		if (!one || i == 3)
			return NULL;
		if (!words || !strstr(words, one))
			words = words ? skep_arena_printf(arena, "%s or %s", words, one) : one;
		list = skep_span_from(list, end < list.length ? end + 1 : end);
	}
	return words;
}

/* `the value (0x2; 0x0)`, `smin=2 smax=2`, `unknown scalar value`: 2, 2, nothing. */
static const char *value_words(struct skep_arena *arena, struct skep_span value)
{
	int64_t low, high;
	ptrdiff_t at = skep_span_find(value, SPAN("smin="));

	if (at >= 0) {
		value = skep_span_from(value, (size_t)at + 5);
		if (!skep_take_number(&value, &low))
			return NULL;
		skep_take_spaces(&value);
		if (!skep_take(&value, SPAN("smax=")) || !skep_take_number(&value, &high))
			return NULL;
		/* Programs return 32 bits with a sign, whatever the upper half of R0 is. */
		if (low == high && low > INT32_MAX && low <= UINT32_MAX)
			low = high = (int32_t)low;
		return low == high ? skep_arena_printf(arena, "%lld", (long long)low)
				   : skep_arena_printf(arena, "%lld..%lld", (long long)low,
						       (long long)high);
	}
	at = skep_span_find_char(value, '(');
	value = skep_span_from(value, at < 0 ? value.length : (size_t)at + 1);
	if (!skep_take_number(&value, &low) || !skep_take(&value, SPAN("; 0x0)")))
		return NULL;
	return skep_arena_printf(arena, "%lld", (long long)low);
}

/* `(0x1; 0x0)`, `[1, 1]`, `[0, 3]`: 1, 1, 0..3. */
static const char *limits_words(struct skep_arena *arena, struct skep_span range)
{
	bool bits = skep_take(&range, SPAN("("));
	int64_t low, high;

	if ((!bits && !skep_take(&range, SPAN("["))) || !skep_take_number(&range, &low) ||
	    !skep_take(&range, bits ? SPAN("; ") : SPAN(", ")) || !skep_take_number(&range, &high))
		return NULL;
	/* Which bits may be set: a range where these are the lowest. */
	if (bits && (low < 0 || high < 0 || high > INT32_MAX || low > INT32_MAX || (low & high) ||
		     (high & (high + 1))))
		return NULL;
	high += bits ? low : 0;
	return low == high
		       ? skep_arena_printf(arena, "%lld", (long long)low)
		       : skep_arena_printf(arena, "%lld..%lld", (long long)low, (long long)high);
}

static void add_operation(struct skep_case *c, const struct skep_op *op)
{
	static const char *const names[] = {
		[SKEP_OP_NONE] = "",           [SKEP_OP_ALU] = "compute",
		[SKEP_OP_ADDRESS] = "address", [SKEP_OP_LOAD] = "load",
		[SKEP_OP_STORE] = "store",     [SKEP_OP_ATOMIC] = "atomic",
		[SKEP_OP_BRANCH] = "branch",   [SKEP_OP_JUMP] = "jump",
		[SKEP_OP_CALL] = "call",       [SKEP_OP_EXIT] = "exit",
	};

	if (op->kind == SKEP_OP_LOAD && op->sign)
		set(c, "does", "signed_load");
	else if (op->kind == SKEP_OP_ALU && op->code != SKEP_ALU_ADD && op->code != SKEP_ALU_SUB)
		set(c, "does", "operate");
	set(c, "does", names[op->kind]);
	if (op->kind == SKEP_OP_LOAD || op->kind == SKEP_OP_STORE) {
		set(c, "access", op->kind == SKEP_OP_LOAD ? "reads" : "writes");
		set(c, "doing", op->kind == SKEP_OP_LOAD ? "read" : "write");
	} else if (op->kind == SKEP_OP_ATOMIC) {
		set(c, "access", "changes");
		set(c, "doing", "change");
	}
}

/* Behind the type, a pointer's state shows a range only where its offset is no constant. */
static bool has_range(struct skep_span state)
{
	return skep_span_find(state, SPAN("var_off=")) >= 0 ||
	       skep_span_find(state, SPAN("min=")) >= 0 ||
	       skep_span_find(state, SPAN("max=")) >= 0 ||
	       skep_span_find(state, SPAN("min_value=")) >= 0 ||
	       skep_span_find(state, SPAN("max_value=")) >= 0;
}

/* Where in the stack an access may begin, and where it may end. */
static void add_frame_range(struct skep_case *c, struct skep_span state, int64_t size)
{
	struct skep_op op = skep_insn_decode(&c->path.at[c->refused].insn);
	struct skep_span rest = state;
	struct skep_range range = skep_range_of(state);
	int64_t base = 0;

	if (!skep_take(&rest, SPAN("fp")) || !has_range(state) || !range.known)
		return;
	if (rest.length && rest.at[0] == '-' && !skep_take_number(&rest, &base))
		return;
	if (!base && !skep_value_number(state, "off", &base))
		base = 0;
	if (op.kind != SKEP_OP_CALL)
		base += op.number;
	if (range.smin < -65536 || range.smax > 65536 || base < -65536 || base > 65536)
		return;
	set(c, "begin_at", skep_arena_printf(c->arena, "%lld", (long long)(base + range.smin)));
	set(c, "end_at",
	    skep_arena_printf(c->arena, "%lld", (long long)(base + range.smax + size - 1)));
}

/* Which end of the stack frame an access is beyond, and what there is of it. */
static void add_frame_end(struct skep_case *c, int64_t off)
{
	int64_t size = 0;

	if (skep_fields_number(&c->fields, SPAN("size"), &size) && size > 0 && size <= 512)
		set(c, "highest", skep_arena_printf(c->arena, "%lld", (long long)-size));
	if (off >= 0)
		set(c, "outside", "above");
	if (off < -512) {
		set(c, "outside", "below");
	} else if (off < 0) {
		set(c, "outside", "end");
		set(c, "fits",
		    off == -1 ? "1 byte"
			      : skep_arena_printf(c->arena, "%lld bytes", (long long)-off));
	}
}

/* `byte 8`, `bytes 8..15`; whether the offset is a constant, and what would fit. */
static void add_bytes(struct skep_case *c, const struct skep_op *op)
{
	struct skep_span state = skep_path_register(&c->path, c->refused, c->reg);
	struct skep_span next = skep_path_register(&c->path, c->refused, c->reg + 1);
	struct skep_range length = skep_range_of(next), range;
	int64_t off, size, limit;
	bool number;

	if (!skep_fields_number(&c->fields, SPAN("size"), &size) || size <= 0 || size > INT32_MAX)
		return;
	set(c, "many",
	    size == 1 ? "1 byte" : skep_arena_printf(c->arena, "%lld bytes", (long long)size));
	add_frame_range(c, state, size);
	if (!skep_fields_number(&c->fields, SPAN("off"), &off) || off > INT32_MAX ||
	    off < INT32_MIN)
		return;
	set(c, "bytes",
	    size == 1 ? skep_arena_printf(c->arena, "byte %lld", (long long)off)
		      : skep_arena_printf(c->arena, "bytes %lld..%lld", (long long)off,
					  (long long)(off + size - 1)));
	if (off >= 0)
		set(c, "needs",
		    off + size == 1
			    ? "1 byte"
			    : skep_arena_printf(c->arena, "%lld bytes", (long long)(off + size)));
	set(c, "starts", off < 0 ? "before" : "inside");
	if (c->entry->number == 102 && skep_span_starts(state, SPAN("fp")) && !has_range(state))
		add_frame_end(c, off);
	if (skep_span_starts(state, SPAN("pkt"))) {
		struct skep_span known = skep_fields_get(&c->fields, SPAN("range"));

		set(c, "moved", skep_value_number(state, "id", &limit) && limit ? "yes" : "no");
		set(c, "known", !known.length || skep_span_is(known, SPAN("0")) ? "none" : "some");
	}
	if (!state.length || skep_span_is(skep_value_type(state), SPAN("scalar")))
		return;
	number = op->kind == SKEP_OP_CALL && skep_span_is(skep_value_type(next), SPAN("scalar"));
	set(c, "fixed", has_range(state) || (number && !length.constant) ? "no" : "yes");
	if (!skep_fields_number(&c->fields, SPAN("limit"), &limit))
		return;
	if (limit == size)
		set(c, "room", "0");
	range = skep_range_of(state);
	if (has_range(state) && range.known && range.smin >= limit && off >= limit)
		set(c, "outside", "always");
	if (off >= 0 && off < limit)
		set(c, "fits", skep_arena_printf(c->arena, "%lld", (long long)(limit - off)));
}

/* The other operand of arithmetic, where it is a register. */
static void add_other(struct skep_case *c, const struct skep_op *op)
{
	struct skep_span type;

	if (op->kind != SKEP_OP_ALU || op->src < 0)
		return;
	type = skep_value_type(skep_path_register(&c->path, c->refused, op->src));
	if (!type.length)
		return;
	skep_fields_set(&c->fields, SPAN("other_type"), type);
	set(c, "other_words", type_words(c->arena, type));
	set(c, "other", skep_arena_printf(c->arena, "R%d", op->src));
	set(c, "itself", op->src == op->dst ? "yes" : "no");
}

/* A number that is passed, returned or used as a pointer. */
static void add_number(struct skep_case *c)
{
	struct skep_span state = skep_path_register(&c->path, c->refused, c->reg);
	struct skep_range range = skep_range_of(state);

	if (!range.known || !skep_span_is(skep_value_type(state), SPAN("scalar")))
		return;
	if (range.constant)
		set(c, "number", skep_arena_printf(c->arena, "%lld", (long long)range.smin));
	set(c, "zero", range.constant && !range.smin ? "yes" : "no");
	set(c, "sign", range.smin < 0 ? "negative" : "positive");
	set(c, "upper", skep_range_open_above(&range) ? "open" : "known");
}

/*
 * Older kernels name the pointer where its size is 0: what is meant is the number behind it. Must come
 * before names and types are looked up.
 */
void skep_facts_find_size(struct skep_case *c)
{
	struct skep_span state = skep_path_register(&c->path, c->refused, c->reg);
	struct skep_span next = skep_path_register(&c->path, c->refused, c->reg + 1);

	if (c->entry->number != 111 || c->reg < 1 || c->reg > 4 || !state.length ||
	    skep_span_is(skep_value_type(state), SPAN("scalar")) ||
	    !skep_span_is(skep_value_type(next), SPAN("scalar")))
		return;
	c->reg++;
	for (size_t i = 0; i < c->fields.count; i++)
		if (skep_span_is(c->fields.at[i].name, SPAN("reg")))
			c->fields.at[i].value =
				skep_span_of(skep_arena_printf(c->arena, "R%d", c->reg));
}

/* Of `p->a = b` the name is that of the pointer, and what is not set may be the other. */
static void add_unread(struct skep_case *c, const struct skep_op *op)
{
	bool base = (op->kind == SKEP_OP_LOAD && c->reg == op->src) ||
		    ((op->kind == SKEP_OP_STORE || op->kind == SKEP_OP_ATOMIC) &&
		     c->reg == op->dst && c->reg != op->src) ||
		    op->kind == SKEP_OP_CALL;

	set(c, "unread", base ? "base" : "value");
}

void skep_facts_add_words(struct skep_case *c)
{
	struct skep_op op = skep_insn_decode(&c->path.at[c->refused].insn);
	struct skep_span type = skep_fields_get(&c->fields, SPAN("type"));
	struct skep_span expected = skep_fields_get(&c->fields, SPAN("expected"));
	struct skep_span value = skep_fields_get(&c->fields, SPAN("value"));
	struct skep_span range = skep_fields_get(&c->fields, SPAN("range"));

	add_operation(c, &op);
	if (type.length)
		set(c, "type_words", type_words(c->arena, type));
	if (expected.length)
		set(c, "expected_words", list_words(c->arena, expected));
	if (value.length)
		set(c, "value_words", value_words(c->arena, value));
	if (c->entry->rule == SKEP_RULE_RET && range.length) {
		set(c, "range_words", limits_words(c->arena, range));
		range = skep_fields_get(&c->fields, SPAN("range_words"));
		set(c, "ranged", skep_span_find(range, SPAN("..")) > 0 ? "yes" : "no");
	}
	if (c->reg >= 0) {
		add_unread(c, &op);
		add_number(c);
		add_other(c, &op);
		add_bytes(c, &op);
	}
}
