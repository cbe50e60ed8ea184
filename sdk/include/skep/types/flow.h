/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_TYPES_FLOW_H
#define SKEP_TYPES_FLOW_H
/**
 * @file types/flow.h
 * Five-tuples: who talks to whom, as a key of maps, and a hash of it that both sides agree on.
 * User space and BPF programs may include it.
 *
 * @code{.c}
 * struct skep_flow flow = {
 *         .src = { 10, 0, 0, 1 }, .dst = { 10, 0, 0, 2 },
 *         .src_port = 40000, .dst_port = 443, .proto = 6, .version = 4,
 * };
 * __u64 shard = skep_flow_hash(&flow, 0) % 8;
 * @endcode
 *
 * The hash is the same on every machine, in every version of skep, and on both sides, so that it
 * may be stored and sent. It is no defence against who chooses addresses: give a seed that they
 * do not know. About 50 instructions.
 */
#include <skep/types.h>

/* In BPF programs a call would cost more than what is called. */
#define SKEP_FLOW_INLINE_ static inline __attribute__((always_inline))

/** Who talks to whom. No padding, so it is a key as it is; what is not used is zero. */
struct skep_flow {
	__u8 src[16];   /**< the sender's address as on the wire; of IPv4 the first 4 bytes */
	__u8 dst[16];   /**< the receiver's */
	__u16 src_port; /**< a number, not in network order; 0 where there is none */
	__u16 dst_port; /**< the same of the receiver */
	__u8 proto;     /**< IP protocol: 6 is TCP, 17 UDP */
	__u8 version;   /**< 4 or 6 */
	__u16 zero;     /**< nothing */
};

/** @cond */
/* Eight bytes as a number, the same on machines of either order. */
SKEP_FLOW_INLINE_ __u64 skep_flow_word_(const __u8 *at)
{
	__u64 word = 0;

	__builtin_memcpy(&word, at, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap64(word);
#endif
	return word;
}

SKEP_FLOW_INLINE_ __u64 skep_flow_mix_(__u64 hash, __u64 word)
{
	hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
	return hash ^ (hash >> 29);
}
/** @endcond */

/**
 * A number for a flow, with all its bits well mixed.
 *
 * @param flow the flow
 * @param seed any number: another seed is another hash
 * @return the hash
 */
SKEP_FLOW_INLINE_ __u64 skep_flow_hash(const struct skep_flow *flow, __u64 seed)
{
	__u64 hash = seed ^ 0x736b6570666c6f77ULL;

	hash = skep_flow_mix_(hash, skep_flow_word_(flow->src));
	hash = skep_flow_mix_(hash, skep_flow_word_(flow->src + 8));
	hash = skep_flow_mix_(hash, skep_flow_word_(flow->dst));
	hash = skep_flow_mix_(hash, skep_flow_word_(flow->dst + 8));
	hash = skep_flow_mix_(hash, ((__u64)flow->src_port << 32) | ((__u64)flow->dst_port << 16) |
					    ((__u64)flow->proto << 8) | flow->version);
	hash = (hash ^ (hash >> 32)) * 0xd6e8feb86659fd93ULL;
	return hash ^ (hash >> 32);
}

/**
 * The flow of the answers: sender and receiver change places.
 *
 * @param to   where to; not `flow` itself
 * @param flow the flow
 */
SKEP_FLOW_INLINE_ void skep_flow_reverse(struct skep_flow *to, const struct skep_flow *flow)
{
	*to = *flow;
	__builtin_memcpy(to->src, flow->dst, sizeof(to->src));
	__builtin_memcpy(to->dst, flow->src, sizeof(to->dst));
	to->src_port = flow->dst_port;
	to->dst_port = flow->src_port;
}

/**
 * One hash for both directions: that of a flow is that of its answers.
 *
 * @param flow the flow
 * @param seed any number: another seed is another hash
 * @return the hash
 */
SKEP_FLOW_INLINE_ __u64 skep_flow_hash_both(const struct skep_flow *flow, __u64 seed)
{
	struct skep_flow back;

	skep_flow_reverse(&back, flow);
	return skep_flow_hash(flow, seed) + skep_flow_hash(&back, seed);
}

#endif
