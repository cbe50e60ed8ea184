/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Pairs: typed_NAME() by skep's macro, bare_NAME() by the helper alone. Their code is the same. What
 * gives no pointer is an int, as what programs return is.
 */
#include "bpf_maps.h"

#define PAIR_OF(T, name, arguments, typed, bare)                                                   \
	T typed_##name arguments                                                                   \
	{                                                                                          \
		return typed;                                                                      \
	}                                                                                          \
	T bare_##name arguments                                                                    \
	{                                                                                          \
		return bare;                                                                       \
	}
#define PAIR(...)    PAIR_OF(int, __VA_ARGS__)
#define POINTER(...) PAIR_OF(void *, __VA_ARGS__)

#define KEY   struct key *k
#define VALUE struct value *v

POINTER(get, (KEY), skep_map_get(&hash, k), bpf_map_lookup_elem(&hash, k))
PAIR(put, (KEY, VALUE), skep_map_put(&hash, k, v), bpf_map_update_elem(&hash, k, v, BPF_ANY))
PAIR(put_new, (KEY, VALUE), skep_map_put_new(&hash, k, v),
     bpf_map_update_elem(&hash, k, v, BPF_NOEXIST))
PAIR(del, (KEY), skep_map_del(&hash, k), bpf_map_delete_elem(&hash, k))
POINTER(percpu, (KEY, __u32 cpu), skep_percpu_get(&percpu, k, cpu),
	bpf_map_lookup_percpu_elem(&percpu, k, cpu))
POINTER(inner, (__u32 * k), skep_map_get(&tables, k), bpf_map_lookup_elem(&tables, k))
PAIR(push, (VALUE), skep_queue_push(&queue, v), bpf_map_push_elem(&queue, v, BPF_ANY))
PAIR(pop, (VALUE), skep_queue_pop(&queue, v), bpf_map_pop_elem(&queue, v))
PAIR(redirect, (void), skep_redirect_map(&devmap, 1, 2), bpf_redirect_map(&devmap, 1, 2))
PAIR(redirect_skb, (struct __sk_buff * skb, __u32 *k), skep_redirect_skb(skb, &sockmap, k, 0),
     bpf_sk_redirect_map(skb, &sockmap, *k, 0))
POINTER(storage, (struct task_struct * task), skep_storage_get_or_create(&of_tasks, task),
	bpf_task_storage_get(&of_tasks, task, 0, 1))
PAIR(stack, (void *ctx), skep_stack_id(ctx, &stacks, 0), bpf_get_stackid(ctx, &stacks, 0))
PAIR(each, (__u64 * sum), skep_for_each(&hash, each_value, sum),
     bpf_for_each_map_elem(&hash, each_value, sum, 0))

long typed_tail(struct xdp_md *ctx, __u32 index)
{
	skep_tail_call(ctx, &programs, index);
	return 1;
}
long bare_tail(struct xdp_md *ctx, __u32 index)
{
	bpf_tail_call(ctx, &programs, index);
	return 1;
}

long typed_add(__u64 *at)
{
	skep_atomic_add(at, 3);
	return 0;
}
long bare_add(__u64 *at)
{
	__sync_fetch_and_add(at, 3);
	return 0;
}
