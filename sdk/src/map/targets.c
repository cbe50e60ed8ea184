/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Interfaces and processors as targets of redirection. */
#include <errno.h>
#include <string.h>

#include <net/if.h>

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include <skep/map/targets.h>

#include "base/fail.h"
#include "fds.h"

#define MOST_FRAMES 16384

/* What both have: a number, and where there is room the descriptor of a program. */
struct target {
	uint32_t number; /* an interface's index; or the length of a queue */
	int program;
};

static int need_target(const struct skep_map *map, uint32_t type, uint32_t other, const char *what)
{
	int err = skep_map_need_open(map);

	if (err || map->type == type || map->type == other)
		return err;
	return skep_fail(EPROTOTYPE, "map '%s' is %s: it has no %s", map->name,
			 skep_map_kind(map->type)->said, what);
}

/* Before 5.8 and 5.9 values had 4 bytes. */
static int check_room(const struct skep_map *map, const char *type, const char *feature)
{
	char since[SKEP_SINCE_TEXT];

	if (map->value_bytes >= sizeof(struct target))
		return 0;
	return skep_fail_hint(skep_fail(EPROTOTYPE,
					"map '%s' has values of %u bytes: there is no "
					"room for a program",
					map->name, map->value_bytes),
			      "declare it with values of struct %s (Linux %s)", type,
			      skep_map_since(feature, since));
}

static int refuse_program(const struct skep_map *map, const char *section)
{
	return skep_fail_hint(skep_fail(EINVAL, "map '%s' does not take this program", map->name),
			      "it must be of SEC(\"%s\"), and use frags if the interface's does",
			      section);
}

int skep_devmap_store(const struct skep_map *map, uint32_t key, const char *interface, int program)
{
	struct target target = { 0, program };
	int err = need_target(map, BPF_MAP_TYPE_DEVMAP, BPF_MAP_TYPE_DEVMAP_HASH, "interfaces");

	if (!err && program >= 0)
		err = check_room(map, "bpf_devmap_val", "BPF_XDP_DEVMAP");
	if (!err)
		err = skep_map_need_pointer(map, interface, "interface's name");
	if (err)
		return err;
	target.number = if_nametoindex(interface);
	if (!target.number)
		return skep_fail_hint(skep_fail(ENODEV, "map '%s': there is no interface '%s'",
						map->name, interface),
				      "`ip link` shows those of this network namespace");
	if (map->value_bytes > sizeof(target))
		return skep_fail(EPROTOTYPE,
				 "map '%s' has values of %u bytes, newer than this "
				 "library",
				 map->name, map->value_bytes);
	err = bpf_map_update_elem(map->fd, &key, &target, BPF_ANY);
	if (err == -EINVAL && skep_map_check_alive(map))
		return -EBADF;
	if (err == -EINVAL && program >= 0)
		return refuse_program(map, "xdp/devmap");
	if (err == -EINVAL)
		return skep_fail(ENODEV, "map '%s': interface '%s' is gone", map->name, interface);
	return err ? skep_map_refuse(map, err) : 0;
}

int skep_cpumap_store(const struct skep_map *map, uint32_t cpu, uint32_t frames, int program)
{
	struct target target = { frames, program };
	int err = need_target(map, BPF_MAP_TYPE_CPUMAP, BPF_MAP_TYPE_CPUMAP, "processors");

	if (!err && program >= 0)
		err = check_room(map, "bpf_cpumap_val", "BPF_XDP_CPUMAP");
	if (err)
		return err;
	/* The kernel takes 0 as "remove". */
	if (!frames || frames > MOST_FRAMES)
		return skep_fail(EINVAL, "map '%s': a queue has 1 to %d frames, not %u", map->name,
				 MOST_FRAMES, frames);
	if (map->value_bytes > sizeof(target))
		return skep_fail(EPROTOTYPE,
				 "map '%s' has values of %u bytes, newer than this "
				 "library",
				 map->name, map->value_bytes);
	err = bpf_map_update_elem(map->fd, &cpu, &target, BPF_ANY);
	if (err == -EINVAL && skep_map_check_alive(map))
		return -EBADF;
	/* The kernel says that it has no memory, whatever it is that hinders it. */
	if ((err == -EINVAL || err == -ENOMEM) && program >= 0)
		return refuse_program(map, "xdp/cpumap");
	if (err == -ENODEV)
		return skep_fail(ENODEV, "map '%s': this machine has no processor %u", map->name,
				 cpu);
	return err ? skep_map_refuse(map, err) : 0;
}
