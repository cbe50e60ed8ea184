/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Sums over per-CPU maps, and an array as memory. */
#include "map.h"

#include <stdlib.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#define KEYS (1u << 17)

typedef SKEP_PERCPU_MAP(uint64_t, uint64_t) cpu_hash;
typedef SKEP_PERCPU_MAP(uint32_t, uint64_t) cpu_array;
typedef SKEP_MAP(uint32_t, uint64_t) number_array;

static cpu_hash hash;
static cpu_array array;
static number_array shared;
static uint64_t *buffer, *plain;
static int cpus;

static void prepare(void)
{
	size_t n = KEYS;

	if (buffer)
		return;
	cpus = libbpf_num_possible_cpus();
	buffer = calloc((size_t)cpus, sizeof(*buffer));
	plain = calloc(KEYS, sizeof(*plain));
	if (!buffer || !plain)
		fail("no memory");
	hash.map = create(BPF_MAP_TYPE_PERCPU_HASH, 8, KEYS, 0);
	array.map = create(BPF_MAP_TYPE_PERCPU_ARRAY, 8, KEYS, 0);
	shared.map = create(BPF_MAP_TYPE_ARRAY, 8, KEYS, BPF_F_MMAPABLE);
	for (uint64_t key = 0; key < n; key++)
		if (bpf_map_update_elem(skep_map_fd(hash.map), &key, buffer, BPF_ANY))
			fail("update");
}

static double sum_hash_by_hand(void)
{
	uint64_t key, *last = NULL, sum = 0;
	int fd = skep_map_fd(hash.map);
	double began = now_ns();

	for (; !bpf_map_get_next_key(fd, last, &key); last = &key) {
		if (bpf_map_lookup_elem(fd, &key, buffer))
			fail("lookup");
		for (int cpu = 0; cpu < cpus; cpu++)
			sum += buffer[cpu];
	}
	sink += sum;
	return (now_ns() - began) / KEYS;
}

static double sum_array_by_hand(void)
{
	uint64_t sum = 0;
	int fd = skep_map_fd(array.map);
	double began = now_ns();

	for (uint32_t key = 0; key < KEYS; key++) {
		if (bpf_map_lookup_elem(fd, &key, buffer))
			fail("lookup");
		for (int cpu = 0; cpu < cpus; cpu++)
			sum += buffer[cpu];
	}
	sink += sum;
	return (now_ns() - began) / KEYS;
}

static double sum_hash(void)
{
	uint64_t sum = 0;
	double began = now_ns();

	check("total of a hash", skep_percpu_total(hash, &sum));
	sink += sum;
	return (now_ns() - began) / KEYS;
}

static double sum_array(void)
{
	uint64_t sum = 0;
	double began = now_ns();

	check("total of an array", skep_percpu_total(array, &sum));
	sink += sum;
	return (now_ns() - began) / KEYS;
}

#define PASSES 64

static double sum_plain(void)
{
	uint64_t sum = 0;
	double began = now_ns();

	for (int pass = 0; pass < PASSES; pass++)
		for (uint32_t i = 0; i < KEYS; i++)
			sum += ((volatile uint64_t *)plain)[i];
	sink += sum;
	return (now_ns() - began) / KEYS / PASSES;
}

static double sum_shared(void)
{
	SKEP_MEMORY(uint64_t) memory;
	uint64_t sum = 0;
	double began;

	check("memory", skep_map_memory(shared, &memory));
	for (uint32_t i = 0; i < KEYS; i += 512) /* each page once: faults are no accesses */
		sum += *skep_memory_at(memory, i);
	began = now_ns();
	for (int pass = 0; pass < PASSES; pass++)
		for (uint32_t i = 0; i < KEYS; i++)
			sum += *(volatile uint64_t *)skep_memory_at(memory, i);
	sink += sum;
	began = (now_ns() - began) / KEYS / PASSES;
	skep_memory_free(&memory);
	return began;
}

void measure_percpu(void)
{
	double peer;

	prepare();
	peer = sum_hash_by_hand();
	note("maps/percpu_hash_sum", 3.5, peer, sum_hash());
	peer = sum_array_by_hand();
	note("maps/percpu_array_sum", 2.5, peer, sum_array());
	peer = sum_plain();
	/* "no measurable cost": what two runs of one loop may differ by */
	note("maps/memory_array", 0.95, peer, sum_shared());
}
