/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Arenas: mapped at one address by everybody. */
#include <skep/map/arena.h>

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "want.h"

/* Where it was said to be; 0: nowhere. Only the kernel knows, also of maps of an object. */
static uint64_t address_of(const struct skep_map *map)
{
	struct bpf_map_info info = { 0 };
	uint32_t bytes = sizeof(info);

	return bpf_obj_get_info_by_fd(map->fd, &info, &bytes) ? 0 : info.map_extra;
}

static int refuse(const struct skep_map *map, uint64_t address, int err)
{
	switch (err) {
	case EBUSY:
	case EEXIST:
		return skep_fail_hint(
			skep_fail(EBUSY,
				  "arena '%s' belongs to address 0x%llx, which is in "
				  "use in this process",
				  map->name, (unsigned long long)address),
			"give it another before load, by bpf_map__set_map_extra(): not 0x%llx",
			(unsigned long long)address);
	case EINVAL:
		return skep_fail_hint(
			skep_fail(err,
				  "arena '%s' is mapped elsewhere already, and nobody "
				  "says where",
				  map->name),
			"load its object with skep_object_load(), which gives it one; or make it with .extra = 1ull << 45");
	case ENOMEM:
		return skep_fail(err, "no address space for arena '%s'", map->name);
	case EPERM:
	case EACCES:
		return skep_fail_hint(skep_fail(EPERM,
						"arena '%s' may not be written from user space",
						map->name),
				      "open it with a file descriptor that may read and write");
	case EBADF:
		return skep_fail_hint(
			skep_fail(err, "the file descriptor of map '%s' is closed", map->name),
			"open the map anew, and close only what is your own");
	default:
		return skep_fail(err, "cannot map arena '%s': %s", map->name, strerror(err));
	}
}

int skep_arena_map_raw(const struct skep_map *map, struct skep_memory *out, size_t root_bytes)
{
	size_t bytes, stride = (root_bytes + 7) & ~(size_t)7;
	uint64_t address;
	void *base;
	int err = skep_map_want(map, SKEP_ACCESS_ARENA, "shared memory");

	if (err)
		return err;
	bytes = (size_t)map->entries * (size_t)sysconf(_SC_PAGESIZE);
	if (!stride || stride > bytes)
		return skep_fail_hint(skep_fail(EPROTOTYPE,
						"arena '%s' has %zu bytes, and %zu should be at "
						"its beginning",
						map->name, bytes, root_bytes),
				      "give it more max_entries: they are pages");
	address = address_of(map);
	/* No MAP_FIXED: what is there already stays, and the kernel refuses another place. */
	base = mmap((void *)(uintptr_t)address, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, map->fd,
		    0);
	if (base == MAP_FAILED)
		return refuse(map, address, errno);
	if (address && (uintptr_t)base != address) {
		munmap(base, bytes);
		return refuse(map, address, EBUSY);
	}
	*out = (struct skep_memory){ .base = base,
				     .count = bytes / stride > UINT32_MAX
						      ? UINT32_MAX
						      : (uint32_t)(bytes / stride),
				     .writable = 1,
				     .bytes = bytes };
	return 0;
}
