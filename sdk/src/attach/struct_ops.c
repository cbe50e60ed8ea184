/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Registering structs of functions. libbpf fills in the programs and hands the struct to the
 * kernel; before 1.2 it knows no links for it, so the link is made here. Its own link is let go
 * of: it borrows the map's file descriptor, which may be gone, or another's, when it is freed.
 */
#include "struct_ops.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <skep/attach/struct_ops.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "kernel/newer.h"
#include "object/capture.h"
#include "object/link.h"
#include "object/object.h"
#include "object/struct_ops.h"

/* --- registered without a link: the map is what is registered --- */

struct registered {
	int map;
};

static int take_back(void *state)
{
	struct registered *r = state;
	int zero = 0, err = bpf_map_delete_elem(r->map, &zero);

	return err == -ENOENT ? 0 : err; /* somebody else did */
}

static void free_registered(void *state)
{
	struct registered *r = state;

	take_back(r);
	close(r->map);
	free(r);
}

static const struct skep_link_ops ops = {
	.name = "struct_ops",
	.free = free_registered,
	.detach = take_back,
};

/* -errno without words. The struct is registered already, and is taken back on failure. */
static int own(struct skep_link **out, int map)
{
	struct registered *r = malloc(sizeof(*r));
	int fd = fcntl(map, F_DUPFD_CLOEXEC, 3), err = -errno, zero = 0;

	if (r && fd >= 0) {
		*r = (struct registered){ fd };
		return skep_link_from_ops(out, &ops, r);
	}
	bpf_map_delete_elem(map, &zero);
	if (fd >= 0)
		close(fd);
	free(r);
	return fd < 0 ? err : -ENOMEM;
}

/* --- */

/* A map that is to have links, filled by a libbpf that does not make them, or filled before. */
static int make_link(struct skep_link **out, int map)
{
	int fd = bpf_link_create(map, 0, (enum bpf_attach_type)SKEP_BPF_ATTACH_STRUCT_OPS, NULL);

	return fd < 0 ? fd : skep_link_from_fd(out, fd);
}

static int attach(struct skep_link **out, const struct skep_map *map)
{
	bool links = map->flags & SKEP_STRUCT_OPS_LINK;
	struct bpf_link *link = bpf_map__attach_struct_ops(map->map);
	int err = link ? 0 : -errno;

	/* Newer ones let a map pass that was filled before, so does this. */
	if (err && !(links && err == -EBUSY))
		return err;
	if (link && bpf_link__fd(link) != map->fd) {
		err = skep_link_from_libbpf(out, link); /* the kernel's own: libbpf 1.2 */
	} else {
		if (link) {
			bpf_link__disconnect(link);
			bpf_link__destroy(link);
		}
		err = links ? make_link(out, map->fd) : own(out, map->fd);
	}
	if (!err)
		skep_link_set_way(*out, links ? "struct_ops link" : "struct_ops");
	return err;
}

static int need_uses(struct skep_object *object)
{
	if (!object->struct_ops)
		object->struct_ops = calloc(object->map_count, sizeof(*object->struct_ops));
	return object->struct_ops ? 0 : skep_fail(ENOMEM, "no memory for a link");
}

int skep_attach_struct_ops(struct skep_link **out, struct skep_object *object, const char *map)
{
	struct skep_map *found;
	SKEP_CAPTURE(said);
	int err;

	if (!object || !map)
		return skep_fail(EINVAL, "no %s is given", object ? "name of a struct" : "object");
	err = skep_object_need_loaded(object);
	if (!err)
		err = skep_object_find_map(object, map, &found);
	if (err)
		return err;
	if (found->type != BPF_MAP_TYPE_STRUCT_OPS)
		return skep_fail_hint(skep_fail(EPROTOTYPE, "'%s' is %s: no struct of functions",
						map, skep_map_kind(found->type)->said),
				      "declare it in SEC(\".struct_ops.link\")");
	if (found->fd < 0)
		return skep_fail(EBADF,
				 "struct_ops '%s' was not made: it has no part in the object", map);
	err = need_uses(object);
	if (err)
		return err;
	err = attach(out, found);
	if (err)
		return skep_struct_ops_refuse(object, found, err);
	object->struct_ops[found - object->maps].by_hand = true;
	return 0;
}

static int attach_one(struct skep_object *object, size_t i)
{
	struct skep_struct_ops_use *use = &object->struct_ops[i];
	int err;

	if (use->by_hand)
		return 0;
	err = attach(&use->link, &object->maps[i]);
	return err ? skep_struct_ops_refuse(object, &object->maps[i], err) : 0;
}

int skep_object_attach_struct_ops(struct skep_object *object)
{
	SKEP_CAPTURE(said);
	int err = 0;

	for (size_t i = 0; i < object->map_count && !err; i++) {
		if (object->maps[i].type != BPF_MAP_TYPE_STRUCT_OPS || object->maps[i].fd < 0)
			continue;
		err = need_uses(object);
		if (!err)
			err = attach_one(object, i);
	}
	return err;
}

void skep_object_detach_struct_ops(struct skep_object *object)
{
	for (size_t i = 0; object->struct_ops && i < object->map_count; i++) {
		skep_link_free(object->struct_ops[i].link);
		object->struct_ops[i].link = NULL;
	}
}
