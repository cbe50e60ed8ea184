/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A map of every kind, declared and used by skep's macros; run by BPF_PROG_TEST_RUN. */
#ifdef WITH_VMLINUX
#include "vmlinux.h"
#endif
#include <skep/bpf/core.h>

#include "map_kinds.h"

SKEP_LICENSE("GPL");

SKEP_HASH(hash, struct flow, struct count, 16, SKEP_MAP_FLAGS(BPF_F_NO_PREALLOC));
SKEP_HASH(numbers, __u32, __u64, 2);
SKEP_ARRAY(array, struct count, 4);
SKEP_ARRAY_MMAP(memory, __u32, 8);
SKEP_LRU_HASH(lru, __u32, __u64, 64);
SKEP_PERCPU_HASH(percpu_hash, __u32, __u64, 4);
SKEP_PERCPU_ARRAY(percpu_array, __u64, 4);
SKEP_LRU_PERCPU_HASH(lru_percpu, __u32, __u64, 64);
SKEP_LPM_TRIE(trie, struct prefix, __u32, 8);
SKEP_QUEUE(queue, struct count, 2);
SKEP_STACK(stack, __u32, 2);
SKEP_BLOOM(bloom, struct flow, 100, 7);

SKEP_INNER(table, HASH, struct flow, struct count, 8);
SKEP_INNER_MAP(first, table);
SKEP_ARRAY_OF_MAPS(tables, struct table, 2) SKEP_VALUES([0] = &first);
SKEP_HASH_OF_MAPS(by_name, __u64, struct table, 4);

SKEP_SOCKMAP(sockmap, 4);
SKEP_SOCKHASH(sockhash, struct flow, 4);
SKEP_REUSEPORT_SOCKARRAY(group, 4);
SKEP_DEVMAP(devmap, 4);
SKEP_DEVMAP_HASH(devmap_hash, 4);
SKEP_CPUMAP(cpumap, 1);
SKEP_XSKMAP(xskmap, 4);
SKEP_SK_STORAGE(sk_storage, struct count);
SKEP_INODE_STORAGE(inode_storage, struct count);
SKEP_TASK_STORAGE(task_storage, struct count);
SKEP_CGROUP_STORAGE(cgroup_storage, struct count);
SKEP_CGROUP_ARRAY(cgroups, 2);
SKEP_PERF_EVENT_ARRAY(perf_events, 2);
SKEP_STACK_TRACE(stacks, 32, 16);
SKEP_STACK_TRACE_BUILD_ID(build_ids, 32, 16);
SKEP_RINGBUF(ring, struct count, 4096);
SKEP_USER_RINGBUF(user_ring, struct command, 4096);

int stage_add(struct __sk_buff *skb);
int stage_end(struct __sk_buff *skb);
SKEP_PROG_ARRAY(stages, struct __sk_buff, 3) SKEP_VALUES([1] = &stage_add, [2] = &stage_end);

/* The step that went wrong. */
#define STEP(n, good)                                                                              \
	do {                                                                                       \
		if (!(good))                                                                       \
			return n;                                                                  \
	} while (0)

#define ENOENT_ 2
#define E2BIG_  7
#define EEXIST_ 17

SEC("raw_tp")
int use_hash(void *ctx)
{
	struct flow key = { 1, 2 };
	struct count value = { 3, 4 }, other = { 5, 6 }, *at;

	skep_map_del(&hash, &key);
	STEP(1, !skep_map_get(&hash, &key));
	STEP(2, skep_map_put_existing(&hash, &key, &value) == -ENOENT_);
	STEP(3, skep_map_put_new(&hash, &key, &value) == 0);
	STEP(4, skep_map_put_new(&hash, &key, &value) == -EEXIST_);
	at = skep_map_get_or_put(&hash, &key, &other);
	STEP(5, at && at->packets == 3);
	STEP(6, skep_map_put_existing(&hash, &key, &other) == 0);
	at = skep_map_get(&hash, &key);
	STEP(7, at && at->bytes == 6);
	STEP(8, skep_map_del(&hash, &key) == 0);
	STEP(9, skep_map_del(&hash, &key) == -ENOENT_);
	at = skep_map_get_or_put(&hash, &key, &other);
	STEP(10, at && at->packets == 5);
	return 0;
}

SEC("raw_tp")
int use_numbers(void *ctx)
{
	__u32 key = 1, another = 2, third = 3;
	__u64 *at;

	STEP(1, skep_map_add(&numbers, &key, 5) == 0 && skep_map_add(&numbers, &key, 2) == 0);
	at = skep_map_get(&numbers, &key);
	STEP(2, at && *at == 7);
	STEP(3, skep_map_add(&numbers, &another, 1) == 0);
	STEP(4, skep_map_add(&numbers, &third, 1) == -E2BIG_);
	STEP(5, skep_map_del(&numbers, &another) == 0 && skep_map_del(&numbers, &key) == 0);
	STEP(6, skep_map_add(&memory, &key, 9) == 0 && skep_map_add(&lru, &key, 4) == 0);
	at = skep_map_get(&lru, &key);
	STEP(7, at && *at == 4);
	return 0;
}

SEC("raw_tp")
int use_percpu(void *ctx)
{
	__u32 key = 1, cpu = bpf_get_smp_processor_id();
	__u64 *at, zero = 0;

	skep_map_del(&percpu_hash, &key);
	STEP(1, skep_map_add(&percpu_hash, &key, 5) == 0);
	STEP(2, skep_map_add(&percpu_hash, &key, 2) == 0);
	at = skep_map_get(&percpu_hash, &key);
	STEP(3, at && *at == 7);
	at = skep_percpu_get(&percpu_hash, &key, cpu);
	STEP(4, at && *at == 7);
	STEP(5, !skep_percpu_get(&percpu_hash, &key, 1 << 20));
	STEP(6, skep_map_put(&percpu_array, &key, &zero) == 0);
	STEP(7, skep_map_add(&percpu_array, &key, 3) == 0);
	at = skep_percpu_get(&percpu_array, &key, cpu);
	STEP(8, at && *at == 3);
	STEP(9, skep_map_add(&lru_percpu, &key, 3) == 0 && skep_map_get(&lru_percpu, &key));
	return 0;
}

SEC("raw_tp")
int use_trie(void *ctx)
{
	struct prefix wide = { 8, { 10 } }, narrow = { 16, { 10, 1 } };
	struct prefix host = { 32, { 10, 1, 2, 3 } };
	__u32 one = 1, two = 2, *at;

	STEP(1, skep_map_put(&trie, &wide, &one) == 0);
	STEP(2, skep_map_put(&trie, &narrow, &two) == 0);
	at = skep_map_get(&trie, &host);
	STEP(3, at && *at == 2);
	STEP(4, skep_map_del(&trie, &narrow) == 0);
	at = skep_map_get(&trie, &host);
	STEP(5, at && *at == 1);
	return 0;
}

SEC("raw_tp")
int use_queue(void *ctx)
{
	struct count a = { .packets = 1 }, b = { .packets = 2 }, c = { .packets = 3 }, out;
	__u32 n = 1, m = 2;

	skep_queue_pop(&queue, &out);
	skep_queue_pop(&queue, &out);
	STEP(1, skep_queue_peek(&queue, &out) == -ENOENT_);
	STEP(2, skep_queue_push(&queue, &a) == 0 && skep_queue_push(&queue, &b) == 0);
	STEP(3, skep_queue_push(&queue, &c) == -E2BIG_);
	STEP(4, skep_queue_push_evict(&queue, &c) == 0);
	STEP(5, skep_queue_peek(&queue, &out) == 0 && out.packets == 2);
	STEP(6, skep_queue_pop(&queue, &out) == 0 && out.packets == 2);
	STEP(7, skep_queue_pop(&queue, &out) == 0 && out.packets == 3);
	STEP(8, skep_queue_push(&stack, &n) == 0 && skep_queue_push(&stack, &m) == 0);
	STEP(9, skep_queue_pop(&stack, &n) == 0 && n == 2);
	STEP(10, skep_queue_pop(&stack, &n) == 0 && n == 1);
	return 0;
}

SEC("raw_tp")
int use_bloom(void *ctx)
{
	const struct flow there = { 1, 2 }, elsewhere = { 7, 8 };

	STEP(1, !skep_bloom_has(&bloom, &there));
	STEP(2, skep_bloom_add(&bloom, &there) == 0);
	STEP(3, skep_bloom_has(&bloom, &there));
	STEP(4, !skep_bloom_has(&bloom, &elsewhere));
	return 0;
}

SEC("raw_tp")
int use_nested(void *ctx)
{
	struct flow key = { 1, 2 };
	struct count value = { .packets = 42 }, *at;
	__u32 index = 0, empty = 1;
	__u64 name = 1;
	struct table *table = skep_map_get(&tables, &index);

	STEP(1, table);
	STEP(2, skep_map_put(table, &key, &value) == 0);
	at = skep_map_get(&first, &key);
	STEP(3, at && at->packets == 42);
	STEP(4, !skep_map_inner(&tables, &empty));
	STEP(5, !skep_map_get(&by_name, &name));
	return 0;
}

static long add_up(void *map, const __u32 *key, __u64 *value, __u64 *sum)
{
	*sum += *key * 100 + *value;
	return *key == 3;
}

SEC("raw_tp")
int use_each(void *ctx)
{
	__u64 sum = 0, value = 5;
	__u32 key = 2;

	STEP(1, skep_map_put(&percpu_array, &key, &value) == 0);
	key = 1;
	value = 0;
	STEP(2, skep_map_put(&percpu_array, &key, &value) == 0);
	STEP(3, skep_for_each(&percpu_array, add_up, &sum) == 4);
	STEP(4, sum == 605);
	return 0;
}

__u64 commanded;

SKEP_ON_USER_RECORD(on_command, user_ring, c, __u64, sum)
{
	*sum += c->amount;
	return 0;
}

/* How many commands there were. */
SEC("raw_tp")
int use_user_ring(void *ctx)
{
	__u64 sum = 0;
	long count = skep_user_ring_drain(&user_ring, on_command, &sum);

	commanded += sum;
	return count;
}

__u32 word = 1;
__u64 words = 1;

SEC("raw_tp")
int use_atomics(void *ctx)
{
	words = 3;
	skep_atomic_add(&words, 4);
	STEP(1, words == 7);
#ifdef SKEP_BPF_CPU_V3
	word = words = 1;
	STEP(2, skep_atomic_fetch_add(&word, 2) == 1 && word == 3);
	STEP(3, skep_atomic_fetch_or(&words, 6) == 1 && words == 7);
	STEP(4, skep_atomic_fetch_and(&words, 3) == 7 && words == 3);
	STEP(5, skep_atomic_exchange(&word, 9) == 3 && word == 9);
	STEP(6, skep_atomic_compare_exchange(&word, 9, 1) == 9 && word == 1);
	STEP(7, skep_atomic_compare_exchange(&word, 9, 2) == 1 && word == 1);
#endif
	return 0;
}

SEC("raw_tp")
int use_stacks(void *ctx)
{
	long kernel = skep_stack_id(ctx, &stacks, BPF_F_REUSE_STACKID);

	skep_stack_id(ctx, &build_ids, BPF_F_USER_STACK | BPF_F_REUSE_STACKID);
	STEP(1, kernel >= 0);
	STEP(2, skep_current_in_cgroup(&cgroups, 1) < 0);
	return 0;
}

__u32 chain;

SEC("tc")
int stage_add(struct __sk_buff *skb)
{
	chain++;
	skep_tail_call(skb, &stages, chain + 1);
	return 100;
}

SEC("tc")
int stage_end(struct __sk_buff *skb)
{
	return 42 + chain;
}

/* 43: stage 0 is empty, 1 goes on to 2. */
SEC("tc")
int use_stages(struct __sk_buff *skb)
{
	chain = 0;
	skep_tail_call(skb, &stages, 0);
	skep_tail_call(skb, &stages, 1);
	return 101;
}

SEC("tc")
int use_skb(struct __sk_buff *skb)
{
	return skep_skb_in_cgroup(skb, &cgroups, 1) < 0 ? 0 : 1;
}

/* Which entries there are not: 0, or what stands in `flags`. */
SEC("xdp")
int use_redirect(struct xdp_md *ctx)
{
	__u32 key = 1;

	STEP(1, skep_redirect_map(&devmap, 1, XDP_PASS) == XDP_PASS);
	STEP(2, skep_redirect_map(&devmap_hash, 1, XDP_DROP) == XDP_DROP);
	STEP(3, skep_redirect_map(&cpumap, 3, XDP_PASS) == XDP_PASS);
	STEP(4, skep_redirect_map(&xskmap, 1, XDP_ABORTED) == XDP_ABORTED);
	STEP(5, !skep_map_get(&devmap, &key) && !skep_map_get(&devmap_hash, &key));
	return 0;
}

SEC("sk_skb/stream_verdict")
int use_sk_skb(struct __sk_buff *skb)
{
	struct flow key = { 1, 2 };
	__u32 index = 1;

	if (skb->len)
		return skep_redirect_skb(skb, &sockmap, &index, 0);
	return skep_redirect_skb(skb, &sockhash, &key, 0);
}

SEC("sk_msg")
int use_sk_msg(struct sk_msg_md *msg)
{
	struct flow key = { 1, 2 };
	__u32 index = 1;

	if (msg->size)
		return skep_redirect_msg(msg, &sockmap, &index, 0);
	return skep_redirect_msg(msg, &sockhash, &key, BPF_F_INGRESS);
}

SEC("sockops")
int use_sockops(struct bpf_sock_ops *ops)
{
	struct flow key = { ops->remote_ip4, ops->local_ip4 };
	__u32 index = 1;

	skep_socket_put(ops, &sockmap, &index, BPF_ANY);
	skep_socket_put(ops, &sockhash, &key, BPF_NOEXIST);
	skep_socket_del(&sockhash, &key);
	return 1;
}

SEC("sk_reuseport")
int use_reuseport(struct sk_reuseport_md *ctx)
{
	__u32 index = 1;

	return skep_select_socket(ctx, &group, &index) ? SK_DROP : SK_PASS;
}

SEC("cgroup_skb/egress")
int use_sk_storage(struct __sk_buff *skb)
{
	struct bpf_sock *sk = skb->sk;
	struct count first_time = { 1, 1 }, *at;

	if (!sk)
		return 1;
	at = skep_storage_get(&sk_storage, sk);
	if (!at)
		at = skep_storage_get_or_put(&sk_storage, sk, &first_time);
	if (at)
		at->bytes += skb->len;
	return 1;
}

#ifndef WITH_VMLINUX
struct css_set {
	struct cgroup *dfl_cgrp;
} __attribute__((preserve_access_index));
struct task_struct {
	struct css_set *cgroups;
} __attribute__((preserve_access_index));
struct file {
	struct inode *f_inode;
} __attribute__((preserve_access_index));
#endif

int task_seen, cgroup_seen, inode_seen;
const volatile __u32 only;

SEC("tp_btf/sys_enter")
int use_task_storage(__u64 *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct count *at;

	if (skep_current_pid() != only)
		return 0;
	at = skep_storage_get(&task_storage, task);
	if (at) {
		task_seen = at->packets == 7 ? skep_storage_del(&task_storage, task) ?: 1 : -1;
		return 0;
	}
	at = skep_storage_get_or_create(&task_storage, task);
	if (at)
		at->packets = 7;
	return 0;
}

SEC("tp_btf/sys_enter")
int use_cgroup_storage(__u64 *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct count init = { .packets = 9 }, *at;

	if (skep_current_pid() != only)
		return 0;
	at = skep_storage_get_or_put(&cgroup_storage, task->cgroups->dfl_cgrp, &init);
	if (at)
		cgroup_seen = at->packets;
	return 0;
}

SEC("lsm/file_open")
int use_inode_storage(__u64 *ctx)
{
	struct file *file = (void *)ctx[0];
	struct count *at;

	if (skep_current_pid() != only)
		return 0;
	at = skep_storage_get_or_create(&inode_storage, file->f_inode);
	if (at)
		inode_seen = ++at->packets;
	return 0;
}
