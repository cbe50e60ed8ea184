/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* An object's maps before they are made: what libbpf and the kernel would refuse without a reason. */
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "base/logging.h"
#include "map/pin.h"
#include "object.h"

#define SMALLEST_RING 4096
#define ARENAS_BEGIN  (UINT64_C(1) << 45) /* 1 << 44 is where AddressSanitizer keeps its shadow */
#define ARENA_STEP    (UINT64_C(1) << 32) /* an arena must not cross a multiple of it */

int skep_object_check_ring(const char *name, uint32_t bytes)
{
	if (bytes >= SMALLEST_RING && !(bytes & (bytes - 1)))
		return 0;
	return skep_fail_hint(skep_fail(EINVAL,
					"ring '%s' has %u bytes: not a power of two of at least %u",
					name, bytes, SMALLEST_RING),
			      "use a size such as 4096, 65536 or 1 << 20");
}

/* --- pinned by name --- */

/* libbpf makes the last folder itself. */
static int check_pin_folder(const char *path)
{
	char folder[SKEP_PIN_PATH], above[SKEP_PIN_PATH];
	const char *name, *last;
	int err = skep_pin_split(path, folder, &name);
	size_t length;

	if (err)
		return err;
	if (!access(folder, F_OK) || errno != ENOENT)
		return skep_pin_check_folder(path, folder, name);
	length = strlen(folder);
	while (length > 1 && folder[length - 1] == '/')
		folder[--length] = '\0';
	err = skep_pin_split(folder, above, &last);
	return err ? err : skep_pin_check_folder(path, above, name);
}

/* Who may not read its BTF has loaded it by its sizes up to now, and still can. */
static int compare_pinned(struct skep_object *object, struct skep_map *map,
			  const struct skep_map *pinned)
{
	int err = skep_object_compare_map(object, map, pinned);

	if (err != -EPERM)
		return err;
	skep_log(SKEP_LOG_WARN,
		 "map '%s': the types of the pinned map cannot be read: compared by size only",
		 map->name);
	return 0;
}

/*
 * libbpf takes what is pinned by its name where the sizes are the same, whatever is in them; so
 * the fields are compared here.
 */
static int check_pin(struct skep_object *object, struct skep_map *map)
{
	SKEP_AUTO(skep_map) *pinned = NULL;
	const char *path = bpf_map__pin_path(map->map);
	int err;

	/* Chosen by hand already, or not to be made. */
	if (!path || bpf_map__fd(map->map) >= 0 || !bpf_map__autocreate(map->map))
		return 0;
	err = skep_map_open_pinned_raw(&pinned, path, NULL);
	if (err == -ENOENT)
		return check_pin_folder(path);
	return err ? err : compare_pinned(object, map, pinned);
}

/* --- sizes --- */

static bool needs_entries(const struct skep_map *map)
{
	enum skep_map_access access = skep_map_kind(map->type)->access;

	/* libbpf takes as many perf buffers as there are processors for 0. */
	return access != SKEP_ACCESS_STORAGE && access != SKEP_ACCESS_STRUCT_OPS &&
	       access != SKEP_ACCESS_ANY && map->type != BPF_MAP_TYPE_PERF_EVENT_ARRAY &&
	       map->type != BPF_MAP_TYPE_CGROUP_STORAGE &&
	       map->type != BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE;
}

static int check_size(const struct skep_object *object, const struct skep_map *map)
{
	const struct skep_shards *shards = skep_object_shards(object, map);
	uint32_t entries = bpf_map__max_entries(map->map);

	if (bpf_map__is_internal(map->map) || bpf_map__fd(map->map) >= 0 ||
	    !bpf_map__autocreate(map->map))
		return 0;
	if (map->type == BPF_MAP_TYPE_RINGBUF)
		return skep_object_check_ring(map->name, entries);
	if (shards)
		return skep_object_check_ring(map->name, shards->bytes);
	return skep_map_check_size(map->name, map->type, needs_entries(map) ? entries : 1,
				   bpf_map__value_size(map->map));
}

/* --- arenas --- */

/* Whether nothing of this process is there. It is not kept: the arena goes there when mapped. */
static bool is_free(uint64_t address, size_t bytes)
{
	void *there =
		mmap((void *)(uintptr_t)address, bytes, PROT_NONE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);

	if (there == MAP_FAILED)
		return false;
	munmap(there, bytes);
	return (uintptr_t)there == address; /* Linux before 4.17 takes it as a wish */
}

/* Where a machine has fewer addresses than 1 << 45: wherever there is room now. */
static uint64_t find_any(void)
{
	void *there = mmap(NULL, 2 * ARENA_STEP, PROT_NONE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (there == MAP_FAILED)
		return 0;
	munmap(there, 2 * ARENA_STEP);
	return ((uintptr_t)there + ARENA_STEP - 1) / ARENA_STEP * ARENA_STEP;
}

/* Each arena of this process gets another, as those that are not mapped yet cannot be seen. */
static uint64_t find_address(uint64_t bytes)
{
	static _Atomic uint64_t given;

	for (int i = 0; i < 64; i++) {
		uint64_t address = ARENAS_BEGIN + atomic_fetch_add(&given, 1) % 4096 * ARENA_STEP;

		if (is_free(address, bytes))
			return address;
	}
	return find_any();
}

/* Of one that is pinned already, its own. */
static uint64_t pinned_address(const struct skep_map *map)
{
	struct bpf_map_info info = { 0 };
	uint32_t bytes = sizeof(info);
	const char *path = bpf_map__pin_path(map->map);
	AUTO_CLOSE int fd = path ? bpf_obj_get(path) : -1;

	return fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &bytes) ? info.map_extra : 0;
}

/* Without an address no program that uses pointers into it would load. */
static int place_arena(const struct skep_map *map)
{
	uint64_t bytes = (uint64_t)bpf_map__max_entries(map->map) * (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t address;
	int err;

	if (map->type != SKEP_MAP_TYPE_ARENA || bpf_map__map_extra(map->map) ||
	    bpf_map__fd(map->map) >= 0 || !bytes || bytes > ARENA_STEP)
		return 0;
	address = pinned_address(map);
	if (!address)
		address = find_address(bytes);
	err = address ? bpf_map__set_map_extra(map->map, address) : 0;
	return err ? skep_fail(err, "cannot give arena '%s' an address: %s", map->name,
			       strerror(-err))
		   : 0;
}

int skep_object_prepare_maps(struct skep_object *object)
{
	int err = 0;

	for (size_t i = 0; i < object->map_count && !err; i++) {
		err = check_size(object, &object->maps[i]);
		if (!err)
			err = place_arena(&object->maps[i]);
		if (!err)
			err = check_pin(object, &object->maps[i]);
	}
	return err;
}
