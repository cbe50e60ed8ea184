// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Rarer things of the host: inner maps of the test's, perf buffers, redirects, maps by hand. */
#include "harness/test.h"

#include <linux/bpf.h>

#include <skep/testing.h>
#include <skep/testing/host.h>

#include "programs.h"

TEST(inner_map_of_the_test_is_what_the_program_sees)
{
	const struct skep_host_map_def def = { BPF_MAP_TYPE_ARRAY, 4, 4, 4, 0 };
	const struct skep_host_map_def wide = { BPF_MAP_TYPE_ARRAY, 4, 8, 4, 0 };
	SKEP_AUTO(skep_host_map) *inner = NULL, *other = NULL;
	struct skep_host_map *tables, *none = NULL, *seen = NULL;
	uint32_t zero = 0, two = 2;

	skep_host_reset();
	tables = skep_host_map("tables");
	skep_assert_ok(skep_host_map_new(&inner, "inner", &def));
	skep_assert_ok(skep_host_map_new(&other, "other", &wide));
	skep_assert_error(skep_host_map_update(tables, &zero, &other, 0), EINVAL);
	skep_assert_error(skep_host_map_update(tables, &zero, &none, 0), EBADF);
	skep_assert_error(skep_host_map_update(tables, &two, &inner, 0), E2BIG);
	skep_assert_ok(skep_host_map_update(tables, &zero, &inner, 0));
	skep_assert_ok(skep_host_map_lookup(tables, &zero, &seen, 0));
	assert_ptr_equal(seen, inner);
	skep_assert_ok(skep_host_map_delete(tables, &zero));
	skep_assert_error(skep_host_map_delete(tables, &zero), ENOENT);
	skep_host_reset();
	skep_assert_error(skep_host_map_lookup(tables, &zero, &seen, 0), ENOENT);
}

TEST(perf_buffer_keeps_records_of_the_cpu_that_runs)
{
	unsigned long long args[] = { 77, BPF_F_CURRENT_CPU };
	const uint64_t *word;
	size_t bytes;

	skep_host_reset();
	assert_int_equal(skep_host_run(hosted_perf, args), 0);
	word = skep_host_record("hosted_perf_events", &bytes);
	assert_non_null(word);
	assert_int_equal(*word, 77);
	assert_int_equal(bytes, 8);
	args[1] = 1;
	assert_int_equal(skep_host_run(hosted_perf, args), -EOPNOTSUPP);
	args[1] = 9;
	assert_int_equal(skep_host_run(hosted_perf, args), -E2BIG);
	args[1] = 1ULL << 60;
	assert_int_equal(skep_host_run(hosted_perf, args), -EINVAL);
	skep_host_set_full("hosted_perf_events", true);
	args[1] = BPF_F_CURRENT_CPU;
	assert_int_equal(skep_host_run(hosted_perf, args), -ENOSPC);
	assert_null(skep_host_record("hosted_perf_events", NULL));
}

TEST(redirect_is_remembered)
{
	SKEP_AUTO(skep_host_packet) *packet = NULL;

	skep_host_reset();
	skep_assert_ok(skep_host_packet_new(&packet, "a packet for others", 19));
	assert_int_equal(skep_host_packet_redirected(packet), 0);
	skep_host_set_const(hosted_limit, 101);
	assert_int_equal(skep_host_run(hosted_redirect, skep_host_xdp(packet)), XDP_ABORTED);
	assert_int_equal(skep_host_packet_redirected(packet), 0);
	skep_host_set_const(hosted_limit, 100);
	assert_int_equal(skep_host_run(hosted_redirect, skep_host_xdp(packet)), XDP_REDIRECT);
	assert_int_equal(skep_host_packet_redirected(packet), 5);
}

/* The lock is its owner's: nobody sees it, and nobody writes it with the value. */
TEST(lock_in_a_value_is_left_alone)
{
	struct {
		uint32_t lock, number;
	} value = { .lock = 9, .number = 5 };
	uint32_t zero = 0;

	skep_host_reset();
	skep_assert_ok(skep_host_map_update(skep_host_map("locks"), &zero, &value, BPF_F_LOCK));
	assert_int_equal(skep_host_run(hosted_locks, ((unsigned long long[]){ 0 })), 6);
	skep_assert_ok(skep_host_map_lookup(skep_host_map("locks"), &zero, &value, BPF_F_LOCK));
	assert_int_equal(value.lock, 0);
	skep_assert_error(skep_host_map_lookup(skep_host_map("hits"), &zero, &value, BPF_F_LOCK),
			  EINVAL);
}

TEST(field_that_the_kernel_lacks_is_read_by_its_other_name)
{
	int values[] = { 1, 2 };
	unsigned long long args[] = { (uintptr_t)values };

	skep_host_reset();
	assert_int_equal(skep_host_run(hosted_field, args), 1);
	skep_host_lack("new_name");
	assert_int_equal(skep_host_run(hosted_field, args), 2);
	skep_host_lack("old_name");
	assert_int_equal(skep_host_run(hosted_field, args), -1);
}
