// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Storage of tasks, sockets, inodes and cgroups: a value for each address. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

#define CREATE 1 /* BPF_LOCAL_STORAGE_GET_F_CREATE, of which there are several */

static void *storage_get(void *pointer, void *owner, const void *value, uint64_t flags)
{
	struct skep_host_map *map = skep_host_map_of(pointer, "bpf_..._storage_get");
	void *zero = NULL, *found;

	if (!owner || flags & ~(uint64_t)CREATE)
		return NULL;
	found = map->kind->find(map, &owner, true);
	if (found || !(flags & CREATE))
		return found;
	if (!value)
		zero = skep_host_alloc(map->def.value_size);
	map->kind->update(map, &owner, zero ? zero : value, BPF_NOEXIST, true);
	free(zero);
	return map->kind->find(map, &owner, true);
}

static long storage_delete(void *pointer, void *owner)
{
	struct skep_host_map *map = skep_host_map_of(pointer, "bpf_..._storage_delete");

	return owner ? map->kind->remove(map, &owner) : -EINVAL;
}

const struct skep_host_fake_entry skep_host_storage_fakes[] = {
	SKEP_HOST_FAKE(task_storage_get, storage_get),
	SKEP_HOST_FAKE(task_storage_delete, storage_delete),
	SKEP_HOST_FAKE(inode_storage_get, storage_get),
	SKEP_HOST_FAKE(inode_storage_delete, storage_delete),
	SKEP_HOST_FAKE(sk_storage_get, storage_get),
	SKEP_HOST_FAKE(sk_storage_delete, storage_delete),
	SKEP_HOST_FAKE(cgrp_storage_get, storage_get),
	SKEP_HOST_FAKE(cgrp_storage_delete, storage_delete),
	{ NULL, NULL },
};
