/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What a map is, asked of libbpf or of the kernel. */
#include "map.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "base/fail.h"

static void set_plain(struct skep_map *map)
{
	enum skep_map_access access = skep_map_kind(map->type)->access;

	map->plain = access != SKEP_ACCESS_PERCPU;
	map->plain_put = map->plain && map->type != BPF_MAP_TYPE_LPM_TRIE;
}

/* What only the kernel knows, once there is a map. */
static void ask_kernel(struct skep_map *map, const struct bpf_map_info *info)
{
	map->id = info->id;
	map->btf_id = info->btf_id;
	map->btf_key = info->btf_key_type_id;
	map->btf_value = info->btf_value_type_id;
	map->flags = info->map_flags;
}

void skep_map_describe(struct skep_map *map, struct bpf_map *source)
{
	struct bpf_map_info info = { 0 };
	uint32_t bytes = sizeof(info);

	*map = (struct skep_map){
		.fd = bpf_map__fd(source),
		.map = source,
		.type = bpf_map__type(source),
		.key_bytes = bpf_map__key_size(source),
		.value_bytes = bpf_map__value_size(source),
		.entries = bpf_map__max_entries(source),
		.flags = bpf_map__map_flags(source),
	};
	if (map->fd < 0)
		map->fd = -1;
	else if (!bpf_obj_get_info_by_fd(map->fd, &info, &bytes))
		ask_kernel(map, &info);
	snprintf(map->name, sizeof(map->name), "%s", bpf_map__name(source));
	set_plain(map);
}

/* The kernel describes programs and links by the same call, so the file's own name decides. */
static bool is_map(int fd)
{
	char path[40], name[40];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, name, sizeof(name) - 1);
	if (n < 0)
		return errno == ENOENT &&
		       fcntl(fd, F_GETFD) >= 0; /* no /proc: believe the caller */
	name[n] = '\0';
	return !strcmp(name, "anon_inode:bpf-map");
}

int skep_map_describe_fd(struct skep_map *map, int fd)
{
	struct bpf_map_info info = { 0 };
	uint32_t bytes = sizeof(info);

	if (fcntl(fd, F_GETFD) < 0)
		return skep_fail(EBADF, "%d is not an open file descriptor", fd);
	if (!is_map(fd) || bpf_obj_get_info_by_fd(fd, &info, &bytes))
		return skep_fail(EINVAL, "file descriptor %d is not a BPF map", fd);
	*map = (struct skep_map){
		.fd = -1,
		.type = info.type,
		.key_bytes = info.key_size,
		.value_bytes = info.value_size,
		.entries = info.max_entries,
	};
	ask_kernel(map, &info);
	snprintf(map->name, sizeof(map->name), "%s", info.name[0] ? info.name : "(unnamed)");
	set_plain(map);
	return 0;
}

static void ask_name(const struct skep_map *map, struct skep_map_info *info)
{
	struct bpf_map_info known = { 0 };
	uint32_t bytes = sizeof(known);

	if (map->fd < 0 || bpf_obj_get_info_by_fd(map->fd, &known, &bytes))
		return;
	memcpy(info->kernel_name, known.name, sizeof(info->kernel_name));
}

/* What only the file's own description in /proc says. */
static void ask_proc(const struct skep_map *map, struct skep_map_info *info)
{
	unsigned long long number;
	char path[48], line[128];
	FILE *f;

	if (map->fd < 0)
		return;
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", map->fd);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "frozen: %llu", &number) == 1)
			info->is_frozen = number;
		else if (sscanf(line, "memlock: %llu", &number) == 1)
			info->memory_bytes = number;
	}
	if (f)
		fclose(f);
}

int skep_map_info(const struct skep_map *map, struct skep_map_info *out)
{
	struct skep_map_info info = { .sz = sizeof(info) };
	const struct skep_map_kind *kind;

	if (!out || out->sz < sizeof(out->sz))
		return skep_fail_hint(skep_fail(EINVAL, "a struct skep_map_info without its size"),
				      "set sz = sizeof(struct skep_map_info) before the call");
	if (!map)
		return skep_map_need_open(map);
	kind = skep_map_kind(map->type);
	info.name = map->name;
	info.kind = kind->name;
	info.handle = kind->handle;
	info.type = map->type;
	info.flags = map->flags;
	info.entries = map->entries;
	info.key_bytes = map->key_bytes;
	info.value_bytes = map->value_bytes;
	info.id = map->id;
	info.btf_id = map->btf_id;
	info.has_types = map->btf_key || map->btf_value;
	ask_name(map, &info);
	ask_proc(map, &info);
	info.sz = out->sz;
	memcpy(out, &info, out->sz < sizeof(info) ? out->sz : sizeof(info));
	return 0;
}
