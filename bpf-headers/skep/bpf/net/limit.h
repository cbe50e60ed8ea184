/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_NET_LIMIT_H
#define SKEP_BPF_NET_LIMIT_H
/**
 * @file bpf/net/limit.h
 * Token buckets: so many a second, and so many at once, for each key. Part of bpf/net.h.
 *
 * @code{.c}
 * #include <skep/bpf/net.h>
 *
 * SKEP_LICENSE("GPL");
 * SKEP_LRU_HASH(buckets, __u32, struct skep_bucket, 10000);
 *
 * SEC("xdp")
 * int on_packet(struct xdp_md *ctx)
 * {
 *         struct skep_packet p = skep_packet(ctx);
 *         struct skep_ipv4 *ip;
 *
 *         skep_parse_eth(&p);
 *         ip = skep_parse_ipv4(&p);
 *         if (ip && !skep_limit(&buckets, &ip->src, SKEP_PER_SECOND(1000), 50, 1))
 *                 return XDP_DROP;
 *         return XDP_PASS;
 * }
 * @endcode
 *
 * A bucket is one number: when it will be full again. So it is taken from by one compare and
 * exchange. Two processors never take the same token where the program is compiled for `-mcpu=v3`;
 * without that, processors that meet at the same nanoseconds may take one together. Who loses
 * the race 4 times is let through without taking. A bucket that is new is full. One that lacks more
 * than it holds, after the clock was set back or its size made smaller, is empty and fills from then
 * on. The lookup is most of what it costs: about 20 ns, and the clock.
 */
#include <skep/bpf/map.h>

/** A bucket: zero is full. */
struct skep_bucket {
	__u64 full_at; /**< ns of CLOCK_MONOTONIC */
};

/**
 * Nanoseconds for a token, with `n` of them a second: 1 to 1,000,000,000. Of a rate that user space
 * sets 0 is no limit, since BPF divides by zero to 0.
 */
#define SKEP_PER_SECOND(n) (1000000000ULL / (n))

/**
 * Takes tokens out of a bucket, if so many are in.
 *
 * @param bucket in a map, or in global data
 * @param now    ns of CLOCK_MONOTONIC, as of bpf_ktime_get_ns()
 * @param period ns in which one token is added
 * @param size   how many it holds; times `period` below 2^63
 * @param tokens how many to take
 * @return whether they were there; if not, none is taken
 * @kernel{5.12, or any with -mcpu=v2}
 */
SKEP_INLINE_ bool skep_bucket_take(struct skep_bucket *bucket, __u64 now, __u64 period, __u64 size,
				   __u64 tokens)
{
	__u64 most = size * period;

	if (tokens > size)
		return false;
	for (int i = 0; i < 4; i++) {
		__u64 was = *(volatile __u64 *)&bucket->full_at;
		__u64 full_at = (was > now ? was : now) + tokens * period;

		if (full_at - now > most) {
			if (was > now && was - now > most)
				*(volatile __u64 *)&bucket->full_at = now + most;
			return false;
		}
#if defined(SKEP_BPF_CPU_V3) || (defined(__BPF_CPU_VERSION__) && __BPF_CPU_VERSION__ >= 3)
		if (__sync_val_compare_and_swap(&bucket->full_at, was, full_at) == was)
			return true;
#else
		*(volatile __u64 *)&bucket->full_at = full_at;
		return true;
#endif
	}
	return true;
}

/**
 * Takes `tokens` out of the bucket of key `*k` in a hash of struct skep_bucket: whether they were
 * there. One is added each `period` ns, up to `size`. True also where the map is full: use
 * SKEP_LRU_HASH(). @kernel{5.12, or any with -mcpu=v2}
 */
#define skep_limit(map, k, period, size, tokens)                                                   \
	({                                                                                         \
		struct skep_bucket skep_full_ = { 0 };                                             \
		struct skep_bucket *skep_bucket_ = skep_map_get_or_put(map, k, &skep_full_);       \
		!skep_bucket_ || skep_bucket_take(skep_bucket_, bpf_ktime_get_ns(), (period),      \
						  (size), (tokens));                               \
	})

#endif
