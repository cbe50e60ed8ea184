/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_MAP_PROGRAMS_H
#define SKEP_BPF_MAP_PROGRAMS_H
/**
 * @file bpf/map/programs.h
 * Arrays of programs, for tail calls; of cgroups; of perf events. Part of bpf/map.h.
 *
 * @code{.c}
 * extern int count(struct xdp_md *ctx);
 *
 * SKEP_PROG_ARRAY(stages, struct xdp_md, 4) SKEP_VALUES([1] = &count);
 *
 * SEC("xdp")
 * int parse(struct xdp_md *ctx)
 * {
 *         skep_tail_call(ctx, &stages, 1);
 *         return XDP_PASS; // there is no stage 1
 * }
 * @endcode
 */
#include <skep/bpf/map/kind.h>

/**
 * An array of `entries` programs with context `CTX *`, for skep_tail_call(). SKEP_VALUES()
 * behind it puts programs in by name, when the object is loaded. In user space:
 * `SKEP_PROGRAM_ARRAY()`; keep it, or the map: the kernel empties the array when user space has
 * it no more. @kernel{4.2}
 */
#define SKEP_PROG_ARRAY(name, CTX, entries, ...)                                                   \
	struct {                                                                                   \
		__uint(type, BPF_MAP_TYPE_PROG_ARRAY);                                             \
		SKEP_ENTRIES_(entries);                                                            \
		__uint(key_size, sizeof(__u32));                                                   \
		__VA_ARGS__ __array(values, int(CTX *));                                           \
	} name SEC(".maps")

/**
 * Cgroups by a number below `entries`; see skep_current_in_cgroup(). In user space:
 * `SKEP_FD_MAP()`.
 * @kernel{4.8}
 */
#define SKEP_CGROUP_ARRAY(name, entries, ...)                                                      \
	SKEP_MAP_DEFINE_(name, SKEP_MEMBERS_(BPF_MAP_TYPE_CGROUP_ARRAY, __u32, __u32, entries,     \
					     __VA_ARGS__))

/**
 * Perf events by the CPU's number; with `entries` 0, libbpf makes one for each CPU. In user space:
 * `SKEP_FD_MAP()`. For records, take SKEP_RINGBUF(). @kernel{4.3}
 */
#define SKEP_PERF_EVENT_ARRAY(name, entries, ...)                                                  \
	SKEP_MAP_DEFINE_(name, SKEP_MEMBERS_(BPF_MAP_TYPE_PERF_EVENT_ARRAY, __u32, __u32, entries, \
					     __VA_ARGS__))

/* libbpf's is inline assembly, with Linux's number of the helper. */
#ifdef SKEP_PORTABLE
#define SKEP_TAIL_CALL_STATIC_(ctx, map, index) bpf_tail_call(ctx, map, index)
#else
#define SKEP_TAIL_CALL_STATIC_(ctx, map, index) bpf_tail_call_static(ctx, map, index)
#endif

/**
 * Goes on in program `index` of the array, and does not come back. Where there is none, or
 * after 33 of them, it does nothing: the statement behind it runs. A constant index becomes a
 * direct jump (x86, 5.5).
 * @kernel{4.2}
 */
#define skep_tail_call(ctx, map, index)                                                            \
	(SKEP_NEED_(map, SKEP_BIT_(PROG_ARRAY), "skep: this is not a map of SKEP_PROG_ARRAY()"),   \
	 SKEP_REQUIRE_(__builtin_types_compatible_p(typeof((map)->values[0]),                      \
						    int (*)(typeof(*(ctx)) *)),                    \
		       "skep: the programs of this array have another context"),                   \
	 (void)__builtin_choose_expr(__builtin_constant_p(index),                                  \
				     SKEP_TAIL_CALL_STATIC_((ctx), (map), (index)),                \
				     bpf_tail_call((ctx), (map), (index))))

#define SKEP_NEED_CGROUPS_(map)                                                                    \
	SKEP_NEED_(map, SKEP_BIT_(CGROUP_ARRAY), "skep: this is not a map of SKEP_CGROUP_ARRAY()")

/**
 * Whether the current task is in the cgroup at `index`, or below it.
 * @return 1 or 0, or -EAGAIN when there is none at `index`
 * @kernel{4.9, for the helper}
 */
#define skep_current_in_cgroup(map, index)                                                         \
	(SKEP_NEED_CGROUPS_(map), bpf_current_task_under_cgroup((map), (index)))

/**
 * Whether the packet's socket is in the cgroup at `index`, or below it.
 * @return 1 or 0, or -EAGAIN when there is none at `index`
 * @kernel{4.8}
 */
#define skep_skb_in_cgroup(skb, map, index)                                                        \
	(SKEP_NEED_CGROUPS_(map), bpf_skb_under_cgroup((skb), (map), (index)))

#endif
