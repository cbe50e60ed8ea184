/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Events that no ring can see: the kernel does not run a program while it runs already on this
 * CPU, and counts that with the program. Programs are remembered by their ids: file descriptors
 * would keep them in the kernel after their object is gone.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "object/object.h"
#include "ring.h"

#define MAPS_MOST 256 /* of a program: the kernel allows 64 */

struct skep_ring_programs {
	size_t count;
	uint32_t ids[];
};

/* The program's id; 0 when it does not use the map. */
static uint32_t user_of(int program_fd, uint32_t map_id)
{
	uint32_t maps[MAPS_MOST] = { 0 };
	struct bpf_prog_info info = { .nr_map_ids = MAPS_MOST, .map_ids = (uintptr_t)maps };
	uint32_t size = sizeof(info);

	if (bpf_obj_get_info_by_fd(program_fd, &info, &size))
		return 0;
	for (uint32_t i = 0; i < info.nr_map_ids && i < MAPS_MOST; i++)
		if (maps[i] == map_id)
			return info.id;
	return 0;
}

int skep_ring_find_programs(struct skep_ring *ring, const struct skep_object *object,
			    uint32_t map_id)
{
	size_t most = object->program_count, count = 0;
	struct skep_ring_programs *programs;

	programs = calloc(1, sizeof(*programs) + most * sizeof(programs->ids[0]));
	if (!programs)
		return skep_fail(ENOMEM, "no memory for ring '%s'", ring->name);
	for (size_t i = 0; i < most; i++) {
		int fd = bpf_program__fd(object->programs[i].prog);
		uint32_t id = fd < 0 ? 0 : user_of(fd, map_id);

		if (id)
			programs->ids[count++] = id;
	}
	programs->count = count;
	ring->programs = programs;
	return 0;
}

/* A program that was unloaded has no misses any more: they are not taken for unknown. */
static bool add_misses(uint32_t id, uint64_t *misses)
{
	struct bpf_prog_info info = { 0 };
	uint32_t size = sizeof(info);
	AUTO_CLOSE int fd = bpf_prog_get_fd_by_id(id);

	if (fd < 0)
		return errno == ENOENT;
	if (bpf_obj_get_info_by_fd(fd, &info, &size) ||
	    size < offsetof(struct bpf_prog_info, recursion_misses) + sizeof(info.recursion_misses))
		return false;
	*misses += info.recursion_misses;
	return true;
}

bool skep_ring_count_misses(const struct skep_ring *ring, uint64_t *misses)
{
	bool known = ring->programs && ring->programs->count;

	*misses = 0;
	for (size_t i = 0; known && i < ring->programs->count; i++)
		known = add_misses(ring->programs->ids[i], misses);
	if (!known)
		*misses = 0;
	return known;
}
