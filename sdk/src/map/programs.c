/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Program arrays by file descriptor; by object and name see object/map_programs.c. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include <skep/map/programs.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "fds.h"
#include "kernel/facts.h"
#include "kernel/since.h"

static int need_programs(const struct skep_map *map)
{
	return skep_map_need_use(map, SKEP_ACCESS_PROGRAMS, "slots for programs");
}

static int refuse_index(const struct skep_map *map, uint32_t index)
{
	return skep_fail_hint(skep_fail(E2BIG, "map '%s' has %u slots: there is no %u", map->name,
					map->entries, index),
			      "make it larger: skep_object_resize() before load");
}

/* A number that the kernel tells of an open file: "prog_type", "owner_jited". -1: not told. */
static long told(int fd, const char *field)
{
	char path[48], text[1024], pattern[32];
	const char *line;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	snprintf(pattern, sizeof(pattern), "%s:\t", field);
	if (skep_kernel_read(path, text, sizeof(text)))
		return -1;
	line = strstr(text, pattern);
	while (line && line != text && line[-1] != '\n')
		line = strstr(line + 1, pattern);
	return line ? strtol(line + strlen(pattern), NULL, 10) : -1;
}

static const char *type_name(long type)
{
	const struct skep_since *row = skep_kernel_since_number(SKEP_SINCE_PROG, (int)type);

	return row ? row->name : "of a type unknown to skep";
}

static bool describe_program(int fd, struct bpf_prog_info *info)
{
	uint32_t bytes = sizeof(*info);

	*info = (struct bpf_prog_info){ 0 };
	return !bpf_obj_get_info_by_fd(fd, info, &bytes);
}

/* The kernel only says that it does not fit. */
static int refuse_program(const struct skep_map *map, int fd, const struct bpf_prog_info *info)
{
	long type = told(map->fd, "owner_prog_type");
	long jited = told(map->fd, "owner_jited"), is_jited = told(fd, "prog_jited");

	if (info->type == BPF_PROG_TYPE_EXT)
		return skep_fail(EPROTOTYPE,
				 "map '%s': program '%s' extends another (freplace): it "
				 "cannot be tail called",
				 map->name, info->name);
	if (type >= 0 && type != (long)info->type)
		return skep_fail_hint(skep_fail(EPROTOTYPE,
						"map '%s' belongs to programs of type "
						"%s: '%s' is %s",
						map->name, type_name(type), info->name,
						type_name((long)info->type)),
				      "a program array has one type: that of the first program "
				      "which uses it; have one array for each");
	if (jited >= 0 && is_jited >= 0 && jited != is_jited)
		return skep_fail_hint(skep_fail(EPROTOTYPE,
						"map '%s': its programs are %s, and "
						"'%s' is not",
						map->name, jited ? "compiled (JIT)" : "interpreted",
						info->name),
				      "set net.core.bpf_jit_enable alike when both are loaded");
	return skep_fail_hint(skep_fail(EPROTOTYPE,
					"map '%s': program '%s' does not go with those "
					"that use the array",
					map->name, info->name),
			      "they must be alike: all with SEC(\"xdp.frags\") or none, the same "
			      "attach type, the same function traced, the same cgroup storage");
}

static int refuse(const struct skep_map *map, uint32_t index, int fd, int err)
{
	struct bpf_prog_info info;
	char words[SKEP_FD_WORDS];

	if (err == -E2BIG)
		return refuse_index(map, index);
	if (err == -EPERM || err == -ENOMEM)
		return skep_map_refuse(map, err);
	if (skep_map_check_alive(map))
		return -EBADF;
	if (fd < 0 || strcmp(skep_fd_words(fd, words), "a BPF program") ||
	    !describe_program(fd, &info))
		return skep_map_refuse_fd(map, fd, "BPF programs");
	if (err == -EBUSY)
		return skep_fail(EBUSY, "map '%s': program '%s' is extended by another (freplace)",
				 map->name, info.name);
	return refuse_program(map, fd, &info);
}

int skep_map_set_program_fd_raw(const struct skep_map *map, uint32_t index, int fd)
{
	int err = need_programs(map);

	if (err)
		return err;
	err = fd < 0 ? -EBADF : bpf_map_update_elem(map->fd, &index, &fd, BPF_ANY);
	return err ? refuse(map, index, fd, err) : 0;
}

int skep_map_get_program_raw(const struct skep_map *map, uint32_t index,
			     struct skep_program_slot *slot)
{
	struct skep_program_slot found = { 0 };
	struct bpf_prog_info info;
	AUTO_CLOSE int fd = -1;
	int err = need_programs(map);

	if (!err)
		err = skep_map_need_pointer(map, slot, "slot");
	if (err)
		return err;
	err = bpf_map_lookup_elem(map->fd, &index, &found.id);
	if (err)
		return err == -ENOENT
			       ? skep_fail_quick(err, "map '%s' has no program there", map->name)
			       : skep_map_refuse(map, err);
	/* The name is a courtesy: asking for it needs more privilege than the slot. */
	fd = bpf_prog_get_fd_by_id(found.id);
	if (fd >= 0 && describe_program(fd, &info))
		memcpy(found.name, info.name, sizeof(found.name));
	*slot = found;
	return 0;
}

int skep_map_clear_program_raw(const struct skep_map *map, uint32_t index)
{
	int err = need_programs(map);

	if (err)
		return err;
	if (index >= map->entries)
		return refuse_index(map, index);
	err = bpf_map_delete_elem(map->fd, &index);
	if (err == -ENOENT)
		return skep_fail_quick(err, "map '%s' has no program there", map->name);
	return err ? skep_map_refuse(map, err) : 0;
}
