/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_PORTABLE_WINDOWS_H
#define SKEP_BPF_PORTABLE_WINDOWS_H
/**
 * @file bpf/portable/windows.h
 * What takes the place of Linux's and libbpf's headers with `-DSKEP_WINDOWS`. Part of bpf/portable.h.
 *
 * @code{.sh}
 * clang -target bpf -g -O2 -DSKEP_WINDOWS -I ebpf-for-windows/include -c count.bpf.c -o count.o
 * @endcode
 *
 * The numbers of map kinds and helpers are Windows' own, and come from its headers.
 */
#include <skep/bpf/portable.h>

#ifdef SKEP_WINDOWS
#include <bpf_helpers.h> /* of eBPF for Windows: no folder */

/** @cond */
typedef unsigned char __u8;
typedef signed char __s8;
typedef short __s16;

#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif

/* Kinds that are not there have numbers beyond those that are: no map is of them. */
enum {
	SKEP_KIND_HASH_ = BPF_MAP_TYPE_HASH,
	SKEP_KIND_ARRAY_ = BPF_MAP_TYPE_ARRAY,
	SKEP_KIND_PROG_ARRAY_ = BPF_MAP_TYPE_PROG_ARRAY,
	SKEP_KIND_PERCPU_HASH_ = BPF_MAP_TYPE_PERCPU_HASH,
	SKEP_KIND_PERCPU_ARRAY_ = BPF_MAP_TYPE_PERCPU_ARRAY,
	SKEP_KIND_HASH_OF_MAPS_ = BPF_MAP_TYPE_HASH_OF_MAPS,
	SKEP_KIND_ARRAY_OF_MAPS_ = BPF_MAP_TYPE_ARRAY_OF_MAPS,
	SKEP_KIND_LRU_HASH_ = BPF_MAP_TYPE_LRU_HASH,
	SKEP_KIND_LPM_TRIE_ = BPF_MAP_TYPE_LPM_TRIE,
	SKEP_KIND_QUEUE_ = BPF_MAP_TYPE_QUEUE,
	SKEP_KIND_LRU_PERCPU_HASH_ = BPF_MAP_TYPE_LRU_PERCPU_HASH,
	SKEP_KIND_STACK_ = BPF_MAP_TYPE_STACK,
	SKEP_KIND_RINGBUF_ = BPF_MAP_TYPE_RINGBUF,
	SKEP_KIND_OF_EVENTS_ = BPF_MAP_TYPE_PERF_EVENT_ARRAY,
	SKEP_KIND_STACK_TRACE_ = 40,
	SKEP_KIND_CGROUP_ARRAY_,
	SKEP_KIND_DEVMAP_,
	SKEP_KIND_DEVMAP_HASH_,
	SKEP_KIND_BLOOM_,
};
#define SKEP_LPM_FLAGS_
/** @endcond */
#endif

#endif
