/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Arrays and global variables as memory. */
#include <skep/map/memory.h>

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/bpf.h>

#include "want.h"

static int check(const struct skep_map *map)
{
	int err = skep_map_need_open(map);

	if (err)
		return err;
	if (map->type != BPF_MAP_TYPE_ARRAY)
		return skep_fail_hint(
			skep_fail(EPROTOTYPE, "map '%s' is %s: only arrays can be memory",
				  map->name, skep_map_kind(map->type)->said),
			"read it with the calls of %s", skep_map_kind(map->type)->handle);
	if (!(map->flags & BPF_F_MMAPABLE))
		return skep_fail_hint(skep_fail(EPROTOTYPE,
						"map '%s' is no memory: it was made without "
						"BPF_F_MMAPABLE",
						map->name),
				      "declare it with SKEP_ARRAY_MMAP() on the BPF side");
	return 0;
}

static int refuse(const struct skep_map *map, int err)
{
	switch (err) {
	case ENOMEM:
		return skep_fail(err, "no address space for map '%s'", map->name);
	case EPERM:
	case EACCES:
		return skep_fail_hint(
			skep_fail(EPERM, "map '%s' may not be read from user space", map->name),
			"open it with a file descriptor that may read");
	case EBADF:
		return skep_fail_hint(
			skep_fail(err, "the file descriptor of map '%s' is closed", map->name),
			"open the map anew, and close only what is your own");
	case 524:
		return skep_fail_hint(skep_fail(EPROTOTYPE,
						"the kernel does not map values like those of '%s'",
						map->name),
				      "values with locks, timers or kernel pointers cannot be "
				      "memory: use skep_map_get()");
	default:
		return skep_fail(err, "cannot map '%s': %s", map->name, strerror(err));
	}
}

int skep_map_memory_raw(const struct skep_map *map, struct skep_memory *out)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), bytes;
	bool writable = true;
	void *base;
	int err = check(map);

	if (err)
		return err;
	bytes = (((size_t)map->value_bytes + 7) & ~(size_t)7) * map->entries;
	bytes = (bytes + page - 1) & ~(page - 1);
	base = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, map->fd, 0);
	if (base == MAP_FAILED && (errno == EPERM || errno == EACCES)) {
		writable = false; /* frozen, or opened for reading only */
		base = mmap(NULL, bytes, PROT_READ, MAP_SHARED, map->fd, 0);
	}
	if (base == MAP_FAILED)
		return refuse(map, errno);
	*out = (struct skep_memory){
		.base = base, .count = map->entries, .writable = writable, .bytes = bytes
	};
	return 0;
}

void skep_memory_free_raw(struct skep_memory *memory)
{
	SKEP_KEEP_ERROR;

	if (memory->base)
		munmap(memory->base, memory->bytes);
	*memory = (struct skep_memory){ 0 };
}
