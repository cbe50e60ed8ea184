/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Pointers that may be NULL, that are none any more, and those into packets. */
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
		{ "from_id", "when there is none with this id" },
		{ "_acquire", "when the object is on its way out" },
		{ "dynptr_data", "when the range is not in it" },
		{ "dynptr_slice", "when the range is not in it" },
		{ "_pop_", "when the list is empty" },
		{ "rbtree_first", "when the tree is empty" },
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (skep_span_find(call, skep_span_of(reasons[i].part)) >= 0)
			return reasons[i].reason;
	return "when it fails";
}

bool skep_cause_find_null(struct skep_case *c)
{
	struct skep_origin origin = skep_cause_origin(c);
	struct skep_span value = skep_path_register(&c->path, c->refused, c->reg);
	bool maybe = skep_span_find(value, SPAN("_or_null")) >= 0;

	if (origin.kind == SKEP_ORIGIN_CALL) {
		skep_cause_add(c, origin.step,
			       skep_arena_printf(c->arena, "%.*s() returns NULL %s",
						 (int)origin.call.length, origin.call.at,
						 null_reason(origin.call)));
		return maybe;
	}
	if (origin.kind == SKEP_ORIGIN_LOAD) {
		skep_cause_add(c, origin.step, "the pointer read from here may be NULL");
		return maybe;
	}
	if (origin.kind == SKEP_ORIGIN_CONSTANT)
		skep_cause_add(c, origin.step, "it is set here");
	if (origin.kind == SKEP_ORIGIN_ENTRY && maybe &&
	    c->path.at[c->path.count - 1].insn.number > 0)
		skep_cause_add(c, c->path.count - 1,
			       "a pointer that a global function is given may be NULL");
	return origin.kind == SKEP_ORIGIN_ENTRY && maybe;
}

static const char *const changes_packet[] = { "bpf_skb_pull_data",
					      "bpf_skb_change_",
					      "bpf_skb_adjust_room",
					      "bpf_skb_store_bytes",
					      "bpf_skb_vlan_",
					      "bpf_xdp_adjust_",
					      "bpf_l3_csum_replace",
					      "bpf_l4_csum_replace",
					      "bpf_msg_pull_data",
					      "bpf_msg_push_data",
					      "bpf_msg_pop_data",
					      "bpf_clone_redirect",
					      "bpf_lwt_push_encap",
					      "bpf_lwt_seg6_",
					      "bpf_skb_set_tunnel",
					      "bpf_sk_assign_pkt",
					      "bpf_skb_cgroup_move",
					      "bpf_skb_change_proto",
					      NULL };

/* A pointer into the packet that a call has made a number: the call is the cause. */
static bool find_stale(struct skep_case *c, const struct skep_origin *origin)
{
	size_t call = skep_story_find_call(&c->path, c->refused, changes_packet);
	struct skep_span before, name;

	if (call == SKEP_NO_STEP || (origin->step != SKEP_NO_STEP && call > origin->step))
		return false;
	before = skep_path_register(&c->path, call, c->reg);
	if (!skep_span_starts(before, SPAN("pkt")))
		return false;
	name = skep_insn_callee(&c->path.at[call].insn);
	skep_fields_set(
		&c->fields, SPAN("killer"),
		skep_span_of(skep_arena_printf(c->arena, "%.*s()", (int)name.length, name.at)));
	skep_cause_add(c, call, "this call makes all pointers into the packet invalid");
	return true;
}

/* A slice or a record that a later call has taken back. */
static bool find_released(struct skep_case *c, const struct skep_origin *origin)
{
	static const char *const calls[] = { "release", "submit",       "discard", "drop",
					     "destroy", "dynptr_write", "unlock",  NULL };
	struct skep_span value;
	size_t call;

	if (origin->kind != SKEP_ORIGIN_CALL)
		return false;
	value = skep_path_result(&c->path, origin->step);
	call = skep_story_find_call(&c->path, c->refused, calls);
	if (!value.length || skep_span_is(skep_value_type(value), SPAN("scalar")) ||
	    call == SKEP_NO_STEP || call > origin->step)
		return false;
	value = skep_insn_callee(&c->path.at[call].insn);
	skep_fields_set(
		&c->fields, SPAN("killer"),
		skep_span_of(skep_arena_printf(c->arena, "%.*s()", (int)value.length, value.at)));
	skep_cause_add(c, call, "after this call the pointer is not valid any more");
	return true;
}

bool skep_cause_find_scalar(struct skep_case *c)
{
	struct skep_origin origin = skep_cause_origin(c);
	struct skep_span value = skep_path_register(&c->path, c->refused, c->reg);

	if (find_stale(c, &origin))
		return true;
	if (find_released(c, &origin)) {
		skep_cause_add_origin(c, &origin);
		return true;
	}
	if (origin.arithmetic != SKEP_NO_STEP)
		skep_cause_add(c, origin.arithmetic, "arithmetic on it here");
	return skep_cause_add_origin(c, &origin) && value.length &&
	       skep_span_is(skep_value_type(value),
			    c->entry->number == 10 ? SPAN("scalar") : skep_value_type(value));
}

bool skep_cause_find_packet(struct skep_case *c)
{
	size_t check = skep_story_find_check(&c->path, c->refused, SPAN("pkt_end"));
	struct skep_origin origin = skep_cause_origin(c);
	int64_t range;

	if (check != SKEP_NO_STEP && skep_fields_number(&c->fields, SPAN("range"), &range) &&
	    range > 0)
		skep_cause_add(c, check,
			       skep_arena_printf(c->arena,
						 "this check shows only that %lld bytes are there",
						 (long long)range));
	else if (check != SKEP_NO_STEP)
		skep_cause_add(c, check, "this check says nothing about the pointer used below");
	if (origin.arithmetic != SKEP_NO_STEP)
		skep_cause_add(c, origin.arithmetic, "the pointer is moved here");
	if (!c->cause_count && origin.kind == SKEP_ORIGIN_LOAD)
		skep_cause_add(c, origin.step,
			       "the packet begins here; nothing compares with its end");
	return skep_span_starts(skep_path_register(&c->path, c->refused, c->reg), SPAN("pkt")) &&
	       c->cause_count > 0;
}
