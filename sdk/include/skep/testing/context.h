/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_TESTING_CONTEXT_H
#define SKEP_TESTING_CONTEXT_H
/**
 * @file testing/context.h
 * Runs an XDP, tc or other program of packets on a packet of testing/packet.h, with what it finds in
 * its context. Part of testing.h.
 *
 * @code{.c}
 * SKEP_AUTO(skep_packet) *packet = NULL, *after = NULL;
 * const struct skep_program *program = skep_object_program(object, "count");
 * struct skep_test_result result;
 *
 * skep_assert_ok(skep_packet_build(&packet, SKEP_ETH(), SKEP_IPV4(), SKEP_UDP(.dst = 53)));
 * skep_assert_ok(skep_test_packet(&result, program, packet,
 *                                 SKEP_OPTS(skep_test_packet_opts, .packet_out = &after,
 *                                           .ctx = SKEP_OPTS(skep_test_ctx, .mark = 7))));
 * assert_int_equal(result.retval, 0);
 * skep_assert_packet(after, packet);                       // it was not changed
 * @endcode
 *
 * Kinds: XDP; tc, LWT and cgroup_skb programs (`__sk_buff`). A run is one system call.
 */
#include <skep/testing.h>
#include <skep/testing/packet.h>

SKEP_BEGIN_DECLS

/** What a program finds in its context beside the packet. Zero is the kernel's default. */
struct skep_test_ctx {
	size_t sz;                /**< set by SKEP_OPTS(); sizeof(struct skep_test_ctx) */
	uint32_t ingress_ifindex; /**< interface that it came in by, of this network namespace */
	uint32_t rx_queue;        /**< XDP: of that interface */
	const void *meta;         /**< XDP: metadata in front of the packet */
	size_t meta_bytes;        /**< XDP: a multiple of 4 up to 32 */
	uint32_t ifindex;         /**< `__sk_buff`: interface that it is at; default: loopback */
	uint32_t mark;            /**< `__sk_buff` */
	uint32_t priority;        /**< `__sk_buff` */
	uint32_t cb[5];           /**< `__sk_buff` */
	uint64_t tstamp;          /**< `__sk_buff`: nanoseconds */
	uint64_t hwtstamp;        /**< `__sk_buff`: nanoseconds */
	uint32_t wire_len;        /**< `__sk_buff`: at least the packet's length */
	uint32_t gso_segs;        /**< `__sk_buff` */
	uint32_t gso_size;        /**< `__sk_buff` */
};

/** How to run it. */
struct skep_test_packet_opts {
	size_t sz;                       /**< set by SKEP_OPTS() */
	const struct skep_test_ctx *ctx; /**< or NULL */
	struct skep_packet *
		*packet_out; /**< the packet afterwards, for the caller to free; or NULL */
	struct skep_test_ctx
		*ctx_out;     /**< the context afterwards; or NULL. `meta` is in `meta_out` */
	void *meta_out;       /**< XDP: metadata afterwards; or NULL */
	size_t meta_out_room; /**< bytes there */
	uint32_t repeat;      /**< how often to run it, each time on what the last left */
};

/**
 * Runs a program on a packet.
 *
 * @param[out] result  what it returned, and how long the packet is afterwards; untouched on failure
 * @param      program of a loaded object
 * @param      packet  what it is run on; it is not changed
 * @param      opts    or NULL
 * @return 0 or a negative errno
 * @err{EBADF, the program is not loaded: call skep_object_load() first}
 * @err{EINVAL, the kernel refuses the packet or the context: the message says what is known of it,
 *      as that the packet is shorter than 14 bytes, a member that this kind of program does not have,
 *      `wire_len` shorter than the packet, metadata that is no multiple of 4}
 * @err{ENODEV, there is no interface `ifindex` or `ingress_ifindex`: ask if_nametoindex()}
 * @err{EOPNOTSUPP, this kind of program cannot be run so: attach it, and trigger it}
 * @err{ENOSPC, `meta_out` is too small}
 * @err{E2BIG, the packet is longer than this kernel takes (some 3500 bytes for all, more for newer
 *      ones): make it shorter; or `opts` has members that this version of skep does not know: update
 *      the library}
 * @err{EPERM, privilege is missing: run as root}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees `*packet_out` with skep_packet_free()}
 * @threads{any}
 * @kernel{4.12; contexts of XDP 5.15}
 * @caps{CAP_BPF and CAP_NET_ADMIN}
 */
SKEP_API SKEP_MUST_USE int skep_test_packet(struct skep_test_result *result,
					    const struct skep_program *program,
					    const struct skep_packet *packet,
					    const struct skep_test_packet_opts *opts);

SKEP_END_DECLS

#endif
