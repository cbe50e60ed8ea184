// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Helpers that decide what runs: tail calls, loops, locks, time and chance. */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "host.h"

#define LOOP_MOST (1U << 23)

/* Where there is no program the call returns, as in the kernel. */
static long tail_call(void *ctx, void *pointer, uint32_t index)
{
	struct skep_host_map *map = skep_host_map_of(pointer, "bpf_tail_call");
	void *program;

	if (map->kind != &skep_host_slots_kind)
		skep_host_fail("bpf_tail_call() on map '%s', which has no programs", map->name);
	program = skep_host_slot(map, index);
	if (!program)
		return -ENOENT;
	if (!skep_host.depth)
		skep_host_fail("a tail call outside of skep_host_run(): run the program with it");
	memcpy(&skep_host.tail_program, &program, sizeof(program));
	skep_host.tail_ctx = ctx;
	longjmp(skep_host.tail, 1);
}

typedef long (*loop_fn)(uint32_t index, void *ctx);

static long loop(uint32_t rounds, void *callback, void *ctx, uint64_t flags)
{
	loop_fn fn;
	uint32_t i;

	memcpy(&fn, &callback, sizeof(fn));
	if (flags)
		return -EINVAL;
	if (rounds > LOOP_MOST)
		return -E2BIG;
	for (i = 0; i < rounds; i++)
		if (fn(i, ctx))
			return i + 1;
	return i;
}

static long spin_lock(void *lock)
{
	if (skep_host.lock)
		skep_host_fail("bpf_spin_lock() while a lock is taken: the kernel refuses such a "
			       "program");
	skep_host.lock = lock;
	return 0;
}

static long spin_unlock(void *lock)
{
	if (skep_host.lock != lock)
		skep_host_fail("bpf_spin_unlock() of a lock that is not taken: the kernel refuses "
			       "such a program");
	skep_host.lock = NULL;
	return 0;
}

static uint64_t now(void)
{
	return skep_host.time;
}

/* A sequence that hangs on the seed alone (splitmix64). */
static uint32_t random_u32(void)
{
	uint64_t n = skep_host.random += 0x9e3779b97f4a7c15;

	n = (n ^ n >> 30) * 0xbf58476d1ce4e5b9;
	n = (n ^ n >> 27) * 0x94d049bb133111eb;
	return (uint32_t)(n >> 32 ^ n >> 1);
}

static uint32_t cpu(void)
{
	return skep_host.cpu;
}

static long numa_node(void)
{
	return 0;
}

const struct skep_host_fake_entry skep_host_control_fakes[] = {
	SKEP_HOST_FAKE(tail_call, tail_call),        SKEP_HOST_FAKE(loop, loop),
	SKEP_HOST_FAKE(spin_lock, spin_lock),        SKEP_HOST_FAKE(spin_unlock, spin_unlock),
	SKEP_HOST_FAKE(ktime_get_ns, now),           SKEP_HOST_FAKE(ktime_get_boot_ns, now),
	SKEP_HOST_FAKE(ktime_get_coarse_ns, now),    SKEP_HOST_FAKE(ktime_get_tai_ns, now),
	SKEP_HOST_FAKE(get_prandom_u32, random_u32), SKEP_HOST_FAKE(get_smp_processor_id, cpu),
	SKEP_HOST_FAKE(get_numa_node_id, numa_node), { NULL, NULL },
};
