/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_NET_DROP_H
#define SKEP_BPF_NET_DROP_H
/**
 * @file bpf/net/drop.h
 * Why packets were dropped, counted for each reason. Part of bpf/net.h.
 *
 * @code{.c}
 * #include <skep/bpf/net.h>
 *
 * SKEP_LICENSE("GPL");
 * SKEP_DROPS(drops);
 *
 * SEC("xdp")
 * int on_packet(struct xdp_md *ctx)
 * {
 *         struct skep_packet p = skep_packet(ctx);
 *
 *         skep_parse_eth(&p);
 *         if (skep_packet_is_bad(&p))
 *                 return skep_drop(&drops, SKEP_DROP_MALFORMED, XDP_DROP);
 *         return XDP_PASS;
 * }
 * @endcode
 *
 * In user space: `SKEP_PERCPU_MAP(__u32, __u64)`, a number for each processor and reason. One
 * lookup in an array, which the kernel inlines: about 15 instructions, 3 ns.
 */
#include <skep/bpf/map.h>

/** Reasons; a program's own begin at SKEP_DROP_OWN. */
enum skep_drop_reason {
	SKEP_DROP_OTHER = 0,
	SKEP_DROP_MALFORMED = 1, /**< a header was not right, or cut short */
	SKEP_DROP_UNKNOWN = 2,   /**< a protocol that is not let through */
	SKEP_DROP_FRAGMENT = 3,  /**< a fragment */
	SKEP_DROP_DENIED = 4,    /**< by a rule */
	SKEP_DROP_LIMIT = 5,     /**< too many */
	SKEP_DROP_SPOOFED = 6,   /**< from an address that cannot be there */
	SKEP_DROP_EXPIRED = 7,   /**< its TTL is used up */
	SKEP_DROP_CHECKSUM = 8,  /**< its checksum is wrong */
	SKEP_DROP_ERROR = 9,     /**< what was to be done with it failed */
	SKEP_DROP_OWN = 16,
	SKEP_DROPS_MOST = 64, /**< reasons are below this */
};

/** Declares the counters: an array with SKEP_DROPS_MOST numbers for each processor. @kernel{4.6} */
#define SKEP_DROPS(name) SKEP_PERCPU_ARRAY(name, __u64, SKEP_DROPS_MOST)

/**
 * Counts a packet for `reason`, and is `verdict`, XDP_DROP or TC_ACT_SHOT. A reason that there is
 * no counter for is counted as SKEP_DROP_OTHER.
 * @kernel{4.6, per-CPU arrays}
 */
#define skep_drop(map, reason, verdict)                                                            \
	({                                                                                         \
		__u32 skep_reason_ = (reason);                                                     \
		if (skep_reason_ >= SKEP_DROPS_MOST)                                               \
			skep_reason_ = SKEP_DROP_OTHER;                                            \
		__u64 *skep_count_ = skep_map_get(map, &skep_reason_);                             \
		if (skep_count_)                                                                   \
			++*skep_count_;                                                            \
		(verdict);                                                                         \
	})

#endif
