/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Maps of maps. */
#include <errno.h>
#include <string.h>

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include <skep/map/create.h>
#include <skep/map/nested.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "base/text.h"
#include "fds.h"

#define TRIES 16
#define MORE  64 /* keys than the outer map has, looked at while others are removed */

static int need_nested(const struct skep_map *outer)
{
	return skep_map_need_use(outer, SKEP_ACCESS_NESTED, "inner maps");
}

static int by_id(const struct skep_map *outer, uint32_t id)
{
	int fd = bpf_map_get_fd_by_id(id);

	if (fd != -EPERM)
		return fd;
	return skep_fail_hint(skep_fail(EPERM,
					"map '%s': opening an inner map by its id is not "
					"permitted",
					outer->name),
			      "it needs CAP_SYS_ADMIN; or keep the handle that was put in");
}

/* The first inner map that is there. -ENOENT without words. */
static int first_inner(const struct skep_map *outer)
{
	AUTO_FREE unsigned char *keys = calloc(2, outer->key_bytes);
	unsigned char *key = NULL, *next = keys;
	uint32_t id;

	if (!keys)
		return skep_fail(ENOMEM, "no memory to look through map '%s'", outer->name);
	for (uint64_t i = 0; i < (uint64_t)outer->entries + MORE; i++) {
		if (bpf_map_get_next_key(outer->fd, key, next))
			break;

		key = next;
		next = key == keys ? keys + outer->key_bytes : keys;
		if (!bpf_map_lookup_elem(outer->fd, key, &id)) {
			int fd = by_id(outer, id);

			if (fd != -ENOENT)
				return fd;
		}
	}
	return -ENOENT;
}

static void add_difference(struct skep_text *text, const char *what, uint32_t ours, uint32_t theirs)
{
	if (ours != theirs)
		skep_text_add(text, "%s%s %u instead of %u", text->used ? ", " : "", what, ours,
			      theirs);
}

/* In what `inner` differs from one that is there; nothing where that cannot be told. */
static void compare(struct skep_text *text, const struct skep_map *outer,
		    const struct skep_map *inner)
{
	AUTO_CLOSE int fd = first_inner(outer);
	struct skep_map there;

	if (fd < 0 || skep_map_describe_fd(&there, fd))
		return;
	if (inner->type != there.type)
		skep_text_add(text, "kind %s instead of %s", skep_map_kind(inner->type)->name,
			      skep_map_kind(there.type)->name);
	add_difference(text, "key bytes", inner->key_bytes, there.key_bytes);
	add_difference(text, "value bytes", inner->value_bytes, there.value_bytes);
	add_difference(text, "flags", inner->flags, there.flags);
	if (inner->type == BPF_MAP_TYPE_ARRAY || inner->type == BPF_MAP_TYPE_XSKMAP)
		add_difference(text, "entries", inner->entries, there.entries);
}

static int refuse_inner(const struct skep_map *outer, const struct skep_map *inner)
{
	enum skep_map_access access = skep_map_kind(inner->type)->access;
	struct skep_text text = { 0 };
	int err = skep_map_check_alive(outer);

	if (!err)
		err = skep_map_check_alive(inner);
	if (err)
		return err;
	if (access == SKEP_ACCESS_NESTED || access == SKEP_ACCESS_PROGRAMS ||
	    access == SKEP_ACCESS_STRUCT_OPS)
		return skep_fail(EPROTOTYPE, "map '%s': no %s can be inside another map",
				 outer->name, skep_map_kind(inner->type)->name);
	compare(&text, outer, inner);
	return skep_fail_hint(
		skep_fail(EPROTOTYPE, "map '%s' was made for other inner maps than '%s'%s%s",
			  outer->name, inner->name, text.used ? ": it has " : "", text.buf),
		"kind, sizes and flags must be those of the inner map in the outer's declaration, "
		"for arrays the entries too unless it has BPF_F_INNER_MAP (5.10); "
		"skep_map_new_inner() makes such");
}

int skep_map_set_inner_raw(const struct skep_map *outer, const void *key,
			   const struct skep_map *inner)
{
	int err = need_nested(outer);

	if (!err)
		err = skep_map_need_pointer(outer, key, "key");
	if (!err)
		err = skep_map_need_pointer(outer, inner, "inner map");
	if (err)
		return err;
	if (inner->fd < 0)
		return skep_fail_hint(skep_fail(EBADF, "map '%s' is not loaded", inner->name),
				      "call skep_object_load() first");
	err = bpf_map_update_elem(outer->fd, key, &inner->fd, BPF_ANY);
	if (!err)
		return 0;
	return err == -EINVAL || err == -EBADF || err == -EOPNOTSUPP || err == -524
		       ? refuse_inner(outer, inner)
		       : skep_map_refuse(outer, err);
}

/* Between the look and the opening the map may be replaced, and its last user gone. */
static int open_inner(const struct skep_map *outer, const void *key)
{
	for (int i = 0; i < TRIES; i++) {
		uint32_t id;
		int fd, err = bpf_map_lookup_elem(outer->fd, key, &id);

		if (err && err != -ENOENT && skep_map_check_alive(outer))
			return -EBADF;
		if (err)
			return skep_map_refuse(outer, err);
		fd = by_id(outer, id);
		if (fd >= 0 || fd == -EPERM)
			return fd;
		if (fd != -ENOENT)
			return skep_fail(fd, "map '%s': cannot open inner map %u: %s", outer->name,
					 id, strerror(-fd));
	}
	return skep_fail(EAGAIN, "map '%s': its inner map was replaced %d times meanwhile",
			 outer->name, TRIES);
}

int skep_map_get_inner_raw(struct skep_map **out, const struct skep_map *outer, const void *key,
			   const struct skep_map_shape *shape)
{
	struct skep_map map;
	AUTO_CLOSE int fd = -1;
	int err = need_nested(outer);

	if (!err)
		err = skep_map_need_pointer(outer, key, "key");
	if (err)
		return err;
	fd = open_inner(outer, key);
	if (fd < 0)
		return fd;
	err = skep_map_describe_fd(&map, fd);
	if (!err)
		err = skep_map_check_shape(&map, shape);
	return err ? err : skep_map_make(out, &map, &fd);
}

int skep_map_new_inner_raw(struct skep_map **out, const struct skep_map *outer, const char *name,
			   uint32_t entries, const struct skep_map_shape *shape)
{
	struct skep_map like;
	AUTO_CLOSE int fd = -1;
	int err = need_nested(outer);

	if (err)
		return err;
	fd = first_inner(outer);
	if (fd == -ENOENT)
		return skep_fail_hint(skep_fail(ENOENT, "map '%s' holds no map yet", outer->name),
				      "make the first with skep_map_new()");
	if (fd < 0)
		return fd;
	err = skep_map_describe_fd(&like, fd);
	if (err)
		return err;
	like.fd = fd;
	return skep_map_new_like_raw(out, &like, name, entries, shape);
}
