/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_MAP_TARGETS_H
#define SKEP_MAP_TARGETS_H
/**
 * @file map/targets.h
 * Where XDP programs redirect to: interfaces (devmap) and processors (cpumap), by name and with
 * a program of their own. Part of map.h.
 *
 * @code{.c}
 * typedef SKEP_MAP(__u32, struct bpf_devmap_val) ports_map;
 *
 * ports_map ports;
 * __u32 key = 0;
 *
 * if (skep_map_open(&ports, object, "ports") || skep_devmap_put(ports, &key, "eth0", NULL))
 *         return skep_perror("ports");
 * @endcode
 *
 * Their handles are plain ones, SKEP_MAP(): get, del and foreach work. An interface leaves the
 * map when it is removed.
 */
#include <skep/map/handle.h>

SKEP_BEGIN_DECLS

struct skep_program;

/**
 * Puts an interface in; see skep_devmap_put().
 *
 * @param map       a devmap or devmap hash
 * @param key       its key
 * @param interface a name, in this process's network namespace
 * @param program   what frames pass before they leave: SEC("xdp/devmap"); NULL: none
 * @return 0 or a negative errno
 * @err{ENODEV, no such interface in this network namespace: see `ip link`}
 * @err{EINVAL, `program` is not for devmaps: it needs SEC("xdp/devmap")}
 * @err{EBADF, `program` is not loaded: call skep_object_load() first}
 * @err{EPROTOTYPE, not a devmap, or its values have no room for a program: use bpf_devmap_val}
 * @err{EOPNOTSUPP, this kernel knows no programs there (5.8)}
 * @err{E2BIG, the map is full, or has no such index}
 * @threads{any, also at once}
 * @kernel{4.14}
 */
SKEP_API SKEP_MUST_USE int skep_devmap_put_raw(const struct skep_map *map, const uint32_t *key,
					       const char *interface,
					       const struct skep_program *program);

/**
 * Puts a processor in; see skep_cpumap_put().
 *
 * @param map     a cpumap
 * @param cpu     the processor's number, which is the key
 * @param frames  length of its queue: 1 to 16384
 * @param program what frames pass on that processor: SEC("xdp/cpumap"); NULL: none
 * @return 0 or a negative errno
 * @err{ENODEV, this machine has no such processor}
 * @err{EINVAL, a queue of 0 or of more than 16384; or `program` is not SEC("xdp/cpumap")}
 * @err{EBADF, `program` is not loaded: call skep_object_load() first}
 * @err{EPROTOTYPE, not a cpumap, or its values have no room for a program: use bpf_cpumap_val}
 * @err{EOPNOTSUPP, this kernel knows no programs there (5.9)}
 * @err{E2BIG, the map has no such index: make it larger before load}
 * @threads{any, also at once}
 * @kernel{4.15}
 */
SKEP_API SKEP_MUST_USE int skep_cpumap_put_raw(const struct skep_map *map, uint32_t cpu,
					       uint32_t frames, const struct skep_program *program);

SKEP_END_DECLS

#define SKEP_TARGETS_(m)                                                                           \
	SKEP_MAP_WHERE_(m,                                                                         \
			SKEP_IS_(m, SKEP_ACCESS_KEYED) &&                                          \
				(sizeof(*(m).value) == 4 || sizeof(*(m).value) == 8),              \
			"skep: this is not a devmap or cpumap")

/** `skep_devmap_put(ports, &key, "eth0", NULL)`: see skep_devmap_put_raw(). */
#define skep_devmap_put(handle, k, interface, program)                                             \
	skep_devmap_put_raw(SKEP_TARGETS_(handle), SKEP_KEY_(handle, k), (interface), (program))

/** `skep_cpumap_put(cpus, 1, 2048, NULL)`: see skep_cpumap_put_raw(). */
#define skep_cpumap_put(handle, cpu, frames, program)                                              \
	skep_cpumap_put_raw(SKEP_TARGETS_(handle), (cpu), (frames), (program))

#endif
