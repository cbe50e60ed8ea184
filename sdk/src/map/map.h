/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What a map is made of. Public side: <skep/map.h>. */
#ifndef SKEP_MAP_MAP_H
#define SKEP_MAP_MAP_H

#include <skep/map.h>

struct btf;

struct skep_map {
	int fd;         /* of its own when `owned`; -1 until the object is loaded */
	bool owned;     /* a handle somebody opened, not one that an object lends */
	bool plain;     /* one value for a key, copied as it is: the fast path of get and put */
	bool plain_put; /* and any key will do: an LPM trie looks at its prefixlen */
	struct bpf_map *map; /* libbpf's, for maps of an object */
	uint32_t type;
	uint32_t key_bytes;
	uint32_t value_bytes;
	uint32_t entries;
	uint32_t flags;   /* BPF_F_... of its creation */
	uint32_t id;      /* the kernel's; 0 before load */
	uint32_t btf_id;  /* the kernel's BTF of its types; 0: it was made without */
	uint32_t btf_key; /* in that BTF; 0: none */
	uint32_t btf_value;
	char name[64];
};

/* --- describe.c --- */

/* Describes libbpf's map, before or after load. */
void skep_map_describe(struct skep_map *map, struct bpf_map *source);

/* Asks the kernel what `fd` is; -EINVAL in words when it is no map. `map->fd` stays -1. */
int skep_map_describe_fd(struct skep_map *map, int fd);

/* --- kinds.c: what kinds of maps there are --- */

struct skep_map_kind {
	uint32_t type;
	enum skep_map_access access;
	const char *name;   /* as people say it: "hash", "queue" */
	const char *said;   /* with its article: "a hash", "an array" */
	const char *handle; /* what declares a handle for it: "SKEP_QUEUE(V)" */
	const char *kernel; /* its name in since.tsv: "BPF_MAP_TYPE_QUEUE" */
};

/* Never NULL: a kind that this library does not know has access SKEP_ACCESS_ANY. */
const struct skep_map_kind *skep_map_kind(uint32_t type);

/* --- shape.c: whether a caller's types fit --- */

/* -EPROTOTYPE in words where a map is of another kind, or its types have other sizes or fields. */
int skep_map_check_shape(const struct skep_map *map, const struct skep_map_shape *shape);

/* The same; where the kernel's BTF may not be read, that of the map's object stands for it. */
int skep_map_check_shape_by(const struct skep_map *map, const struct skep_map_shape *shape,
			    const struct btf *btf);

/* Whether it is of a kind of which the kernel keeps the types that its declaration names. */
bool skep_map_keeps_types(const struct skep_map *map);

/* -EINVAL in words for layouts that are none, or of other types than the handle's. */
int skep_map_check_given(const struct skep_map *map, const struct skep_map_shape *shape);

/* -EINVAL or -E2BIG in words for sizes that no kernel takes for a map of this kind. */
int skep_map_check_size(const char *name, uint32_t type, uint32_t entries, uint32_t value_bytes);

/* -EPROTOTYPE in words where an operation does not go with this kind of map. */
int skep_map_need(const struct skep_map *map, enum skep_map_access access, const char *operation);

/* --- handle.c --- */

/* A handle like `like` that owns `*fd`, which becomes -1. */
int skep_map_make(struct skep_map **out, const struct skep_map *like, int *fd);

/* -EBADF in words for NULL, and before the map's object is loaded. */
int skep_map_need_open(const struct skep_map *map);

/* Another file descriptor of the same file, or -errno in words. */
int skep_map_duplicate_fd(int fd);

/* --- ops.c --- */

/* What an operation of everyday failed at, in words that are made when somebody reads them. */
int skep_map_refuse(const struct skep_map *map, int err);

#endif
