// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The time and the random numbers that programs see, by a variable of <skep/bpf/testing.h>. */
#include <errno.h>
#include <string.h>

#include <skep/error.h>
#include <skep/object.h>
#include <skep/testing/inject.h>
#include <skep/types.h>

#define SECTION ".data.skep_test"

static int find(const struct skep_object *object, volatile struct skep_injected **out)
{
	size_t bytes = 0;
	void *memory;

	if (!object)
		return skep_error_set(EINVAL, NULL, "the object is NULL");
	memory = skep_object_section(object, SECTION, &bytes);
	if (!memory)
		return skep_error_set(EOPNOTSUPP,
				      "compile it for the test by DEFINES SKEP_TESTING of "
				      "skep_add_bpf_program()",
				      "object '%s' sees the kernel's own time and random numbers",
				      skep_object_name(object));
	/* Where objects were linked together there is room for each, and the first is used. */
	if (!bytes || bytes % sizeof(**out))
		return skep_error_set(EPROTOTYPE, "compile it again",
				      "object '%s' was compiled with another version of skep",
				      skep_object_name(object));
	*out = memory;
	return 0;
}

/* Programs may run meanwhile: the switch is turned on when all else is there. */
static void turn(volatile __u64 *what, __u64 value)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	*what = value;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

int skep_test_set_time(const struct skep_object *object, uint64_t ns, uint64_t step_ns)
{
	volatile struct skep_injected *injected = NULL;
	int err = find(object, &injected);

	if (err)
		return err;
	injected->time_ns = ns;
	injected->step_ns = step_ns;
	turn(&injected->has_time, 1);
	return 0;
}

int skep_test_set_random(const struct skep_object *object, const uint32_t *values, size_t count)
{
	volatile struct skep_injected *injected = NULL;
	int err;

	if (!values || !count || count > SKEP_TEST_RANDOM_MOST)
		return skep_error_set(EINVAL, "give 1 to 64; skep_test_set_real() takes them back",
				      "skep_test_set_random: %zu numbers%s", count,
				      values ? "" : " at NULL");
	err = find(object, &injected);
	if (err)
		return err;
	turn(&injected->random_count, 0);
	for (size_t i = 0; i < count; i++)
		injected->random[i] = values[i];
	injected->random_next = 0;
	turn(&injected->random_count, count);
	return 0;
}

int skep_test_set_real(const struct skep_object *object)
{
	volatile struct skep_injected *injected = NULL;
	int err = find(object, &injected);

	if (err)
		return err;
	turn(&injected->has_time, 0);
	turn(&injected->random_count, 0);
	return 0;
}
