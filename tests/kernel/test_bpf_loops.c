// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Loops of many shapes by skep_for(), plain and by iterators, as each compiler lays them out: each kernel
 * takes them, and they give what plain C gives.
 */
#include "harness/test.h"

#include <stdio.h>

#include "app.h"

#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif
#define EACH(i, from, to, max)                                                                     \
	for (uint64_t i = CUT(from, max), end_##i = CUT(to, max); i < end_##i; i++)
#define CUT(n, max) cut((uint64_t)(n), (__typeof__((n) + 0LL))-1 < 1, max)

static uint64_t cut(uint64_t n, int is_signed, uint64_t max)
{
	return is_signed && (int64_t)n < 0 ? 0 : n > max ? max : n;
}

static uint64_t cells[256];

#include "bpf_loops.h"

static void fill(uint64_t *to)
{
	uint64_t n = 12345;

	for (int i = 0; i < CELLS; i++) {
		n = n * 6364136223846793005ULL + 1442695040888963407ULL;
		to[i] = n >> 54;
	}
}

static __u64 (*const shapes[SHAPES])(__u64 a, __u64 b) = {
	shape_0, shape_1, shape_2, shape_3, shape_4,  shape_5,
	shape_6, shape_7, shape_8, shape_9, shape_10, shape_11,
};

static struct skep_object *object;

static void free_object(void)
{
	skep_object_free(object);
}

/* The kernel's cells, and behind them the result. */
static uint64_t *shared(void)
{
	size_t bytes = 0;
	uint64_t *memory;

	if (!object) {
		object = app_load("bpf_loops.bpf.o");
		atexit(free_object);
	}
	memory = skep_object_section(object, ".bss", &bytes);
	assert_non_null(memory);
	assert_true(bytes >= (CELLS + 1) * sizeof(uint64_t));
	return memory;
}

TEST(loops_of_every_shape_give_what_plain_c_gives)
{
	static const uint64_t numbers[] = { 0, 1, 5, 6, 7, 100, 255, 256, 300, 301, UINT64_MAX };
	const size_t n = sizeof(numbers) / sizeof(numbers[0]);
	uint64_t *theirs = shared();
	char program[16];

	for (size_t shape = 0; shape < SHAPES; shape++) {
		snprintf(program, sizeof(program), "loop_%zu", shape);
		for (size_t i = 0; i < n * n; i++) {
			uint64_t a = numbers[i / n], b = numbers[i % n], expected;

			fill(cells);
			fill(theirs);
			expected = shapes[shape](a, b);
			app_run(object, program, a, b);
			if (theirs[CELLS] != expected)
				fail_msg("%s(%llu, %llu) is %llu, not %llu", program,
					 (unsigned long long)a, (unsigned long long)b,
					 (unsigned long long)theirs[CELLS],
					 (unsigned long long)expected);
			assert_memory_equal(theirs, cells, sizeof(cells));
		}
	}
}
