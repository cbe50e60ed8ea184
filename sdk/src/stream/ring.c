/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Making a reader: mapping the ring, and knowing which records are right. */
#include "ring.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/bpf.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "base/opts.h"
#include "object/object.h"
#include "perf.h"

static int map_pages(struct skep_ring *ring, uint64_t bytes)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *memory;

	memory = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, 0);
	if (memory == MAP_FAILED)
		return skep_fail(errno, "cannot map ring '%s': %s", ring->name, strerror(errno));
	ring->consumer_page = memory;
	ring->consumer = memory;

	/* The producer's position, then the data twice in a row: no record is ever split. */
	ring->data_bytes = page + 2 * bytes;
	memory = mmap(NULL, ring->data_bytes, PROT_READ, MAP_SHARED, ring->fd, (off_t)page);
	if (memory == MAP_FAILED)
		return skep_fail(errno, "cannot map ring '%s': %s", ring->name, strerror(errno));
	ring->data_pages = memory;
	ring->producer = memory;

	ring->published = __atomic_load_n(ring->consumer, __ATOMIC_ACQUIRE);
	ring->first = ring->end = ring->published;
	ring->at = (struct skep_ring_cursor){
		.data = (const unsigned char *)memory + page,
		.mask = bytes - 1,
		.position = ring->published,
		.end = ring->published,
		.last = ring->published,
	};
	return 0;
}

static int map_ring(struct skep_ring *ring, int fd, uint64_t bytes)
{
	ring->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (ring->fd < 0)
		return skep_fail(errno, "cannot open ring '%s': %s", ring->name, strerror(errno));
	return map_pages(ring, bytes);
}

static int make(struct skep_ring **out, const struct skep_map *map, int fd,
		const struct skep_object *object, const struct skep_ring_opts *opts)
{
	SKEP_AUTO(skep_ring) *ring = NULL;
	int err;

	if (map->type != BPF_MAP_TYPE_RINGBUF && map->type != BPF_MAP_TYPE_PERF_EVENT_ARRAY)
		return skep_fail(EPROTOTYPE, "map '%s' is not a ring buffer", map->name);
	ring = calloc(1, sizeof(*ring));
	if (!ring)
		return skep_fail(ENOMEM, "no memory for ring '%s'", map->name);
	ring->owner = getpid();
	ring->stop_fd = ring->epoll_fd = ring->timer_fd = -1;
	snprintf(ring->name, sizeof(ring->name), "%s", map->name);
	ring->fd = -1;
	if (map->type == BPF_MAP_TYPE_RINGBUF)
		err = map_ring(ring, fd, map->entries);
	else
		err = skep_perf_map(ring, fd, map->entries, opts);
	if (!err && object)
		err = skep_ring_find_counts(ring, object);
	if (!err && object)
		err = skep_ring_find_programs(ring, object, map->id);
	if (err)
		return err;
	*out = SKEP_TAKE(ring);
	return 0;
}

/* What can lie in a ring at all: no more than it has room for, and no header's flag bits. */
static uint64_t most_possible(const struct skep_ring *ring)
{
	uint64_t room = ring->at.mask + 1 - SKEP_RING_HEADER;

	return room < BPF_RINGBUF_DISCARD_BIT ? room : BPF_RINGBUF_DISCARD_BIT - 1;
}

static int accept_bytes(struct skep_ring *ring, uint64_t least, uint64_t most, bool any)
{
	uint64_t possible = most_possible(ring);

	if (any)
		least = 0;
	if (least > possible)
		return skep_fail_hint(skep_fail(EPROTOTYPE,
						"ring '%s' has room for %llu bytes: a record of "
						"%llu never fits",
						ring->name, (unsigned long long)possible,
						(unsigned long long)least),
				      "make the ring larger");
	ring->any_size = any;
	ring->at.least = least;
	ring->at.spread = (any || most > possible ? possible : most) - least;
	return 0;
}

static int finish(struct skep_ring **out, struct skep_ring *ring, int err,
		  const struct skep_ring_opts *opts)
{
	if (!err)
		err = skep_ring_pace_set(ring, opts);
	if (err)
		skep_ring_free(ring);
	else
		*out = ring;
	return err;
}

int skep_ring_adopt_fd_raw(struct skep_ring **out, int fd, size_t bytes,
			   const struct skep_ring_opts *opts)
{
	struct skep_ring *ring;
	struct skep_map map;
	int err = SKEP_OPTS_CHECK(opts);

	if (!err)
		err = skep_map_describe_fd(&map, fd);
	if (!err)
		err = make(&ring, &map, fd, NULL, opts);
	if (err)
		return err;
	err = accept_bytes(ring, bytes, bytes + SKEP_OPT(opts, max_tail), SKEP_OPT(opts, any_size));
	return finish(out, ring, err, opts);
}

int skep_ring_check_type(const struct skep_object *object, const char *name, size_t bytes,
			 const struct skep_ring_opts *opts, struct skep_ring_type *type)
{
	*type = (struct skep_ring_type){ .bytes = bytes,
					 .most_bytes = bytes + SKEP_OPT(opts, max_tail) };
	if (!skep_ring_type(object, name, type) || SKEP_OPT(opts, any_size) || type->bytes == bytes)
		return 0;
	return skep_fail_hint(skep_fail(EPROTOTYPE,
					"ring '%s': a record has %llu bytes in the program, %zu "
					"here",
					name, (unsigned long long)type->bytes, bytes),
			      "use the same type on both sides, from one shared header");
}

int skep_ring_open_raw(struct skep_ring **out, const struct skep_object *object, const char *name,
		       size_t bytes, const struct skep_ring_opts *opts)
{
	struct skep_ring_type type;
	struct skep_ring *ring;
	struct skep_map *map;
	int err = SKEP_OPTS_CHECK(opts);

	if (!err)
		err = skep_object_need_loaded(object);
	if (!err)
		err = skep_object_find_map(object, name, &map);
	if (!err && skep_object_shards(object, map))
		err = skep_fail_hint(skep_fail(EPROTOTYPE, "'%s' is many rings", name),
				     "use skep_rings_open()");
	if (!err)
		err = skep_ring_check_type(object, name, bytes, opts, &type);
	if (!err)
		err = make(&ring, map, map->fd, object, opts);
	if (err)
		return err;
	err = accept_bytes(ring, bytes, type.most_bytes, SKEP_OPT(opts, any_size));
	return finish(out, ring, err, opts);
}

int skep_ring_open_shard(struct skep_ring **out, const struct skep_object *object,
			 const struct skep_ring_shard *shard, const struct skep_ring_type *type,
			 const struct skep_ring_opts *opts)
{
	const struct skep_map *whole = shard->whole;
	struct skep_ring *ring;
	struct skep_map map;
	int err = skep_map_describe_fd(&map, shard->fd);

	if (err)
		return err;
	/* What is found in the object, is found by these. */
	memcpy(map.name, whole->name, sizeof(map.name));
	map.id = whole->id;
	err = make(&ring, &map, shard->fd, shard->index ? NULL : object, opts);
	if (err)
		return err;
	snprintf(ring->name, sizeof(ring->name), "%.48s[%u]", whole->name, shard->index);
	err = accept_bytes(ring, type->bytes, type->most_bytes, SKEP_OPT(opts, any_size));
	return finish(out, ring, err, opts);
}

/* Only forward: a reader that was opened and not used must not take back what another has read. */
static void give_back(struct skep_ring *ring)
{
	uint64_t position = ring->at.position;

	if ((int64_t)(position - __atomic_load_n(ring->consumer, __ATOMIC_ACQUIRE)) > 0)
		__atomic_store_n(ring->consumer, position, __ATOMIC_RELEASE);
}

/* What was taken is given back to the kernel; the rest stays for another reader. */
void skep_ring_free(struct skep_ring *ring)
{
	SKEP_KEEP_ERROR;

	if (!ring)
		return;
	if (ring->data_pages) {
		if (ring->owner == getpid() && !ring->perf)
			give_back(ring);
		munmap(ring->data_pages, ring->data_bytes);
	}
	if (ring->consumer_page)
		munmap(ring->consumer_page, (size_t)sysconf(_SC_PAGESIZE));
	if (ring->counts_page)
		munmap(ring->counts_page, ring->counts_bytes);
	skep_perf_free(ring->perf, ring->owner == getpid());
	free(ring->tagged);
	free(ring->programs);
	skep_ring_close_fds(ring);
	free(ring);
}

const char *skep_ring_name(const struct skep_ring *ring)
{
	return ring ? ring->name : "";
}

/* Where there is no reader, one at its end: the inlined walk makes its call, which fails in words. */
struct skep_ring_cursor *skep_ring_cursor(struct skep_ring *ring)
{
	static _Thread_local struct skep_ring_cursor none;

	return ring ? &ring->at : &none;
}
