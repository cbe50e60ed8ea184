/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A hash of a million entries, u64 to u64: what skep asks of the kernel beside what libbpf does. */
#include "map.h"

#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>

volatile uint64_t sink;

static uint64_t *keys, *values;
static number_map map;

static void prepare(void)
{
	if (keys)
		return;
	keys = calloc(ENTRIES, sizeof(*keys));
	values = calloc(ENTRIES, sizeof(*values));
	if (!keys || !values)
		fail("no memory");
	for (uint64_t i = 0; i < ENTRIES; i++) {
		keys[i] = i * UINT64_C(0x9e3779b97f4a7c15);
		values[i] = i;
	}
	check("walked_map", skep_map_adopt_fd(&map, walk_fd()));
}

static double put_single(void)
{
	double began = now_ns();

	for (size_t i = 0; i < ENTRIES; i++)
		if (bpf_map_update_elem(walk_fd(), &keys[i], &values[i], BPF_ANY))
			fail("update");
	return (now_ns() - began) / ENTRIES;
}

static double put_batch(void)
{
	size_t n = ENTRIES;
	double began = now_ns();

	check("put_batch", skep_map_put_batch(map, keys, values, &n));
	return (now_ns() - began) / ENTRIES;
}

static double next_key_loop(void)
{
	uint64_t key, value, sum = 0, *last = NULL, count = 0;
	int fd = walk_fd();
	double began = now_ns();

	for (; !bpf_map_get_next_key(fd, last, &key); last = &key, count++) {
		if (bpf_map_lookup_elem(fd, &key, &value))
			fail("lookup");
		sum += key + value;
	}
	sink += sum;
	expect("next_key", count, ENTRIES);
	return (now_ns() - began) / ENTRIES;
}

static double foreach(void)
{
	uint64_t key, value, sum = 0, count = 0;
	int err;
	double began = now_ns();

	skep_map_foreach(map, &key, &value, &err) {
		sum += key + value;
		count++;
	}
	check("foreach", err);
	sink += sum;
	expect("foreach", count, ENTRIES);
	return (now_ns() - began) / ENTRIES;
}

static double snapshot(bool unlocked)
{
	SKEP_MAP_SNAPSHOT(uint64_t, uint64_t) all = { NULL, NULL, NULL, 0 };
	uint64_t sum = 0;
	double began = now_ns();

	check("snapshot",
	      skep_map_snapshot_with(map, &all,
				     SKEP_OPTS(skep_map_snapshot_opts, .unlocked = unlocked)));
	for (size_t i = 0; i < all.count; i++)
		sum += all.keys[i] + all.values[i];
	sink += sum;
	expect("snapshot", all.count, ENTRIES);
	expect("way", all.owner->unlocked, unlocked);
	skep_map_snapshot_free(all.owner);
	return (now_ns() - began) / ENTRIES;
}

static double walk_in_kernel(void)
{
	double began = now_ns();
	struct walk_result result = walk();

	expect("walk", result.count, ENTRIES);
	sink += result.sum;
	return (now_ns() - began) / ENTRIES;
}

static double drain_by_hand(void)
{
	uint64_t key, value, sum = 0, *last = NULL;
	uint64_t *seen = malloc(ENTRIES * sizeof(*seen));
	size_t count = 0;
	int fd = walk_fd();
	double began = now_ns();

	for (; !bpf_map_get_next_key(fd, last, &key); last = &key) {
		if (bpf_map_lookup_elem(fd, &key, &value))
			fail("lookup");
		sum += value;
		seen[count++] = key;
	}
	for (size_t i = 0; i < count; i++)
		if (bpf_map_delete_elem(fd, &seen[i]))
			fail("delete");
	sink += sum;
	expect("drain by hand", count, ENTRIES);
	free(seen);
	return (now_ns() - began) / ENTRIES;
}

static double drain(void)
{
	SKEP_MAP_SNAPSHOT(uint64_t, uint64_t) all = { NULL, NULL, NULL, 0 };
	uint64_t sum = 0;
	double began = now_ns();

	check("drain", skep_map_drain(map, &all));
	for (size_t i = 0; i < all.count; i++)
		sum += all.values[i];
	sink += sum;
	expect("drain", all.count, ENTRIES);
	skep_map_snapshot_free(all.owner);
	return (now_ns() - began) / ENTRIES;
}

void measure_hash(void)
{
	double single, batch, limit, ours, peer;

	prepare();
	single = put_single();
	peer = drain_by_hand();
	batch = put_batch();
	note("maps/put_batch", 1.6, single, batch);
	note("maps/foreach", 4, next_key_loop(), foreach());
	/* Beside the walk in each half of the round: the machine's mood changes. */
	limit = walk_in_kernel();
	note("maps/foreach_walk", 1 / 1.4, limit, foreach());
	limit = walk_in_kernel();
	note("maps/snapshot_locked_walk", 0, limit, snapshot(false));
	limit = walk_in_kernel();
	note("maps/snapshot_unlocked_walk", 1 / 1.15, limit, snapshot(true));
	ours = drain();
	note("maps/drain", 5, peer, ours);
}
