/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "release.h"

struct pair {
	const char *acquire;
	const char *before, *after; /* around the variable */
	int argument;               /* the acquired is an argument, not the result */
	bool section;               /* opens a section, acquires no object */
};

static const struct pair pairs[] = {
	{ "bpf_ringbuf_reserve_dynptr", "bpf_ringbuf_discard_dynptr(&", ", 0);", 4, false },
	{ "bpf_ringbuf_reserve", "bpf_ringbuf_discard(", ", 0);", 0, false },
	{ "bpf_sk_lookup_tcp", "bpf_sk_release(", ");", 0, false },
	{ "bpf_sk_lookup_udp", "bpf_sk_release(", ");", 0, false },
	{ "bpf_skc_lookup_tcp", "bpf_sk_release(", ");", 0, false },
	{ "bpf_task_acquire", "bpf_task_release(", ");", 0, false },
	{ "bpf_task_from_pid", "bpf_task_release(", ");", 0, false },
	{ "bpf_task_from_vpid", "bpf_task_release(", ");", 0, false },
	{ "bpf_task_get_cgroup1", "bpf_cgroup_release(", ");", 0, false },
	{ "bpf_cgroup_acquire", "bpf_cgroup_release(", ");", 0, false },
	{ "bpf_cgroup_ancestor", "bpf_cgroup_release(", ");", 0, false },
	{ "bpf_cgroup_from_id", "bpf_cgroup_release(", ");", 0, false },
	{ "bpf_cpumask_create", "bpf_cpumask_release(", ");", 0, false },
	{ "bpf_cpumask_acquire", "bpf_cpumask_release(", ");", 0, false },
	{ "bpf_obj_new", "bpf_obj_drop(", ");", 0, false },
	{ "bpf_percpu_obj_new", "bpf_percpu_obj_drop(", ");", 0, false },
	{ "bpf_refcount_acquire", "bpf_obj_drop(", ");", 0, false },
	{ "bpf_list_pop_front", "bpf_obj_drop(", ");", 0, false },
	{ "bpf_list_pop_back", "bpf_obj_drop(", ");", 0, false },
	{ "bpf_rbtree_remove", "bpf_obj_drop(", ");", 0, false },
	{ "bpf_get_task_exe_file", "bpf_put_file(", ");", 0, false },
	{ "bpf_xdp_ct_lookup", "bpf_ct_release(", ");", 0, false },
	{ "bpf_skb_ct_lookup", "bpf_ct_release(", ");", 0, false },
	{ "bpf_lookup_user_key", "bpf_key_put(", ");", 0, false },
	{ "bpf_lookup_system_key", "bpf_key_put(", ");", 0, false },
	{ "bpf_dynptr_clone", "bpf_ringbuf_discard_dynptr(&", ", 0);", 2, false },
	{ "bpf_kptr_xchg", "bpf_obj_drop(", ");", 0, false },
	{ "bpf_rcu_read_lock", "bpf_rcu_read_unlock();", NULL, 0, true },
	{ "bpf_preempt_disable", "bpf_preempt_enable();", NULL, 0, true },
	{ "bpf_local_irq_save", "bpf_local_irq_restore(&", ");", 0, true },
};

static const struct pair *find(struct skep_span acquire)
{
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (skep_span_starts(acquire, skep_span_of(pairs[i].acquire)))
			return &pairs[i];
	return NULL;
}

/* bpf_iter_num_new: `num`. */
static struct skep_span iterator_of(struct skep_span acquire)
{
	if (!skep_take(&acquire, SPAN("bpf_iter_")) || acquire.length < 5 ||
	    memcmp(acquire.at + acquire.length - 4, "_new", 4))
		return SPAN("");
	return skep_span_upto(acquire, acquire.length - 4);
}

const char *skep_release_code(struct skep_arena *arena, struct skep_span acquire,
			      struct skep_span variable)
{
	struct skep_span iterator = iterator_of(acquire);
	const struct pair *pair = find(acquire);

	if (iterator.length && variable.length)
		return skep_arena_printf(arena, "bpf_iter_%.*s_destroy(&%.*s);",
					 (int)iterator.length, iterator.at, (int)variable.length,
					 variable.at);
	if (!pair || (pair->after && !variable.length))
		return "";
	if (!pair->after)
		return pair->before;
	return skep_arena_printf(arena, "%s%.*s%s", pair->before, (int)variable.length, variable.at,
				 pair->after);
}

bool skep_release_begins(struct skep_span call)
{
	const struct pair *pair = find(call);

	return (pair && !pair->section) || iterator_of(call).length;
}

bool skep_release_ends(struct skep_span call)
{
	static const char *const ends[] = { "_release", "_discard", "_submit",  "_destroy", "_drop",
					    "_put",     "_unlock",  "_restore", "_enable" };

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (skep_span_find(call, skep_span_of(ends[i])) >= 0)
			return true;
	return skep_span_is(call, SPAN("bpf_key_put")) || skep_span_is(call, SPAN("bpf_put_file"));
}

int skep_release_argument(struct skep_span acquire)
{
	const struct pair *pair = find(acquire);

	if (iterator_of(acquire).length)
		return 1;
	return pair ? pair->argument : 0;
}

size_t skep_release_find_acquire(const struct skep_path *path, size_t step)
{
	for (size_t i = step + 1; i < path->count; i++) {
		struct skep_span callee = skep_insn_callee(&path->at[i].insn);
		const struct pair *pair = callee.length ? find(callee) : NULL;

		if ((pair && !pair->section) || iterator_of(callee).length)
			return i;
	}
	return SIZE_MAX;
}
