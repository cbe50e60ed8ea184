// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The host's maps against the kernel's: the same 10,000 random operations for each kind, with right
 * and wrong keys and flags, and the same results, errnos and contents. Two things are not compared:
 * the order of a hash, which hangs on a random number of the kernel's, and what an LRU map forgets
 * that has one list for all CPUs, whose lists of each CPU are refilled by lots that differ by version.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sched.h>

#include "harness/machine.h"
#include "harness/test.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <skep/testing.h>

#include "model.h"

#define STEPS 10000

static uint64_t some_flags(struct model *model)
{
	static const uint64_t flags[] = { 0, 0, 0, 0, 0, 0, BPF_NOEXIST, BPF_EXIST, 3, 4, 0x100 };

	uint64_t chosen = flags[model_random(model, sizeof(flags) / sizeof(flags[0]))];

	return chosen == 3 && model->takes_both ? 0x100 : chosen;
}

static void step_lookup(struct model *model, bool remove)
{
	unsigned char key[MODEL_KEY_MOST], a[MODEL_VALUE_MOST] = { 0 }, b[MODEL_VALUE_MOST] = { 0 };
	uint64_t flags = model_random(model, 20) ? 0 : some_flags(model);
	int err;

	model->what = remove ? "lookup and delete" : "lookup";
	model_key(model, key);
	/* Before 6.12 Linux looked for longer prefixes than there are. */
	if (model->is_sorted && *(uint32_t *)(void *)key > 32)
		return;
	err = remove ? bpf_map_lookup_and_delete_elem_flags(model->fd, key, a, flags)
		     : bpf_map_lookup_elem_flags(model->fd, key, a, flags);
	model_same(model, err,
		   remove ? skep_host_map_lookup_and_delete(model->fake, key, b, flags)
			  : skep_host_map_lookup(model->fake, key, b, flags));
	if (!err)
		model_same_bytes(model, a, b, model->value_bytes);
}

static void step_update(struct model *model)
{
	unsigned char key[MODEL_KEY_MOST], value[MODEL_VALUE_MOST];
	uint64_t flags = some_flags(model);

	model->what = "update";
	model_key(model, key);
	model_value(model, value);
	model_same(model, bpf_map_update_elem(model->fd, key, value, flags),
		   skep_host_map_update(model->fake, key, value, flags));
}

static void step_delete(struct model *model)
{
	unsigned char key[MODEL_KEY_MOST];

	model->what = "delete";
	model_key(model, key);
	model_same(model, bpf_map_delete_elem(model->fd, key),
		   skep_host_map_delete(model->fake, key));
}

static void step_next(struct model *model)
{
	unsigned char key[MODEL_KEY_MOST], a[MODEL_KEY_MOST] = { 0 }, b[MODEL_KEY_MOST] = { 0 };
	int err;

	model->what = "next key";
	model_key(model, key);
	/* Of a hash: whether there is a first one. */
	err = bpf_map_get_next_key(model->fd, model->is_hash ? NULL : key, a);
	model_same(model, err, skep_host_map_next_key(model->fake, model->is_hash ? NULL : key, b));
	if (!err && !model->is_hash)
		model_same_bytes(model, a, b, model->def.key_size);
}

static void run_steps(struct model *model, unsigned int steps)
{
	model_open(model, 0x5ca1ab1e + model->def.type);
	for (model->step = 0; model->step < steps; model->step++) {
		uint32_t choice = model_random(model, 1000);

		if (choice < 450)
			step_update(model);
		else if (choice < 650)
			step_lookup(model, false);
		else if (choice < 790)
			step_delete(model);
		else if (choice < 860)
			step_lookup(model, true);
		else if (choice < 910)
			step_next(model);
		else if (choice < 950)
			model_update_batch(model);
		else if (choice < 980)
			model_delete_batch(model);
		else if (choice < 996)
			model_read_batches(model, false);
		else if (choice < 997)
			model_read_batches(model, true);
		else
			model_compare_all(model);
	}
	model_compare_all(model);
	model_close(model);
}

static void run_model(struct model *model)
{
	run_steps(model, STEPS);
}

#define KEYED(kind, value, entries, different, ...)                                                \
	{                                                                                          \
		.def = { BPF_MAP_TYPE_##kind, 4, value, entries, 0 }, .keys = different,           \
		__VA_ARGS__                                                                        \
	}

TEST(hash_does_what_the_kernels_does)
{
	struct model model = KEYED(HASH, 12, 30, 48, .is_hash = true);

	run_model(&model);
}

TEST(hash_without_preallocation_does_what_the_kernels_does)
{
	struct model model = KEYED(HASH, 12, 30, 48, .is_hash = true);

	model.def.flags = BPF_F_NO_PREALLOC;
	run_steps(&model, STEPS / 5);
}

TEST(percpu_hash_does_what_the_kernels_does)
{
	struct model model = KEYED(PERCPU_HASH, 16, 30, 48, .is_hash = true);

	run_model(&model);
}

TEST(array_does_what_the_kernels_does)
{
	struct model model = KEYED(ARRAY, 12, 30, 34, .is_hash = false);

	run_model(&model);
}

TEST(percpu_array_does_what_the_kernels_does)
{
	struct model model = KEYED(PERCPU_ARRAY, 16, 30, 34, .is_hash = false);

	run_model(&model);
}

/* On one CPU, whose list has so many entries. */
static void run_lru(uint32_t type, uint32_t value_size)
{
	uint32_t cpus = (uint32_t)libbpf_num_possible_cpus(), each = 20;
	struct model model = { .def = { type, 4, value_size, cpus * each, BPF_F_NO_COMMON_LRU },
			       .keys = 45,
			       .is_hash = true };
	cpu_set_t before, one;
	int cpu = sched_getcpu();

	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	model.cpu = (uint32_t)cpu;
	run_model(&model);
	sched_setaffinity(0, sizeof(before), &before);
}

TEST(lru_hash_forgets_what_the_kernels_forgets)
{
	run_lru(BPF_MAP_TYPE_LRU_HASH, 12);
}

TEST(lru_percpu_hash_forgets_what_the_kernels_forgets)
{
	run_lru(BPF_MAP_TYPE_LRU_PERCPU_HASH, 16);
}

/* Both keep what was put last, never have more than they may, and have no value that was not put. */
TEST(common_lru_hash_keeps_what_both_promise)
{
	enum {
		MOST = 64,
		KEYS = 400
	};
	struct model model = KEYED(LRU_HASH, 4, MOST, KEYS, .is_hash = true);
	uint32_t last[KEYS] = { 0 }, value, seen;

	model_open(&model, 7);
	for (uint32_t i = 1; i <= STEPS / 5; i++) {
		uint32_t key = model_random(&model, KEYS);

		last[key] = i;
		assert_int_equal(bpf_map_update_elem(model.fd, &key, &i, 0), 0);
		skep_assert_ok(skep_host_map_update(model.fake, &key, &i, 0));
		assert_int_equal(bpf_map_lookup_elem(model.fd, &key, &value), 0);
		assert_int_equal(value, i);
		skep_assert_ok(skep_host_map_lookup(model.fake, &key, &value, 0));
		assert_int_equal(value, i);
		assert_true(skep_host_map_count(model.fake) <= MOST);
	}
	seen = 0;
	for (uint32_t key = 0; key < KEYS; key++) {
		if (!bpf_map_lookup_elem(model.fd, &key, &value)) {
			assert_int_equal(value, last[key]);
			seen++;
		}
		if (!skep_host_map_lookup(model.fake, &key, &value, 0))
			assert_int_equal(value, last[key]);
	}
	assert_true(seen > 0 && seen <= MOST);
	assert_int_equal(skep_host_map_count(model.fake), MOST);
	model_close(&model);
}

TEST(trie_does_what_the_kernels_does)
{
	struct model model = { .def = { BPF_MAP_TYPE_LPM_TRIE, 8, 12, 60, BPF_F_NO_PREALLOC },
			       .keys = 200,
			       .is_sorted = true };

	run_model(&model);
}

static void step_queue(struct model *model)
{
	unsigned char a[16] = { 0 }, b[16] = { 0 };
	uint64_t flags = some_flags(model);
	uint32_t choice = model_random(model, 10);
	int err = 0, host = 0;

	model_value(model, a);
	memcpy(b, a, sizeof(b));
	model->what = choice < 5 ? "push" : choice < 8 ? "pop" : "peek";
	if (choice < 5) {
		err = bpf_map_update_elem(model->fd, NULL, a, flags);
		host = skep_host_map_update(model->fake, NULL, b, flags);
	} else if (choice < 8) {
		flags = model_random(model, 10) ? 0 : flags;
		err = bpf_map_lookup_and_delete_elem_flags(model->fd, NULL, a, flags);
		host = skep_host_map_lookup_and_delete(model->fake, NULL, b, flags);
	} else {
		flags = model_random(model, 10) ? 0 : flags;
		err = bpf_map_lookup_elem_flags(model->fd, NULL, a, flags);
		host = skep_host_map_lookup(model->fake, NULL, b, flags);
	}
	model_same(model, err, host);
	if (!err)
		model_same_bytes(model, a, b, model->value_bytes);
}

/* What has no keys. */
static void run_queue(uint32_t type)
{
	struct model model = { .def = { type, 0, 12, 9, 0 } };
	uint32_t count = 1, count_host = 1, place[2];
	unsigned char bytes[64];

	model_open(&model, type);
	for (model.step = 0; model.step < STEPS; model.step++)
		step_queue(&model);
	model.what = "what queues cannot";
	model_same(&model, bpf_map_delete_elem(model.fd, NULL),
		   skep_host_map_delete(model.fake, NULL));
	model_same(&model, bpf_map_get_next_key(model.fd, NULL, bytes),
		   skep_host_map_next_key(model.fake, NULL, bytes));
	model_same(&model,
		   bpf_map_lookup_batch(model.fd, NULL, &place[0], bytes, bytes, &count, NULL),
		   skep_host_map_lookup_batch(model.fake, NULL, &place[1], bytes, bytes,
					      &count_host, 0));
	model_close(&model);
}

TEST(queue_does_what_the_kernels_does)
{
	run_queue(BPF_MAP_TYPE_QUEUE);
}

TEST(stack_does_what_the_kernels_does)
{
	run_queue(BPF_MAP_TYPE_STACK);
}
