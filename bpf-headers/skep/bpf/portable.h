/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_PORTABLE_H
#define SKEP_BPF_PORTABLE_H
/**
 * @file bpf/portable.h
 * One source for Linux and for eBPF for Windows: what both have, and for everything else a compile
 * error that says so.
 *
 * @code{.c}
 * #include <skep/bpf/portable.h>
 *
 * SKEP_PERCPU_ARRAY(packets, __u64, 1);
 * SKEP_LICENSE("GPL");
 *
 * SEC("xdp")
 * int count(struct skep_xdp_md *ctx)
 * {
 *         __u32 all = 0;
 *
 *         if (skep_xdp_bytes(ctx) >= 64)
 *                 skep_map_add(&packets, &all, 1);
 *         return XDP_PASS;
 * }
 * @endcode
 *
 * It is the first header and the only one of `<skep/bpf/...>`. There are
 *
 * - SKEP_HASH(), SKEP_ARRAY(), SKEP_PERCPU_HASH(), SKEP_PERCPU_ARRAY(), SKEP_LRU_HASH(),
 *   SKEP_LRU_PERCPU_HASH(), SKEP_LPM_TRIE(), SKEP_HASH_OF_MAPS(), SKEP_ARRAY_OF_MAPS(),
 *   SKEP_PROG_ARRAY(), SKEP_QUEUE(), SKEP_STACK(), SKEP_RINGBUF() and SKEP_PERF_EVENT_ARRAY(), with
 *   their calls: see bpf/map.h
 * - skep_ring_output() and skep_perf_output() for records, skep_bound() and its like, bpf_printk()
 *   with at most three arguments
 * - bpf_get_prandom_u32(), bpf_ktime_get_ns(), bpf_ktime_get_boot_ns(), bpf_get_smp_processor_id(),
 *   bpf_csum_diff(), bpf_xdp_adjust_head(), bpf_get_current_pid_tgid(), bpf_get_socket_cookie()
 * - programs for XDP, cgroup/connect4, cgroup/connect6 and sockops, with struct skep_xdp_md, struct
 *   skep_sock_addr and struct skep_sock_ops
 *
 * There is no CO-RE, no vmlinux.h, kfunc, spin lock or timer, nothing that reads other memory, and no
 * loop but what the compiler unrolls. For bytes take __builtin_memcpy() and its like.
 *
 * For Windows, compile with `-DSKEP_WINDOWS` and eBPF for Windows' own headers. It is the source that is
 * portable, not the object: kinds of maps and helpers have other numbers there. What is inside is
 * held against a table of what the public headers of eBPF for Windows declare
 * (tests/compile/portable.tsv in skep's sources). *No such program was ever run on Windows, nor shown to
 * its verifier*, by those who made this.
 *
 * It costs nothing at run time.
 */
#if defined(SKEP_BPF_BASE_H) && !defined(SKEP_PORTABLE)
#error "skep: a portable program includes <skep/bpf/portable.h> first, and nothing else of <skep/bpf/...>"
#endif
#ifdef __VMLINUX_H__
#error "skep: vmlinux.h describes Linux: a portable program does without"
#endif
#ifdef __BPF_CORE_READ_H__
#error "skep: CO-RE is not in eBPF for Windows: a portable program reads its context, packets and maps"
#endif

#undef SKEP_PORTABLE
/** This program is held to what Linux and eBPF for Windows have. */
#define SKEP_PORTABLE       1
#define SKEP_PORTABLE_PART_ 1

#include <skep/bpf/bound.h>
#include <skep/bpf/map/keyed.h>
#include <skep/bpf/map/nested.h>
#include <skep/bpf/map/programs.h>
#include <skep/bpf/map/queue.h>

#include <skep/bpf/portable/context.h>

#undef SKEP_PORTABLE_PART_

/** The first byte of an XDP program's packet. @kernel{4.8} */
#define skep_xdp_data(ctx) ((void *)(unsigned long)(ctx)->data)

/** Behind the last byte of an XDP program's packet. @kernel{4.8} */
#define skep_xdp_data_end(ctx) ((void *)(unsigned long)(ctx)->data_end)

/** How many bytes of an XDP program's packet lie in one piece. @kernel{4.8} */
#define skep_xdp_bytes(ctx) ((__u64)((char *)skep_xdp_data_end(ctx) - (char *)skep_xdp_data(ctx)))

#ifdef SKEP_WINDOWS
#define SKEP_LOCAL_PORT_(port) ((__u32)__builtin_bswap16((__u16)(port)))
#else
#define SKEP_LOCAL_PORT_(port) (port)
#endif
/**
 * The local port of a struct skep_sock_ops, in the byte order of the machine: Linux has it so, Windows
 * in network order. @kernel{4.13, sockops}
 */
#define skep_sock_ops_local_port(ctx) SKEP_LOCAL_PORT_((ctx)->local_port)

/**
 * A ring of `bytes` (a power of two, and a multiple of the page size) for records of type T, written by
 * skep_ring_output(). Without the counts of bpf/ring.h. @kernel{5.8}
 */
#define SKEP_RINGBUF(name, T, bytes)                                                               \
	_Static_assert((bytes) >= 4096 && !((bytes) & ((bytes)-1)),                                \
		       "skep: a ring's size is a power of two of at least 4096");                  \
	struct {                                                                                   \
		T (*type)[BPF_MAP_TYPE_RINGBUF];                                                   \
		int (*max_entries)[bytes];                                                         \
	} name SEC(".maps")

/**
 * Copies `*record` into a ring of SKEP_RINGBUF().
 * @return 0, or negative: there is no room
 * @kernel{5.8}
 */
#define skep_ring_output(ring, record)                                                             \
	(SKEP_NEED_(ring, SKEP_BIT_(RINGBUF), "skep: this is not a ring of SKEP_RINGBUF()"),       \
	 (int)bpf_ringbuf_output(                                                                  \
		 (ring),                                                                           \
		 SKEP_CHECK_((*(ring)->type), record, "skep: this is not the ring's record type"), \
		 sizeof((*(ring)->type)[0]), 0))

/**
 * Copies `*record` to this processor's buffer of a map of SKEP_PERF_EVENT_ARRAY().
 * @return 0, or negative: nobody reads there, or there is no room
 * @kernel{4.4}
 */
#define skep_perf_output(ctx, map, record)                                                         \
	(SKEP_REQUIRE_(SKEP_KIND_(map) == SKEP_KIND_OF_EVENTS_,                                    \
		       "skep: this is not a map of SKEP_PERF_EVENT_ARRAY()"),                      \
	 (int)bpf_perf_event_output((ctx), (map), 0xffffffffULL, (record), sizeof(*(record))))

/** @cond */
#ifndef SKEP_WINDOWS
#define SKEP_SAME_PLACE_(a, b, member)                                                             \
	_Static_assert(__builtin_offsetof(struct a, member) ==                                     \
			       __builtin_offsetof(struct b, member),                               \
		       "skep: this is not the kernel's context")
SKEP_SAME_PLACE_(skep_xdp_md, xdp_md, ingress_ifindex);
SKEP_SAME_PLACE_(skep_sock_addr, bpf_sock_addr, protocol);
SKEP_SAME_PLACE_(skep_sock_ops, bpf_sock_ops, local_port);
#endif
#define SKEP_PRINT_COUNT_(_0, _1, _2, _3, _4, _5, _6, n, ...) n
#ifndef SKEP_WINDOWS
#undef bpf_printk
#define bpf_printk(fmt, ...)                                                                       \
	({                                                                                         \
		_Static_assert(SKEP_PRINT_COUNT_(0, ##__VA_ARGS__, 6, 5, 4, 3, 2, 1, 0) <= 3,      \
			       "skep: bpf_printk() takes at most three arguments in eBPF for "     \
			       "Windows");                                                         \
		static const char skep_format_[] = fmt;                                            \
		bpf_trace_printk(skep_format_, sizeof(skep_format_), ##__VA_ARGS__);               \
	})

/* libbpf's takes a struct xdp_md. @kernel{4.10} */
#define bpf_xdp_adjust_head(ctx, delta) bpf_xdp_adjust_head((void *)(ctx), (delta))

/* What is neither a helper nor a kind of map. */
#define SKEP_NO_SENTENCE_(what) _Static_assert(0, "skep: " what " not in eBPF for Windows")
#define SKEP_NO_STATEMENT_(what)                                                                   \
	for (struct {                                                                              \
		     SKEP_NO_SENTENCE_(what);                                                      \
		     int no;                                                                       \
	     } skep_no_ = { 0 };                                                                   \
	     skep_no_.no;)
#undef SKEP_MAP_FLAGS
#define SKEP_MAP_FLAGS(flags) SKEP_NO_SENTENCE_("flags of maps are");
#undef SKEP_ARRAY_MMAP
#define SKEP_ARRAY_MMAP(name, V, entries) SKEP_NO_SENTENCE_("arrays that are mapped as memory are")
#undef __ksym
#define __ksym                                                                                     \
	__attribute__((unavailable("skep: the kernel's functions and variables are not in eBPF "   \
				   "for Windows")))
#undef __kconfig
#define __kconfig                                                                                  \
	__attribute__((unavailable("skep: the kernel's configuration is not in eBPF for Windows")))
#define __BPF_CORE_READ_H__
#define SKEP_NO_CORE_(...)                                                                         \
	(SKEP_REQUIRE_(0, "skep: CO-RE is not in eBPF for Windows: read the context, packets and " \
			  "maps"),                                                                 \
	 0)
#define BPF_CORE_READ(...)              SKEP_NO_CORE_()
#define BPF_CORE_READ_INTO(...)         SKEP_NO_CORE_()
#define BPF_CORE_READ_STR_INTO(...)     SKEP_NO_CORE_()
#define bpf_core_read(...)              SKEP_NO_CORE_()
#define bpf_core_read_str(...)          SKEP_NO_CORE_()
#define bpf_core_field_exists(...)      SKEP_NO_CORE_()
#define bpf_core_type_exists(...)       SKEP_NO_CORE_()
#define bpf_core_enum_value_exists(...) SKEP_NO_CORE_()
#define skep_emit(...)                  SKEP_NO_STATEMENT_("skep_emit(): take skep_ring_output(); reserving is")
#define skep_emit_zeroed(...)                                                                      \
	SKEP_NO_STATEMENT_("skep_emit_zeroed(): take skep_ring_output(); reserving is")
#define skep_emit_var(...)                                                                         \
	SKEP_NO_STATEMENT_("skep_emit_var(): take skep_ring_output(); reserving is")
#define skep_for(...) SKEP_NO_STATEMENT_("skep_for(): loops, but what the compiler unrolls, are")
#define skep_loop_n(...)                                                                           \
	(SKEP_REQUIRE_(0, "skep: skep_loop_n(): loops by a helper are not in eBPF for Windows"), 0)
#define skep_for_each(...)                                                                         \
	(SKEP_REQUIRE_(0, "skep: skep_for_each(): loops by a helper are not in eBPF for Windows"), \
	 0)

#include <skep/bpf/portable/outside.h>
#endif
/** @endcond */

#endif
