/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_MAP_REDIRECT_H
#define SKEP_BPF_MAP_REDIRECT_H
/**
 * @file bpf/map/redirect.h
 * Where XDP programs send packets: to devices, processors, and sockets of AF_XDP. Part of
 * bpf/map.h.
 *
 * @code{.c}
 * SKEP_DEVMAP(ports, 64);
 *
 * SEC("xdp")
 * int forward(struct xdp_md *ctx)
 * {
 *         return skep_redirect_map(&ports, ctx->ingress_ifindex, XDP_PASS);
 * }
 * @endcode
 */
#include <skep/bpf/map/kind.h>

/**
 * Devices by a number below `entries`. In user space: `SKEP_MAP(__u32, struct bpf_devmap_val)`.
 * @kernel{5.8, BPF_XDP_DEVMAP: with a program for each entry}
 */
#define SKEP_DEVMAP(name, entries, ...)                                                            \
	SKEP_MAP_DEFINE_(name, SKEP_MEMBERS_(BPF_MAP_TYPE_DEVMAP, __u32, struct bpf_devmap_val,    \
					     entries, __VA_ARGS__))

/**
 * Devices by any number, at most `entries`: usually by their interface index. In user space:
 * `SKEP_MAP(__u32, struct bpf_devmap_val)`. @kernel{5.8, BPF_XDP_DEVMAP: with a program for
 * each entry}
 */
#define SKEP_DEVMAP_HASH(name, entries, ...)                                                       \
	SKEP_MAP_DEFINE_(name, SKEP_MEMBERS_(BPF_MAP_TYPE_DEVMAP_HASH, __u32,                      \
					     struct bpf_devmap_val, entries, __VA_ARGS__))

/**
 * Processors by their number, each with a queue. In user space:
 * `SKEP_MAP(__u32, struct bpf_cpumap_val)`. @kernel{5.9, BPF_XDP_CPUMAP: with a program for
 * each entry}
 */
#define SKEP_CPUMAP(name, entries, ...)                                                            \
	SKEP_MAP_DEFINE_(name, SKEP_MEMBERS_(BPF_MAP_TYPE_CPUMAP, __u32, struct bpf_cpumap_val,    \
					     entries, __VA_ARGS__))

/**
 * Sockets of AF_XDP by a number, usually the queue. In user space: `SKEP_FD_MAP()`.
 * @kernel{4.18}
 */
#define SKEP_XSKMAP(name, entries, ...)                                                            \
	SKEP_MAP_DEFINE_(name,                                                                     \
			 SKEP_MEMBERS_(BPF_MAP_TYPE_XSKMAP, __u32, __u32, entries, __VA_ARGS__))

/**
 * Sends the packet to entry `key`, a number and no pointer, of a devmap, cpumap or xskmap. The two
 * lowest bits of `flags` are what is returned where there is no such entry: XDP_ABORTED (0) or
 * XDP_PASS (5.3); BPF_F_BROADCAST (5.14) is for devmaps.
 * @return XDP_REDIRECT, or what `flags` says
 * @kernel{4.14}
 */
#define skep_redirect_map(map, key, flags)                                                         \
	(SKEP_NEED_(map, SKEP_DEVMAP_KINDS_ | SKEP_BIT_(CPUMAP) | SKEP_BIT_(XSKMAP),               \
		    "skep: packets are redirected to a devmap, cpumap or xskmap"),                 \
	 bpf_redirect_map((map), (key), (flags)))

#endif
