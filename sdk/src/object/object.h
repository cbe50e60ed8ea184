/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What an object is made of. Public side: <skep/object.h>. */
#ifndef SKEP_OBJECT_OBJECT_H
#define SKEP_OBJECT_OBJECT_H

#include <bpf/libbpf.h>
#include <skep/object.h>

#include "capture.h"
#include "link.h"
#include "map/map.h"

struct skep_program {
	struct bpf_program *prog;
	struct skep_object *object;
	struct skep_link *link;     /* made by skep_object_attach() */
	bool optional;              /* the others are attached without it */
	bool targeted;              /* its target was set by hand: the section's does not count */
	struct skep_error *refusal; /* why skep_object_attach() did not, or NULL */
};

enum skep_object_state {
	OBJECT_OPEN,
	OBJECT_LOADED,
	OBJECT_REFUSED, /* a load failed: libbpf cannot try again */
};

/* The rings of an array of them. */
struct skep_shards {
	const struct bpf_map *map;
	uint32_t bytes; /* of each ring */
	uint32_t count; /* of those that are made */
	int *fds;
};

struct skep_object {
	struct bpf_object *obj;
	bool adopted; /* obj is the caller's */
	enum skep_object_state state;
	bool attached;
	size_t program_count;
	size_t map_count;
	struct skep_program *programs;
	struct skep_map *maps;
	struct skep_struct_ops_use
		*struct_ops; /* one for each map, once one is attached; or NULL */
	size_t shards_count;
	struct skep_shards *shards;
	struct skep_program *refused; /* what the load failed at, where it was one program */
	char *words;                  /* what libbpf said then; or NULL */
	void *image;                  /* the file, until it is loaded; or NULL */
	size_t image_bytes;
};

/* Takes over libbpf's object: it is closed on failure too. */
int skep_object_wrap(struct skep_object **out, struct bpf_object *obj);

/* Of the object, or -ENOENT in words that name those there are. Loaded or not. */
int skep_object_find_map(const struct skep_object *object, const char *name,
			 struct skep_map **found);

/* The same; -EBUSY in words when it is loaded. */
int skep_object_find_unloaded(const struct skep_object *object, const char *name,
			      struct skep_map **found);

/* -EPROTOTYPE in words where `from` is not what the object declares `map` to be. */
int skep_object_compare_map(const struct skep_object *object, struct skep_map *map,
			    const struct skep_map *from);

/* The object will use a map of its own with what is in `from`, field by field; -errno in words. */
int skep_object_renew_map(struct skep_object *object, const char *name,
			  const struct skep_map *from);

/*
 * Before load: what libbpf and the kernel would refuse without saying why, or take by its size
 * alone. Gives arenas their addresses.
 */
int skep_object_prepare_maps(struct skep_object *object);

/* -EINVAL in words: libbpf would round a ring's size up, and then nobody knows how large it is. */
int skep_object_check_ring(const char *name, uint32_t bytes);

/* -EBADF in words unless the object is loaded. */
int skep_object_need_loaded(const struct skep_object *object);

/* --- shards.c --- */

/* Finds the arrays of rings, when an object is opened. -errno in words. */
int skep_object_list_shards(struct skep_object *object);
void skep_object_free_shards(struct skep_object *object);

/* NULL: the map is no array of rings. */
struct skep_shards *skep_object_shards(const struct skep_object *object,
				       const struct skep_map *map);

/* How many rings it is to have; -errno in words. */
int skep_object_count_shards(const struct skep_map *map);

/* Puts rings into a loaded array that has none yet; -errno in words. */
int skep_object_make_shards(const struct skep_map *map, struct skep_shards *shards);
int skep_object_make_all_shards(struct skep_object *object);

/* --- perf_use.c --- */

/* Public side: skep_perf_use(). */
int skep_object_use_perf(struct skep_object *object, const char *ring);

/* Rings that can be perf buffers, are, where the kernel has no rings. */
int skep_object_use_perf_if_needed(struct skep_object *object);

/* --- */

/* Makes the sections' memory that of the loaded programs. */
int skep_object_map_globals(const struct skep_object *object);

/*
 * Turns what libbpf said about a failed load into one line, with the verifier's log where there
 * is one. Returns the code to fail with.
 */
int skep_object_explain_load(const struct skep_object *object, int err,
			     const struct skep_capture *said);

#endif
