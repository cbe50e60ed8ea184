// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* libskep-testing against the kernel. How its assertions fail: test_assert.c. */
#include "harness/machine.h"
#include "harness/test.h"

#include <linux/bpf.h>

#include <skep/testing.h>

#include "packet.skep.h"

static struct packet *app;

static int load(void)
{
	require_root();
	return packet_open(&app, NULL) ||
	       skep_program_enable(packet_program_on_getpgid(app), false) || packet_load(app);
}

static void setup(void **state)
{
	(void)state;
	if (load())
		fail_msg("%s", skep_error_last()->message);
}

static void teardown(void **state)
{
	(void)state;
	packet_free(app);
	app = NULL;
}

TEST_WITH(packet_goes_in_and_comes_out, setup, teardown)
{
	unsigned char packet[64] = { 0x0f, 1, 2 }, out[64] = { 0 };
	struct skep_test_result result;

	skep_assert_ok(skep_test_run(&result, packet_program_on_packet(app),
				     SKEP_OPTS(skep_test_run_opts, .data = packet,
					       .data_bytes = sizeof(packet), .data_out = out,
					       .data_out_room = sizeof(out))));
	assert_int_equal(result.retval, XDP_TX);
	assert_int_equal(result.data_bytes, sizeof(packet));
	assert_int_equal(out[0], 0xf0);
	assert_int_equal(out[2], 2);
}

TEST_WITH(repeat_runs_it_that_often_and_measures, setup, teardown)
{
	unsigned char packet[64] = { 0 };
	struct skep_ring_stats stats;
	struct skep_test_result result;
	packet_seen_ring ring;

	skep_assert_ok(packet_open_seen(app, &ring, NULL));
	skep_assert_ok(skep_test_run(&result, packet_program_on_packet(app),
				     SKEP_OPTS(skep_test_run_opts, .data = packet,
					       .data_bytes = sizeof(packet), .repeat = 5)));
	skep_ring_stats(ring.ring, &stats);
	assert_int_equal(stats.pending_bytes, 5 * (8 + sizeof(struct packet_seen)));
	skep_ring_free(ring.ring);
}

TEST_WITH(context_goes_in_and_comes_out, setup, teardown)
{
	struct call_args args = { .a = 3, .b = 4 };
	struct skep_test_result result;

	if (!kernel_at_least(5, 14))
		test_skip("programs of kind syscall came with 5.14");
	skep_assert_ok(skep_test_run(
		&result, packet_program_on_call(app),
		SKEP_OPTS(skep_test_run_opts, .ctx = &args, .ctx_bytes = sizeof(args))));
	assert_int_equal(result.retval, 3);
	assert_int_equal(args.sum, 7);
}

TEST_WITH(input_that_the_kernel_refuses_is_explained, setup, teardown)
{
	unsigned char packet[8] = { 0 }, out[4];
	unsigned char enough[64] = { 0 };
	struct skep_test_result result = { .retval = 77 };

	skep_assert_error(skep_test_run(&result, packet_program_on_packet(app),
					SKEP_OPTS(skep_test_run_opts, .data = packet,
						  .data_bytes = sizeof(packet))),
			  EINVAL);
	assert_non_null(strstr(skep_error_last()->hint, "14 bytes"));
	skep_assert_error(skep_test_run(&result, packet_program_on_packet(app),
					SKEP_OPTS(skep_test_run_opts, .data = enough,
						  .data_bytes = sizeof(enough), .data_out = out,
						  .data_out_room = sizeof(out))),
			  ENOSPC);
	assert_int_equal(result.retval, 77);
	skep_assert_error(skep_test_run(&result, packet_program_on_getpgid(app), NULL), EBADF);
}

TEST(kind_that_cannot_be_run_is_said_so)
{
	struct skep_test_result result;

	require_root();
	skep_assert_ok(packet_open(&app, NULL));
	skep_assert_ok(packet_load(app));
	skep_assert_error(skep_test_run(&result, packet_program_on_getpgid(app), NULL), EOPNOTSUPP);
	packet_free(app);
}

TEST_WITH(wait_finds_the_record_that_is_meant, setup, teardown)
{
	unsigned char packet[32] = { 0 };
	const struct packet_seen *e = NULL;
	struct skep_test_result result;
	packet_seen_ring ring;

	skep_assert_ok(packet_open_seen(app, &ring, NULL));
	for (unsigned char i = 0; i < 10; i++) {
		packet[0] = i;
		skep_assert_ok(skep_test_run(&result, packet_program_on_packet(app),
					     SKEP_OPTS(skep_test_run_opts, .data = packet,
						       .data_bytes = sizeof(packet))));
	}
	skep_assert_ok(skep_test_wait_record(ring, e, e->first == 7, 1000));
	assert_int_equal(e->first, 7);
	assert_int_equal(e->bytes, sizeof(packet));
	skep_assert_error(skep_test_wait_record(ring, e, e->first == 3, 50), ETIMEDOUT);
	skep_ring_free(ring.ring);
}

TEST(snapshot_sees_what_is_left_and_what_is_gone)
{
	SKEP_AUTO(skep_test_snapshot) *before = NULL;

	require_root();
	skep_assert_ok(skep_test_snapshot_take(&before));
	skep_assert_nothing_left(before);
	assert_false(load());
	skep_assert_error(skep_test_snapshot_check(before, 0), EBUSY);
	assert_non_null(strstr(skep_error_last()->message, "program"));
	packet_free(app);
	skep_assert_nothing_left(before);
}
