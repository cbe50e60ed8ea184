/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The maps of programs, and the maps in those.
 *
 * A program array that is opened by its number just after its last file descriptor was closed is
 * never freed by some kernels (6.12, 6.18). So what a process has open is told by /proc, and what
 * nobody has open is only opened when that was so in the look before, too.
 */
#include "top.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#define KEY_MOST 512

void top_free_map(struct top_map *map)
{
	for (size_t i = 0; i < map->counter_count; i++)
		free(map->counters[i].ring);
	free(map->counters);
	free(map->inner);
}

struct top_map *top_map(const struct top *top, uint32_t id)
{
	for (size_t i = 0; i < top->map_count; i++)
		if (top->maps[i].id == id)
			return &top->maps[i];
	return NULL;
}

/* The map, made when it is new; NULL: no memory. What was pointed to may have moved. */
static struct top_map *need_map(struct top *top, uint32_t id)
{
	struct top_map *map = top_map(top, id), *more;

	if (!map) {
		more = top_more(top->maps, top->map_count, sizeof(*more));
		if (!more)
			return NULL;
		top->maps = more;
		map = &more[top->map_count++];
		*map = (struct top_map){ .id = id };
	}
	map->seen = true;
	return map;
}

static bool has_maps_inside(const struct top_map *map)
{
	return map->type == BPF_MAP_TYPE_ARRAY_OF_MAPS || map->type == BPF_MAP_TYPE_HASH_OF_MAPS;
}

/* The kernel shows maps inside of maps by their ids. */
static int read_inner(struct top_map *map, int fd, uint32_t key_bytes)
{
	char key[2][KEY_MOST];
	uint32_t id, *more;
	void *last = NULL;

	map->inner_count = 0;
	if (key_bytes > KEY_MOST)
		return 0;
	for (int i = 0; i < TOP_INNER_MOST; i++) {
		char *next = key[i & 1];

		if (bpf_map_get_next_key(fd, last, next))
			break;
		last = next;
		if (bpf_map_lookup_elem(fd, next, &id))
			continue; /* nothing is there */
		more = top_more(map->inner, map->inner_count, sizeof(*more));
		if (!more)
			return -ENOMEM;
		map->inner = more;
		more[map->inner_count++] = id;
	}
	return 0;
}

static void read_bytes(struct top_map *map, int fd)
{
	struct top_fdinfo info;

	if (!top_fdinfo(0, fd, &info))
		return;
	map->bytes_known = true;
	map->bytes = info.bytes;
	/* Linux up to 6.3 multiplies entries by the sizes of key and value: a ring has neither. */
	if (map->is_ring && map->bytes < map->entries)
		map->bytes = map->entries;
}

static int read_all(struct top_map *map, int fd, bool scanned)
{
	struct bpf_map_info info = { 0 };
	uint32_t bytes = sizeof(info);
	int err = 0;

	if (!map->known || scanned) {
		if (bpf_obj_get_info_by_fd(fd, &info, &bytes))
			return 0;
		map->type = info.type;
		map->entries = info.max_entries;
		map->value_bytes = info.value_size;
		snprintf(map->name, sizeof(map->name), "%.*s", BPF_OBJ_NAME_LEN - 1, info.name);
		map->is_ring =
			info.type == BPF_MAP_TYPE_RINGBUF || info.type == BPF_MAP_TYPE_USER_RINGBUF;
		if (!map->known && !strcmp(map->name, ".data.skep"))
			err = top_read_counters(map, info.btf_id, info.btf_value_type_id);
		map->known = true;
		read_bytes(map, fd);
		if (!err && has_maps_inside(map))
			err = read_inner(map, fd, info.key_size);
	}
	if (map->is_ring)
		top_read_ring(map, fd);
	if (map->counter_count)
		top_read_counts(map, fd);
	return err;
}

/* Whether it may be opened by its number now; of program arrays what /proc says will do. */
static bool may_open(const struct top *top, struct top_map *map)
{
	size_t count;
	const struct top_holder *holders = top_holders(top, TOP_MAP, map->id, &count);
	bool was_unheld = map->unheld;

	if (map->known)
		return map->type != BPF_MAP_TYPE_PROG_ARRAY;
	map->unheld = !count;
	if (!count)
		return was_unheld;
	if (holders->map_type != BPF_MAP_TYPE_PROG_ARRAY)
		return true;
	map->known = map->bytes_known = true;
	map->type = holders->map_type;
	map->bytes = holders->bytes;
	return false;
}

static int look_at(struct top *top, struct top_map *map, bool scanned)
{
	int fd, err;

	if (map->known && !map->is_ring && !map->counter_count && !scanned)
		return 0;
	if (!may_open(top, map))
		return 0;
	/* Not BPF_F_RDONLY: the kernel maps nothing, not even for reading, through such. */
	fd = bpf_map_get_fd_by_id(map->id);
	if (fd < 0)
		return errno == EMFILE || errno == ENFILE ? -errno : 0;
	err = read_all(map, fd, scanned);
	close(fd);
	return err;
}

static void forget_those_that_went(struct top *top)
{
	size_t kept = 0;

	for (size_t i = 0; i < top->map_count; i++) {
		if (top->maps[i].seen)
			top->maps[kept++] = top->maps[i];
		else
			top_free_map(&top->maps[i]);
	}
	top->map_count = kept;
}

static int see_maps_of_programs(struct top *top)
{
	for (size_t i = 0; i < top->map_count; i++) {
		top->maps[i].seen = false;
		top->maps[i].users = 0;
	}
	for (size_t i = 0; i < top->program_count; i++) {
		const struct top_program *p = &top->programs[i];

		for (size_t k = 0; k < p->map_count; k++) {
			struct top_map *map = need_map(top, p->maps[k]);

			if (!map)
				return -ENOMEM;
			map->users++;
		}
	}
	return 0;
}

int top_read_maps(struct top *top, bool scanned)
{
	int err = see_maps_of_programs(top);

	/* Those inside of others come behind them, or have been there and are seen again. */
	for (size_t i = 0; !err && i < top->map_count; i++)
		for (size_t k = 0; !err && k < top->maps[i].inner_count; k++)
			if (top->maps[i].seen && !need_map(top, top->maps[i].inner[k]))
				err = -ENOMEM;
	for (size_t i = 0; !err && i < top->map_count; i++) {
		if (!top->maps[i].seen)
			continue;
		err = look_at(top, &top->maps[i], scanned);
		for (size_t k = 0; !err && k < top->maps[i].inner_count; k++)
			if (!need_map(top, top->maps[i].inner[k]))
				err = -ENOMEM;
	}
	forget_those_that_went(top);
	return err;
}
