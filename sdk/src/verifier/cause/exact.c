/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What may be called exact. The rules find causes; here each claim is held against the log once more,
 * code by code, and a code that is not in the table is never exact: its message may be right, but
 * nothing has shown it. A statement that can be false for some program has to be checked here, or
 * its case be left out.
 */
#include "causes.h"
#include "verifier/facts/names.h"
#include "verifier/facts/release.h"

struct subject {
	const struct skep_search *s;
	struct skep_op op;
	struct skep_span state, type; /* of the register that the message is about */
	struct skep_range range;      /* of it; of a pointer, of its variable part */
	const struct skep_value *value, *root;
};

static bool has(struct skep_span text, const char *part)
{
	return skep_span_find(text, skep_span_of(part)) >= 0;
}

static bool is_field(const struct subject *x, const char *name, const char *value)
{
	return skep_span_is(skep_fields_get(&x->s->c->fields, skep_span_of(name)),
			    skep_span_of(value));
}

static bool number(const struct subject *x, const char *name, int64_t *value)
{
	return skep_fields_number(&x->s->c->fields, skep_span_of(name), value);
}

static bool is_number(const struct subject *x)
{
	return skep_span_is(x->type, SPAN("scalar"));
}

static bool is_access(const struct subject *x)
{
	return x->op.kind == SKEP_OP_LOAD || x->op.kind == SKEP_OP_STORE ||
	       x->op.kind == SKEP_OP_ATOMIC;
}

/* The references that are held at the refused instruction: `1,3`; as the newest state has them. */
static struct skep_span references(const struct subject *x)
{
	const struct skep_path *path = &x->s->c->path;

	for (size_t i = x->s->c->refused; i < path->count; i++) {
		struct skep_span state = path->at[i].before;
		ptrdiff_t at;

		if (!state.length && i + 1 < path->count)
			state = path->at[i + 1].insn.state;
		if (!state.length)
			continue;
		at = skep_span_find(state, SPAN("refs="));
		if (at < 0)
			return SPAN("");
		state = skep_span_from(state, (size_t)at + 5);
		at = skep_span_find_char(state, ' ');
		return at < 0 ? state : skep_span_upto(state, (size_t)at);
	}
	return SPAN("");
}

/* A fix that leaves the program would leak what is held; but for the one that may be NULL. */
static bool may_leave(const struct subject *x)
{
	struct skep_span held = references(x);
	int64_t own, one;

	if (!held.length)
		return true;
	return skep_release_begins(skep_search_callee(x->s, x->root->step)) &&
	       skep_value_number(x->state, "ref_obj_id", &own) && skep_take_number(&held, &one) &&
	       one == own && !held.length;
}

static bool of_call(const struct subject *x)
{
	return x->root->kind == SKEP_VALUE_CALL &&
	       skep_search_callee(x->s, x->root->step).length > 0;
}

/* Where it comes from is among the causes: other lines alone do not make it NULL. */
static bool names_origin(const struct subject *x)
{
	const struct skep_case *c = x->s->c;

	struct skep_span name = skep_fields_get(&c->fields, SPAN("var")), assigned;

	/* The variable that is called NULL is the one that the origin was assigned to. */
	assigned = skep_name_assigned(skep_words_source(c, x->root->step));
	if (name.length && x->root->kind == SKEP_VALUE_CALL && !skep_span_is(name, assigned))
		return false;
	for (size_t i = 0; i < c->cause_count; i++)
		if (x->root->step != SKEP_NO_STEP &&
		    c->causes[i].place.insn == c->path.at[x->root->step].insn.number)
			return true;
	return false;
}

static bool is_null_use(const struct subject *x)
{
	return has(x->type, "or_null") && is_access(x) && may_leave(x) && names_origin(x) &&
	       (of_call(x) || x->root->kind == SKEP_VALUE_LOAD);
}

static bool is_null_argument(const struct subject *x)
{
	return has(x->type, "or_null") && x->op.kind == SKEP_OP_CALL && may_leave(x) &&
	       of_call(x) && names_origin(x);
}

static bool is_null_arithmetic(const struct subject *x)
{
	/* Of sockets' pointers nothing is computed, NULL or not. */
	return has(x->type, "or_null") && !has(x->type, "sock") && x->op.kind == SKEP_OP_ALU &&
	       x->op.wide && (x->op.code == SKEP_ALU_ADD || x->op.code == SKEP_ALU_SUB) &&
	       may_leave(x) && of_call(x) && names_origin(x);
}

/* The calls of which it is sure that they end pointers into the packet. */
static bool is_killer(struct skep_span name)
{
	static const char *const calls[] = { "bpf_skb_pull_data()",   "bpf_skb_change_head()",
					     "bpf_skb_change_tail()", "bpf_skb_change_proto()",
					     "bpf_skb_adjust_room()", "bpf_skb_store_bytes()",
					     "bpf_skb_vlan_push()",   "bpf_skb_vlan_pop()",
					     "bpf_xdp_adjust_head()", "bpf_xdp_adjust_tail()",
					     "bpf_xdp_adjust_meta()", "bpf_l3_csum_replace()",
					     "bpf_l4_csum_replace()", "bpf_clone_redirect()" };

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (skep_span_is(name, skep_span_of(calls[i])))
			return true;
	return false;
}

static bool was_packet(const struct subject *x)
{
	const struct skep_value *v = x->root;

	return v->step != SKEP_NO_STEP && v->step &&
	       skep_span_starts(skep_search_state(x->s, v->step - 1, v->reg), SPAN("pkt"));
}

/* A constant; or a whole pointer's width that was read from where addresses are kept. */
static bool is_not_pointer(const struct subject *x)
{
	struct skep_span killer = skep_fields_get(&x->s->c->fields, SPAN("killer")), base;

	if (!is_number(x) || !is_access(x))
		return false;
	if (killer.length)
		return is_killer(killer) && was_packet(x);
	if (x->root->kind == SKEP_VALUE_CONSTANT)
		return x->value == x->root && x->range.constant && x->range.smin == x->root->number;
	if (x->root->kind != SKEP_VALUE_LOAD || x->value != x->root || x->root->bytes != 8)
		return false;
	base = skep_search_state(x->s, x->root->step,
				 skep_insn_decode(&x->s->c->path.at[x->root->step].insn).src);
	return skep_span_starts(base, SPAN("ctx")) && !x->range.constant;
}

static bool is_packet_write(const struct subject *x)
{
	return skep_span_starts(x->type, SPAN("pkt")) &&
	       (x->op.kind == SKEP_OP_STORE || x->op.kind == SKEP_OP_ATOMIC);
}

static bool is_object_write(const struct subject *x)
{
	return (skep_span_starts(x->type, SPAN("ptr_")) ||
		skep_span_starts(x->type, SPAN("trusted_ptr_"))) &&
	       (x->op.kind == SKEP_OP_STORE || x->op.kind == SKEP_OP_ATOMIC);
}

/* The numbers of the message and of the state say the same: the bytes are behind what is known. */
static bool is_packet_bound(const struct subject *x)
{
	int64_t off, size, known;

	return skep_span_is(x->type, SPAN("pkt")) && is_access(x) && number(x, "off", &off) &&
	       number(x, "size", &size) && number(x, "range", &known) && off >= 0 && size > 0 &&
	       off < INT32_MAX && size < INT32_MAX && off + size > known &&
	       is_field(x, "fixed", "yes") && is_field(x, "moved", "no") && may_leave(x);
}

static bool is_stack_bound(const struct subject *x)
{
	int64_t off, size;

	return skep_span_starts(x->type, SPAN("fp")) && is_field(x, "fixed", "yes") &&
	       is_access(x) && number(x, "off", &off) && number(x, "size", &size) && size > 0 &&
	       size < INT32_MAX && off < INT32_MAX && off > INT32_MIN &&
	       (off < -512 || off + size > 0);
}

static bool is_variable_stack_bound(const struct subject *x)
{
	int64_t begin, end;

	return skep_span_starts(x->type, SPAN("fp")) && is_access(x) &&
	       number(x, "begin_at", &begin) && number(x, "end_at", &end) &&
	       (begin < -512 || end >= 0);
}

/* A number with a range whose only known beginning is a constant: what varies in it is not told. */
static bool is_made_of_constant(const struct subject *x, size_t step, int reg)
{
	const struct skep_flow *flow = &x->s->flow;
	uint32_t root = skep_flow_root(flow, skep_flow_register(flow, step, reg));
	const struct skep_value *v = skep_flow_value(flow, root);

	/* Of a sum of two, either may be the one that varies. */
	return v->kind == SKEP_VALUE_CONSTANT || v->kind == SKEP_VALUE_COMPUTED ||
	       v->kind == SKEP_VALUE_UNKNOWN;
}

/* All that is variable in a pointer was added at once, and a label has its range. */
static bool is_one_sum(const struct subject *x)
{
	const struct skep_value *v = x->value;
	int depth = 0;

	while (v->kind == SKEP_VALUE_COMPUTED && !v->with && depth++ < 32)
		v = skep_flow_value(&x->s->flow, v->from);
	if (v->kind != SKEP_VALUE_COMPUTED || v->code != SKEP_ALU_ADD || v->step == SKEP_NO_STEP)
		return false;
	for (int side = 0; side < 2; side++) {
		struct skep_op op = skep_insn_decode(&x->s->c->path.at[v->step].insn);
		int reg = side ? op.dst : op.src;
		struct skep_span state = skep_search_state(x->s, v->step, reg);
		struct skep_range range = skep_range_of(state);

		if (!skep_span_is(skep_value_type(state), SPAN("scalar")))
			continue;
		if (is_made_of_constant(x, v->step, reg))
			return false;
		return range.known && range.smin == x->range.smin && range.smax == x->range.smax &&
		       range.umax == x->range.umax && x->range.known;
	}
	return false;
}

/* A cause names the step; or it is of the refused line, which is C. */
static bool is_told(const struct subject *x, size_t step)
{
	const struct skep_case *c = x->s->c;

	for (size_t i = 0; i < c->cause_count; i++)
		if (c->causes[i].place.insn == c->path.at[step].insn.number)
			return true;
	return skep_words_same_line(c, step, c->refused) &&
	       !skep_span_starts(skep_words_source(c, step), SPAN("asm"));
}

/* All that was added are constants of this function: nothing that a call or a loop made so. */
static bool is_plain_sum(const struct subject *x)
{
	const struct skep_value *v = x->value;

	for (int depth = 0; v->kind == SKEP_VALUE_COMPUTED && depth < 32; depth++) {
		if (v->with && skep_flow_value(&x->s->flow, v->with)->kind != SKEP_VALUE_CONSTANT)
			return false;
		if (v->step != SKEP_NO_STEP && !is_told(x, v->step))
			return false;
		v = skep_flow_value(&x->s->flow, v->from);
	}
	return v->kind != SKEP_VALUE_UNKNOWN;
}

static bool is_memory_bound(const struct subject *x)
{
	int64_t off, size, limit;

	if (!number(x, "off", &off) || !number(x, "size", &size) || !number(x, "limit", &limit) ||
	    size <= 0 || size > INT32_MAX || off > INT32_MAX || off < INT32_MIN ||
	    (off >= 0 && off + size <= limit) || is_number(x) || !x->type.length)
		return false;
	if (is_field(x, "fixed", "yes"))
		return is_access(x) && is_plain_sum(x);
	/* Where the least is outside already, no check of it helps. */
	return is_access(x) && is_field(x, "fixed", "no") && is_one_sum(x) && may_leave(x) &&
	       x->range.smin < limit;
}

/* It is negative from the beginning, not by what was done to it. */
static bool begins_negative(const struct subject *x)
{
	struct skep_range range;

	if (x->root->step == SKEP_NO_STEP)
		return false;
	range = skep_search_range_after(x->s, x->root->step, x->root->reg);
	return range.known && range.smin < 0;
}

static bool is_offset_unbounded(const struct subject *x)
{
	return begins_negative(x) && is_number(x) && x->op.kind == SKEP_OP_ALU && x->op.wide &&
	       x->op.code == SKEP_ALU_ADD && x->range.known && x->range.smin < 0 && may_leave(x);
}

/* What is said of a size: negative, or larger than any. */
static bool is_size_unbounded(const struct subject *x)
{
	return is_number(x) && x->op.kind == SKEP_OP_CALL && x->range.known &&
	       (x->range.smin < 0 || x->range.umax > INT32_MAX);
}

static bool is_size_zero(const struct subject *x)
{
	/* A constant 0 that the message does not tell is not told as one. */
	return is_number(x) && x->op.kind == SKEP_OP_CALL && x->range.known && !x->range.umin &&
	       x->range.smin >= 0 && may_leave(x) &&
	       (x->range.constant ? is_field(x, "zero", "yes") : !references(x).length);
}

static bool is_context_access(const struct subject *x)
{
	return skep_span_starts(x->type, SPAN("ctx")) &&
	       (x->op.kind == SKEP_OP_STORE || (x->op.kind == SKEP_OP_LOAD && !x->op.sign)) &&
	       has(x->s->c->message, "invalid bpf_context access off=");
}

/* Moved by constants only, and the message has their sum. */
static bool is_context_moved(const struct subject *x)
{
	const struct skep_value *v = x->value;
	int64_t off, sum = 0;

	if (!skep_span_starts(x->type, SPAN("ctx")) || !number(x, "off", &off))
		return false;
	for (int depth = 0; v->kind == SKEP_VALUE_COMPUTED && depth < 32; depth++) {
		if (v->with || (v->code != SKEP_ALU_ADD && v->code != SKEP_ALU_SUB) ||
		    v->number > INT32_MAX || v->number < INT32_MIN)
			return false;
		sum += v->code == SKEP_ALU_ADD ? v->number : -v->number;
		v = skep_flow_value(&x->s->flow, v->from);
	}
	return v->kind == SKEP_VALUE_ENTRY && off && off == sum;
}

/* No jump since then that may have gone around what gives it a value. */
static bool is_straight(const struct subject *x, size_t step)
{
	for (size_t i = x->s->c->refused + 1; i < step; i++)
		if (skep_insn_is_branch(&x->s->c->path.at[i].insn) &&
		    skep_flow_taken(&x->s->flow, i))
			return false;
	return true;
}

/* Kept across the call it is still good: no pointer that the call may have ended. */
static bool is_kept(const struct subject *x)
{
	static const char *const types[] = { "scalar", "fp", "ctx", "map_ptr", "map_value" };
	struct skep_span type =
		skep_value_type(skep_search_state(x->s, x->value->step, x->s->c->reg));

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (skep_span_is(type, skep_span_of(types[i])))
			return true;
	return false;
}

static bool has_no_value(const struct subject *x)
{
	return has(x->s->c->message, "!read_ok") &&
	       ((x->value->kind == SKEP_VALUE_LOST && is_straight(x, x->value->step) &&
		 is_kept(x)) ||
		(!x->state.length && (!x->s->c->cause_count || is_field(x, "hidden", "yes")) &&
		 (x->value->kind == SKEP_VALUE_UNSET || x->value->kind == SKEP_VALUE_ENTRY)));
}

static bool is_arithmetic(const struct subject *x)
{
	if (x->op.kind != SKEP_OP_ALU || !x->state.length)
		return false;
	if (has(x->s->c->message, "subtract pointer from scalar"))
		return is_number(x) && x->op.code == SKEP_ALU_SUB;
	return !is_number(x) && !has(x->type, "or_null") &&
	       (has(x->s->c->message, "operator prohibited") ||
		has(x->s->c->message, "32-bit pointer arithmetic prohibited"));
}

static bool is_two_pointers(const struct subject *x)
{
	struct skep_span other = skep_search_state(x->s, x->s->c->refused, x->op.src);

	return x->op.kind == SKEP_OP_ALU && x->op.src >= 0 && x->state.length && !is_number(x) &&
	       other.length && !skep_span_is(skep_value_type(other), SPAN("scalar"));
}

/* A constant where memory is needed: there is no other reason. */
static bool is_no_memory(const struct subject *x)
{
	return x->op.kind == SKEP_OP_CALL && is_number(x) && x->range.constant &&
	       x->value->kind == SKEP_VALUE_CONSTANT && x->range.smin == x->value->number;
}

/* On this path something has compared it: NULL is not in question any more. */
static bool is_compared(const struct subject *x, size_t step, uint32_t result)
{
	for (size_t i = x->s->c->refused; i < step; i++) {
		struct skep_op op = skep_insn_decode(&x->s->c->path.at[i].insn);

		if (op.kind == SKEP_OP_BRANCH && op.src < 0 && !op.number &&
		    skep_flow_root(&x->s->flow, skep_flow_register(&x->s->flow, i, op.dst)) ==
			    result)
			return true;
	}
	return false;
}

/* The object is held here, by the call that is named, and its fix may be written as it stands. */
static bool is_leak(const struct subject *x)
{
	const struct skep_case *c = x->s->c;
	struct skep_span held = references(x), callee, result;
	int64_t alloc, id, one;
	size_t step;

	if (x->op.kind != SKEP_OP_EXIT || !number(x, "alloc", &alloc) || !number(x, "id", &id) ||
	    !skep_take_number(&held, &one) || one != id || held.length)
		return false;
	step = skep_story_find_insn(&c->path, c->refused, alloc);
	callee = skep_search_callee(x->s, step);
	if (step == SKEP_NO_STEP || !step || !callee.length || has(callee, "kptr_xchg") ||
	    has(callee, "dynptr") || has(callee, "iter_") || has(callee, "rbtree") ||
	    has(callee, "list_"))
		return false;
	result = skep_search_state(x->s, step - 1, 0);
	return result.length &&
	       (!has(skep_value_type(result), "or_null") ||
		is_compared(x, step, skep_flow_register(&x->s->flow, step - 1, 0)));
}

static bool is_constant_return(const struct subject *x)
{
	struct skep_span words = skep_fields_get(&x->s->c->fields, SPAN("value_words"));
	int64_t told;

	return x->op.kind == SKEP_OP_EXIT && is_number(x) && x->s->c->reg == 0 &&
	       x->range.constant && skep_take_number(&words, &told) && !words.length &&
	       told == (int32_t)x->range.smin;
}

static bool is_frame_write(const struct subject *x)
{
	return (x->op.kind == SKEP_OP_ALU || x->op.kind == SKEP_OP_ADDRESS) && x->op.dst == 10;
}

static bool is_atomic(const struct subject *x)
{
	return x->op.kind == SKEP_OP_ATOMIC && x->type.length && !is_number(x);
}

static const struct {
	int number;
	bool (*holds)(const struct subject *x);
} claims[] = {
	{ 1, is_null_use },          { 2, is_null_argument },  { 3, is_null_arithmetic },
	{ 10, is_not_pointer },      { 15, is_packet_write },  { 16, is_object_write },
	{ 101, is_packet_bound },    { 102, is_stack_bound },  { 103, is_variable_stack_bound },
	{ 104, is_memory_bound },    { 105, is_memory_bound }, { 106, is_offset_unbounded },
	{ 110, is_size_unbounded },  { 111, is_size_zero },    { 130, is_context_access },
	{ 131, is_context_moved },   { 201, has_no_value },    { 301, is_arithmetic },
	{ 302, is_two_pointers },    { 400, is_no_memory },    { 501, is_leak },
	{ 701, is_constant_return }, { 707, is_frame_write },  { 802, is_atomic },
};

bool skep_search_is_exact(const struct skep_search *s)
{
	const struct skep_case *c = s->c;
	struct subject x = { .s = s, .op = skep_insn_decode(&c->path.at[c->refused].insn) };
	uint32_t id = skep_flow_register(&s->flow, c->refused, c->reg);

	x.state = skep_search_state(s, c->refused, c->reg);
	x.type = skep_value_type(x.state);
	x.range = skep_range_of(x.state);
	x.value = skep_flow_value(&s->flow, id);
	x.root = skep_flow_value(&s->flow, skep_flow_root(&s->flow, id));
	for (size_t i = 0; i < sizeof(claims) / sizeof(claims[0]); i++)
		if (claims[i].number == c->entry->number)
			return claims[i].holds(&x);
	return false;
}
