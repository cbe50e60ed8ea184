/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Pointers that may be NULL, and what is no pointer any more, or never was one. */
#include "causes.h"

/* When a function returns NULL. */
static const char *null_reason(struct skep_span call)
{
	static const struct {
		const char *part, *reason;
	} reasons[] = {
		{ "map_lookup", "when the key is absent" },
		{ "ringbuf_reserve", "when the ring is full" },
		{ "_lookup_tcp", "when there is no such socket" },
		{ "_lookup_udp", "when there is no such socket" },
		{ "storage_get", "when there is no storage yet and none could be made" },
		{ "kptr_xchg", "when nothing was stored there" },
		{ "_create", "when there is no memory" },
		{ "_new", "when there is no memory" },
		{ "_next", "when the iteration is over" },
		{ "from_pid", "when there is no such task" },
		{ "from_vpid", "when there is no such task" },
		{ "from_id", "when there is none with this id" },
		{ "_acquire", "when the object is being freed" },
		{ "dynptr_data", "when the dynptr has fewer bytes" },
		{ "dynptr_slice", "when the dynptr has fewer bytes" },
		{ "_pop_", "when the list is empty" },
		{ "rbtree_first", "when the tree is empty" },
		{ "sk_fullsock", "when it is not a full socket" },
		{ "bpf_tcp_sock", "when it is not a TCP socket" },
		{ "get_listener_sock", "when there is no listening socket" },
		{ "skc_to_", "when the socket is of another kind" },
		{ "per_cpu_ptr", "when there is no such CPU" },
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (skep_span_find(call, skep_span_of(reasons[i].part)) >= 0)
			return reasons[i].reason;
	return "when it fails";
}

static bool is_null_check(const struct skep_op *op)
{
	return op->kind == SKEP_OP_BRANCH && op->src < 0 && !op->number &&
	       (op->code == SKEP_JUMP_EQ || op->code == SKEP_JUMP_NE);
}

/* `r1 = 0xffff...` of a map: what the call at a step was given first. */
static struct skep_span map_of_call(const struct skep_search *s, size_t step)
{
	const struct skep_value *v =
		skep_flow_value(&s->flow, skep_flow_register(&s->flow, step, 1));
	struct skep_span text, op;

	if (v->kind != SKEP_VALUE_ADDRESS || v->step == SKEP_NO_STEP)
		return SPAN("");
	text = skep_insn_operand(&s->c->path.at[v->step].insn, &op);
	return text;
}

/* Whether two values are what two calls of the same function returned, for the same map. */
static bool same_lookup(const struct skep_search *s, const struct skep_value *a,
			const struct skep_value *b)
{
	struct skep_span callee = skep_search_callee(s, a->step), map;

	if (a->kind != SKEP_VALUE_CALL || b->kind != SKEP_VALUE_CALL || !callee.length ||
	    !skep_span_is(callee, skep_search_callee(s, b->step)))
		return false;
	map = map_of_call(s, a->step);
	return map.length && skep_span_is(map, map_of_call(s, b->step));
}

/*
 * A check that is there, but not of this pointer: of an earlier lookup, of an earlier reading of the
 * same place, or, behind the pointer's origin, of another pointer.
 */
static void add_other_check(struct skep_search *s, uint32_t root)
{
	const struct skep_value *v = skep_flow_value(&s->flow, root);

	for (size_t i = s->c->refused + 1; i < s->c->path.count; i++) {
		struct skep_op op;
		uint32_t other;
		const char *name;

		if (!skep_insn_is_branch(&s->c->path.at[i].insn))
			continue;
		op = skep_insn_decode(&s->c->path.at[i].insn);
		other = skep_flow_root(&s->flow, skep_flow_register(&s->flow, i, op.dst));
		if (!is_null_check(&op) || !other || other == root)
			continue;
		name = skep_words_compared(s->c, i, op.dst);
		if (i > v->step && same_lookup(s, v, skep_flow_value(&s->flow, other)))
			skep_search_add(
				s, i,
				"this check is of the pointer of the earlier lookup; a new lookup "
				"gives a new pointer");
		else if (skep_reads_same(&s->flow, root, other))
			skep_search_add(
				s, i,
				"this check is of an earlier reading; the pointer is read again, "
				"and may be NULL then");
		else if (i < v->step && op.wide &&
			 skep_flow_value(&s->flow, other)->kind == SKEP_VALUE_CALL)
			skep_search_add(s, i, "this check is of %s, another pointer", name);
		else
			continue;
		return;
	}
}

/* Where the log has other paths too: the check of this register that one of them makes. */
static void add_skipped_check(struct skep_search *s, const struct skep_value *v)
{
	const struct skep_path *path = &s->c->path;
	int first, last = path->at[s->c->refused].insn.number, tries = 64;

	if (v->step == SKEP_NO_STEP)
		return;
	first = path->at[v->step].insn.number;
	for (size_t line = path->at[s->c->refused].line; line-- > path->at[v->step].line;) {
		struct skep_insn insn;
		struct skep_op op;
		bool walked = false;

		if (s->c->lines.at[line].kind != SKEP_LINE_INSN ||
		    !skep_insn_parse(s->c->lines.at[line].text, &insn) || insn.number <= first ||
		    insn.number >= last || !skep_insn_is_branch(&insn))
			continue;
		op = skep_insn_decode(&insn);
		if (!is_null_check(&op) || op.dst != s->c->reg)
			continue;
		if (!tries--)
			return;
		for (size_t i = s->c->refused; i < v->step && !walked; i++)
			walked = path->at[i].insn.number == insn.number;
		if (walked || s->c->cause_count == SKEP_CAUSES_MOST)
			continue;
		/* The register may hold something else there. */
		s->vague[s->c->cause_count] = true;
		s->c->causes[s->c->cause_count++] =
			(struct skep_cause){ skep_place_of_line(s->c, line),
					     "it is checked here on another path only" };
		return;
	}
}

bool skep_cause_find_null(struct skep_search *s)
{
	struct skep_case *c = s->c;
	struct skep_span value = skep_search_state(s, c->refused, c->reg);
	bool maybe = skep_span_find(value, SPAN("or_null")) >= 0;
	uint32_t root = skep_flow_root(&s->flow, s->value);
	const struct skep_value *v = skep_flow_value(&s->flow, root);
	struct skep_span callee = skep_search_callee(s, v->step);

	add_skipped_check(s, v);
	add_other_check(s, root);
	if (v->kind == SKEP_VALUE_CALL && callee.length) {
		skep_search_add(s, v->step, "%.*s() returns NULL %s", (int)callee.length, callee.at,
				null_reason(callee));
		return maybe;
	}
	if (v->kind == SKEP_VALUE_LOAD)
		skep_search_add(s, v->step, "the pointer that is read here may be NULL");
	else if (v->kind == SKEP_VALUE_CONSTANT)
		skep_search_add(s, v->step, "it is set to NULL here");
	else if (v->kind == SKEP_VALUE_ENTRY && v->step == SKEP_NO_STEP &&
		 c->path.at[c->path.count - 1].insn.number > 0)
		skep_search_add(s, c->path.count - 1,
				"a pointer that a global function is given may be NULL");
	else
		skep_search_add_origin(s, root, NULL);
	return v->kind == SKEP_VALUE_LOAD && maybe;
}

static const char *const changes_packet[] = {
	"bpf_skb_pull_data",   "bpf_skb_change_",     "bpf_skb_adjust_room",
	"bpf_skb_store_bytes", "bpf_skb_vlan_",       "bpf_xdp_adjust_",
	"bpf_l3_csum_replace", "bpf_l4_csum_replace", "bpf_msg_pull_data",
	"bpf_msg_push_data",   "bpf_msg_pop_data",    "bpf_clone_redirect",
	"bpf_lwt_push_encap",  "bpf_lwt_seg6_",       "bpf_skb_set_tunnel",
	"bpf_dynptr_write",    "bpf_skb_cgroup_move", "bpf_store_hdr_opt",
	"bpf_reserve_hdr_opt", "bpf_tail_call",       NULL
};

static bool has_word(struct skep_span name, const char *const *words)
{
	for (size_t i = 0; words[i]; i++)
		if (skep_span_find(name, skep_span_of(words[i])) >= 0)
			return true;
	return false;
}

static void set_killer(struct skep_search *s, struct skep_span name)
{
	skep_search_set(s, "killer",
			skep_arena_printf(s->c->arena, "%.*s()", (int)name.length, name.at));
}

static bool is_packet(struct skep_span state)
{
	return skep_span_starts(state, SPAN("pkt"));
}

/* The type that a value had when it was made. */
static struct skep_span state_when_made(const struct skep_search *s, const struct skep_value *v)
{
	if (v->step == SKEP_NO_STEP || !v->step)
		return SPAN("");
	return skep_search_state(s, v->step - 1, v->reg);
}

/*
 * A pointer into the packet that calls have made a number: the last that did, and the first, from
 * which on it was none.
 */
static bool add_stale(struct skep_search *s)
{
	const struct skep_value *v = skep_flow_value(&s->flow, s->value);
	const struct skep_value *root =
		skep_flow_value(&s->flow, skep_flow_root(&s->flow, s->value));
	size_t first = SKEP_NO_STEP, last = SKEP_NO_STEP;

	if (!is_packet(state_when_made(s, v)) && !is_packet(state_when_made(s, root)))
		return false;
	for (size_t i = s->c->refused + 1; i < s->c->path.count && i < root->step; i++) {
		if (!has_word(skep_search_callee(s, i), changes_packet))
			continue;
		last = last == SKEP_NO_STEP ? i : last;
		first = i;
	}
	if (last == SKEP_NO_STEP)
		return false;
	set_killer(s, skep_search_callee(s, last));
	skep_search_add(s, last, "this call makes all pointers into the packet invalid");
	skep_search_add(s, first, "this call too");
	skep_search_add(s, root->step, "%s points into the packet from here",
			skep_words_assigned(s->c, root->step, root->reg));
	return true;
}

static const char *const releases[] = { "release",      "submit", "discard",    "drop",
					"destroy",      "unlock", "put",        "free",
					"add_impl",     "push_",  "rbtree_add", "kptr_xchg",
					"dynptr_write", NULL };

/* The call that took a value back: it was handed to it, or it ends all of a kind. */
static size_t find_release(const struct skep_search *s, uint32_t root)
{
	const struct skep_value *v = skep_flow_value(&s->flow, root);
	size_t guess = SKEP_NO_STEP;

	for (size_t i = s->c->refused + 1; i < s->c->path.count && i < v->step; i++) {
		struct skep_span callee = skep_search_callee(s, i);

		if (!callee.length || !has_word(callee, releases))
			continue;
		for (int r = 1; r <= 5; r++)
			if (skep_flow_root(&s->flow, skep_flow_register(&s->flow, i, r)) == root)
				return i;
		if (guess == SKEP_NO_STEP)
			guess = i;
	}
	return guess;
}

/* A slice, a record or an object that a later call has taken back. */
static bool add_released(struct skep_search *s)
{
	uint32_t root = skep_flow_root(&s->flow, s->value);
	const struct skep_value *v = skep_flow_value(&s->flow, root);
	struct skep_span state = state_when_made(s, v), callee;
	size_t call;

	if ((v->kind != SKEP_VALUE_CALL && v->kind != SKEP_VALUE_LOAD) || !state.length ||
	    skep_span_is(skep_value_type(state), SPAN("scalar")))
		return false;
	call = find_release(s, root);
	if (call == SKEP_NO_STEP)
		return false;
	callee = skep_search_callee(s, call);
	set_killer(s, callee);
	skep_search_set(s, "ended", "yes");
	skep_search_add(s, call, "after %.*s() the pointer is not valid any more",
			(int)callee.length, callee.at);
	skep_search_add_origin(s, root, NULL);
	return true;
}

/* Operations that make a number of a pointer; the state before says that it was one. */
static bool add_unmade(struct skep_search *s)
{
	struct skep_chain chain;

	skep_chain_of(&chain, &s->flow, s->value);
	for (size_t i = 0; i < chain.count; i++) {
		const struct skep_value *v = skep_flow_value(&s->flow, chain.at[i]);
		struct skep_span before;

		if (v->kind != SKEP_VALUE_COMPUTED || v->step == SKEP_NO_STEP)
			continue;
		before = skep_value_type(state_when_made(s, skep_flow_value(&s->flow, v->from)));
		if (!before.length || skep_span_is(before, SPAN("scalar")))
			continue;
		skep_search_add(s, v->step, "this operation makes a number of a pointer (`%.*s`)",
				(int)before.length, before.at);
		return true;
	}
	return false;
}

/* The last step that added to a value before it was used as a pointer. */
static void add_arithmetic(struct skep_search *s)
{
	const struct skep_value *v = skep_flow_value(&s->flow, s->value);

	if (v->kind == SKEP_VALUE_COMPUTED && v->step != SKEP_NO_STEP && v->with)
		skep_search_add(s, v->step, "the number is computed here");
}

/* It was one when it was made: what has made it a number was not found. */
static bool was_pointer(const struct skep_search *s, uint32_t root)
{
	struct skep_span state = state_when_made(s, skep_flow_value(&s->flow, root));

	return state.length && !skep_span_is(skep_value_type(state), SPAN("scalar"));
}

bool skep_cause_find_scalar(struct skep_search *s)
{
	struct skep_span value = skep_search_state(s, s->c->refused, s->c->reg);
	struct skep_span type = skep_value_type(value);
	uint32_t root = skep_flow_root(&s->flow, s->value);
	bool told;

	if (s->c->entry->number == 10 && (add_stale(s) || add_released(s)))
		return true;
	if (!add_unmade(s))
		add_arithmetic(s);
	told = skep_search_add_origin(s, root, NULL) &&
	       (s->c->entry->number == 10
			? !was_pointer(s, root)
			: skep_flow_value(&s->flow, root)->kind != SKEP_VALUE_ENTRY);
	return told && type.length &&
	       (s->c->entry->number != 10 || skep_span_is(type, SPAN("scalar")));
}
