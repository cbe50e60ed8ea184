// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Ring buffers and perf buffers: records wait until the test takes them. Each has memory of its own,
 * so that AddressSanitizer sees who writes beyond its end.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

#define HEADER       8
#define LARGEST      (UINT32_MAX / 4) /* of the kernel's headers */
#define FLAGS_SUBMIT (BPF_RB_NO_WAKEUP | BPF_RB_FORCE_WAKEUP)

enum state {
	RESERVED,
	SUBMITTED,
	DISCARDED
};

struct record {
	struct record *next;
	enum state state;
	size_t bytes;
	uint64_t takes; /* of the ring */
	void *data;
};

struct ring {
	struct record *first, **end;
	struct record *shown; /* to the test, until it asks for the next */
	uint64_t used, written, taken;
};

static int make(struct skep_host_map *map)
{
	struct ring *ring = skep_host_alloc(sizeof(*ring));

	ring->end = &ring->first;
	map->state = ring;
	return 0;
}

static void free_record(struct record *record)
{
	if (record)
		free(record->data);
	free(record);
}

static struct record *pop(struct skep_host_map *map)
{
	struct ring *ring = map->state;
	struct record *record = ring->first;

	ring->first = record->next;
	if (!ring->first)
		ring->end = &ring->first;
	ring->used -= record->takes;
	ring->taken += record->takes;
	map->count--;
	return record;
}

static void drop(struct skep_host_map *map)
{
	struct ring *ring = map->state;

	while (ring->first)
		free_record(pop(map));
	free_record(ring->shown);
	free(ring);
	map->state = NULL;
	map->count = 0;
}

const struct skep_host_kind skep_host_ring_kind = { .make = make, .drop = drop };

static struct skep_host_map *ring_of(void *pointer, const char *helper)
{
	struct skep_host_map *map = skep_host_map_of(pointer, helper);

	if (map->kind != &skep_host_ring_kind)
		skep_host_fail("%s() on map '%s', which is no ring", helper, map->name);
	return map;
}

/* Reserved records of all rings, for who gives one back by its address alone. */
#define RESERVED_MOST 64
static struct {
	struct record *record;
	struct skep_host_map *map;
} reserved[RESERVED_MOST];

static struct record *add(struct skep_host_map *map, size_t bytes, uint64_t takes)
{
	struct ring *ring = map->state;
	struct record *record = skep_host_alloc(sizeof(*record));

	/* Not zeroed: in the kernel older records are there. */
	record->data = skep_host_alloc(bytes);
	memset(record->data, 0xa5, bytes);
	record->bytes = bytes;
	record->takes = takes;
	*ring->end = record;
	ring->end = &record->next;
	ring->used += takes;
	ring->written += takes;
	map->count++;
	return record;
}

static struct record *reserve_in(struct skep_host_map *map, uint64_t bytes)
{
	struct ring *ring = map->state;
	uint64_t takes = skep_host_round(bytes + HEADER);

	if (map->full || bytes > LARGEST || takes > map->def.max_entries ||
	    ring->used + takes > map->def.max_entries - 1)
		return NULL;
	return add(map, bytes, takes);
}

static void *reserve(void *pointer, uint64_t bytes, uint64_t flags)
{
	struct skep_host_map *map = ring_of(pointer, "bpf_ringbuf_reserve");
	struct record *record = flags ? NULL : reserve_in(map, bytes);
	size_t i = 0;

	if (!record)
		return NULL;
	while (i < RESERVED_MOST && reserved[i].record)
		i++;
	if (i == RESERVED_MOST)
		skep_host_fail("more than %d records are reserved at a time", RESERVED_MOST);
	reserved[i].record = record;
	reserved[i].map = map;
	return record->data;
}

static void give_back(void *data, enum state state, const char *helper)
{
	for (size_t i = 0; i < RESERVED_MOST; i++) {
		if (!reserved[i].record || reserved[i].record->data != data)
			continue;
		reserved[i].record->state = state;
		reserved[i].record = NULL;
		return;
	}
	skep_host_fail("%s() of %p, which is no reserved record", helper, data);
}

static void submit(void *data, uint64_t flags)
{
	(void)flags;
	give_back(data, SUBMITTED, "bpf_ringbuf_submit");
}

static void discard(void *data, uint64_t flags)
{
	(void)flags;
	give_back(data, DISCARDED, "bpf_ringbuf_discard");
}

static long output(void *pointer, const void *data, uint64_t bytes, uint64_t flags)
{
	struct skep_host_map *map = ring_of(pointer, "bpf_ringbuf_output");
	struct record *record;

	if (flags & ~(uint64_t)FLAGS_SUBMIT)
		return -EINVAL;
	record = reserve_in(map, bytes);
	if (!record)
		return -EAGAIN;
	memcpy(record->data, data, bytes);
	record->state = SUBMITTED;
	return 0;
}

static uint64_t query(void *pointer, uint64_t flags)
{
	struct skep_host_map *map = ring_of(pointer, "bpf_ringbuf_query");
	const struct ring *ring = map->state;

	switch (flags) {
	case BPF_RB_AVAIL_DATA:
		return ring->used;
	case BPF_RB_RING_SIZE:
		return map->def.max_entries;
	case BPF_RB_CONS_POS:
		return ring->taken;
	case BPF_RB_PROD_POS:
		return ring->written;
	default:
		return 0;
	}
}

static long perf_output(void *ctx, void *pointer, uint64_t flags, const void *data, uint64_t bytes)
{
	struct skep_host_map *map = ring_of(pointer, "bpf_perf_event_output");
	uint64_t cpu = flags & BPF_F_INDEX_MASK;
	struct record *record;

	(void)ctx;
	if (flags & ~(uint64_t)(BPF_F_INDEX_MASK | BPF_F_CTXLEN_MASK))
		return -EINVAL;
	if (cpu != BPF_F_CURRENT_CPU && cpu != skep_host.cpu)
		return cpu >= skep_host.cpus ? -E2BIG : -EOPNOTSUPP;
	if (map->full)
		return -ENOSPC;
	record = add(map, bytes, 0);
	memcpy(record->data, data, bytes);
	record->state = SUBMITTED;
	return 0;
}

void skep_host_rings_reset(void)
{
	memset(reserved, 0, sizeof(reserved));
}

void skep_host_rings_check(void)
{
	for (size_t i = 0; i < RESERVED_MOST; i++) {
		struct skep_host_map *map = reserved[i].map;

		if (!reserved[i].record)
			continue;
		skep_host_rings_reset();
		skep_host_fail("it ends with a record of '%s' that is neither submitted nor "
			       "discarded: the kernel refuses such a program",
			       map->name);
	}
}

const void *skep_host_record(const char *name, size_t *bytes)
{
	struct skep_host_map *map = skep_host_map(name);
	struct ring *ring = map->state;

	if (map->kind != &skep_host_ring_kind)
		skep_host_fail("skep_host_record(\"%s\"): this map is no ring", name);
	free_record(ring->shown);
	ring->shown = NULL;
	while (ring->first && ring->first->state == DISCARDED)
		free_record(pop(map));
	if (!ring->first || ring->first->state == RESERVED)
		return NULL;
	ring->shown = pop(map);
	if (bytes)
		*bytes = ring->shown->bytes;
	return ring->shown->data;
}

void skep_host_set_full(const char *name, bool full)
{
	struct skep_host_map *map = skep_host_map(name);

	if (map->kind != &skep_host_ring_kind)
		skep_host_fail("skep_host_set_full(\"%s\"): this map is no ring", name);
	map->full = full;
}

const struct skep_host_fake_entry skep_host_ring_fakes[] = {
	SKEP_HOST_FAKE(ringbuf_reserve, reserve),
	SKEP_HOST_FAKE(ringbuf_submit, submit),
	SKEP_HOST_FAKE(ringbuf_discard, discard),
	SKEP_HOST_FAKE(ringbuf_output, output),
	SKEP_HOST_FAKE(ringbuf_query, query),
	SKEP_HOST_FAKE(perf_event_output, perf_output),
	{ NULL, NULL },
};
