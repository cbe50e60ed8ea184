/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the kernel tells of a struct of functions. */
#include <skep/map/struct_ops.h>

#include <errno.h>
#include <string.h>

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "fds.h"

/* How every value of such a map begins; what follows is the struct itself. */
struct begin {
	uint32_t references;
	uint32_t state;
};

int skep_struct_ops_status(const struct skep_map *map, struct skep_struct_ops_status *status)
{
	struct bpf_map_info info = { 0 };
	uint32_t bytes = sizeof(info), zero = 0;
	AUTO_FREE unsigned char *value = NULL;
	struct begin begin;
	int err = skep_map_need_use(map, SKEP_ACCESS_STRUCT_OPS, "state");

	if (!err)
		err = skep_map_need_pointer(map, status, "status");
	if (err)
		return err;
	/* The kernel writes as much as it says, which is not libbpf's size of the struct. */
	if (bpf_obj_get_info_by_fd(map->fd, &info, &bytes) || info.value_size < sizeof(begin))
		return skep_fail(EBADF, "cannot look at map '%s'", map->name);
	value = calloc(1, info.value_size);
	if (!value)
		return skep_fail(ENOMEM, "no memory for the value of map '%s'", map->name);
	err = bpf_map_lookup_elem(map->fd, &zero, value);
	if (err)
		return skep_map_refuse(map, err);
	memcpy(&begin, value, sizeof(begin));
	status->state = (enum skep_struct_ops_state)begin.state;
	status->references = begin.references;
	return 0;
}
