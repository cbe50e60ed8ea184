// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The clocks and random numbers that a test gives, in objects of each way to compile them. */
#include "harness/machine.h"
#include "harness/test.h"

#include <skep/map.h>
#include <skep/object.h>
#include <skep/testing.h>

#include "inside.h"

typedef SKEP_MAP(__u32, struct inject_seen) given_map;

static struct inject_seen run(struct skep_object *object)
{
	SKEP_AUTO(skep_packet) *packet = NULL;
	struct skep_test_result result;
	struct inject_seen seen;
	const __u32 zero = 0;
	given_map given;

	skep_assert_ok(skep_packet_build(&packet, SKEP_ETH(), SKEP_FILL(40)));
	skep_assert_ok(
		skep_test_packet(&result, skep_object_program(object, "read_all"), packet, NULL));
	assert_int_equal(result.retval, 0);
	skep_assert_ok(skep_map_open(&given, object, "given"));
	skep_assert_ok(skep_map_get(given, &zero, &seen));
	skep_map_free(given.map);
	return seen;
}

static void see_what_is_given(const char *file)
{
	const uint32_t dice[] = { 4, 0xffffffff, 0 };
	SKEP_AUTO(skep_object) *object = NULL;
	struct inject_seen seen;

	skep_assert_ok(skep_object_open(&object, test_file(file), NULL));
	skep_assert_ok(skep_test_set_random(object, dice, 3)); /* before load, too */
	skep_assert_ok(skep_object_load(object));
	seen = run(object);
	assert_true(seen.times[0] > 1000000); /* the kernel's own */
	skep_assert_ok(skep_test_set_time(object, 5000, 10));
	skep_assert_ok(skep_test_set_random(object, dice, 3));
	seen = run(object);
	for (uint64_t i = 0; i < 6; i++)
		assert_int_equal(seen.times[i], 5000 + 10 * i);
	for (int i = 0; i < 4; i++)
		assert_int_equal(seen.random[i], dice[i % 3]);
	skep_assert_ok(skep_test_set_time(object, 0, 0));
	assert_int_equal(run(object).times[5], 0);
	skep_assert_ok(skep_test_set_real(object));
	seen = run(object);
	assert_true(seen.times[0] > 1000000);
	assert_true(seen.times[1] >= seen.times[0]);
	assert_true(seen.random[0] != dice[0] || seen.random[1] != dice[1]);
}

TEST(clocks_and_random_numbers_are_those_that_were_given)
{
	require_root();
	see_what_is_given("inject.bpf.o");
	see_what_is_given("inject_v2.bpf.o");
	see_what_is_given("inject_vmlinux.bpf.o");
}

TEST(what_was_not_compiled_for_tests_or_is_misused_is_refused)
{
	SKEP_AUTO(skep_object) *object = NULL, *plain = NULL;
	const uint32_t dice[65] = { 4 };

	skep_assert_ok(skep_object_open(&object, test_file("inject.bpf.o"), NULL));
	skep_assert_ok(skep_object_open(&plain, test_file("inside.bpf.o"), NULL));
	skep_assert_error(skep_test_set_time(plain, 1, 1), EOPNOTSUPP);
	assert_non_null(strstr(skep_error_last()->hint, "SKEP_TESTING"));
	skep_assert_error(skep_test_set_random(plain, dice, 1), EOPNOTSUPP);
	skep_assert_error(skep_test_set_real(plain), EOPNOTSUPP);
	skep_assert_error(skep_test_set_time(NULL, 1, 1), EINVAL);
	skep_assert_error(skep_test_set_random(object, dice, 0), EINVAL);
	skep_assert_error(skep_test_set_random(object, dice, 65), EINVAL);
	skep_assert_error(skep_test_set_random(object, NULL, 1), EINVAL);
}
