/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* One operation for each packet, which the kernel and the host must do alike. */
#include <skep/bpf/core.h>
#include "same.h"

SKEP_LICENSE("GPL");

SKEP_LRU_HASH(same_lru, __u32, __u64, SAME_LRU, SKEP_MAP_FLAGS(BPF_F_NO_COMMON_LRU));
SKEP_PERCPU_HASH(same_cpu, __u32, __u64, 20);
SKEP_HASH(same_hash, __u32, __u64, 20);
SKEP_ARRAY(same_array, __u64, 20);
SKEP_QUEUE(same_queue, __u64, 5);
SKEP_LPM_TRIE(same_trie, struct skep_lpm4, __u64, 40);

static struct skep_lpm4 network(const struct same_op *op)
{
	struct skep_lpm4 key = { .prefixlen = op->flags >> 32,
				 .addr = { op->key, op->key >> 8, op->key >> 16, op->key >> 24 } };

	return key;
}

static long do_trie(struct same_op *op)
{
	struct skep_lpm4 key = network(op);
	__u64 value = op->value, *found;

	if (op->what == SAME_TRIE_UPDATE)
		return bpf_map_update_elem(&same_trie, &key, &value, (__u32)op->flags);
	if (op->what == SAME_TRIE_DELETE)
		return bpf_map_delete_elem(&same_trie, &key);
	found = bpf_map_lookup_elem(&same_trie, &key);
	if (found)
		op->out = *found;
	return !found;
}

static long do_queue(struct same_op *op)
{
	__u64 value = op->value;
	long err;

	if (op->what == SAME_PUSH)
		return bpf_map_push_elem(&same_queue, &value, op->flags);
	err = op->what == SAME_POP ? bpf_map_pop_elem(&same_queue, &value)
				   : bpf_map_peek_elem(&same_queue, &value);
	op->out = value;
	return err;
}

static long do_cpu(struct same_op *op)
{
	__u64 value = op->value, *found;
	__u32 key = op->key;

	if (op->what == SAME_CPU_UPDATE)
		return bpf_map_update_elem(&same_cpu, &key, &value, op->flags);
	if (op->what == SAME_CPU_DELETE)
		return bpf_map_delete_elem(&same_cpu, &key);
	found = op->what == SAME_CPU_ADD
			? bpf_map_lookup_elem(&same_cpu, &key)
			: bpf_map_lookup_percpu_elem(&same_cpu, &key, (__u32)op->flags);
	if (!found)
		return 1;
	*found += value;
	op->out = *found;
	return 0;
}

static long do_keyed(struct same_op *op)
{
	__u64 value = op->value, *found;
	__u32 key = op->key;

	switch (op->what) {
	case SAME_LRU_UPDATE:
		return bpf_map_update_elem(&same_lru, &key, &value, op->flags);
	case SAME_LRU_DELETE:
		return bpf_map_delete_elem(&same_lru, &key);
	case SAME_HASH_UPDATE:
		return bpf_map_update_elem(&same_hash, &key, &value, op->flags);
	case SAME_HASH_DELETE:
		return bpf_map_delete_elem(&same_hash, &key);
	case SAME_ARRAY_UPDATE:
		return bpf_map_update_elem(&same_array, &key, &value, op->flags);
	case SAME_ARRAY_DELETE:
		return bpf_map_delete_elem(&same_array, &key);
	}
	found = bpf_map_lookup_elem(&same_lru, &key);
	if (found)
		op->out = *found;
	return !found;
}

/* From 6.13 on the kernel gives 16 bits, before 32. */
static long fold(__s64 sum)
{
	__u32 halves = ((__u32)sum & 0xffff) + ((__u32)sum >> 16);

	return (halves & 0xffff) + (halves >> 16);
}

static long do_packet(struct xdp_md *ctx, const struct same_op *op)
{
	__u32 words[4] = { op->key, (__u32)op->value, 3, 4 };
	__u64 bytes = op->value;

	switch (op->what) {
	case SAME_HEAD:
		return bpf_xdp_adjust_head(ctx, (int)op->key);
	case SAME_TAIL:
		return bpf_xdp_adjust_tail(ctx, (int)op->key);
	case SAME_META:
		return bpf_xdp_adjust_meta(ctx, (int)op->key);
	case SAME_LOAD:
		return bpf_xdp_load_bytes(ctx, op->key, &bytes, sizeof(bytes)) ?: (long)bytes;
	case SAME_STORE:
		return bpf_xdp_store_bytes(ctx, op->key, &bytes, sizeof(bytes));
	default:
		return fold(bpf_csum_diff(words, 8, words + 1, 12, (__u32)op->flags));
	}
}

SEC("xdp")
int same_do(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct same_op *at = data + SAME_AT, op;
	long result;

	if ((void *)(at + 1) > end)
		return -1;
	op = *at;
	if (op.what >= SAME_HEAD)
		return (int)do_packet(ctx, &op);
	if (op.what >= SAME_TRIE_LOOKUP)
		result = do_trie(&op);
	else if (op.what >= SAME_PUSH)
		result = do_queue(&op);
	else if (op.what >= SAME_CPU_ADD && op.what <= SAME_CPU_OTHER)
		result = do_cpu(&op);
	else
		result = do_keyed(&op);
	at->out = op.out;
	return (int)result;
}
