// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The examples' own programs, hosted as their users would. */
#include "harness/test.h"

#include <linux/bpf.h>
#include <linux/types.h>

#include <skep/testing.h>
#include <skep/testing/host.h>

#include "execsnoop.h"
#include "xdpcount.h"

int count(struct xdp_md *ctx);
int on_exec(void *ctx);
/* libc has another on_exit(). */
int process_ends(void *ctx) __asm__("on_exit");
extern struct traffic uncounted;
extern const volatile struct skep_filter filter;
extern const volatile bool with_exits;

static void give(const unsigned char *data, size_t bytes)
{
	SKEP_AUTO(skep_host_packet) *packet = NULL;

	skep_assert_ok(skep_host_packet_new(&packet, data, bytes));
	assert_int_equal(skep_host_run(count, skep_host_xdp(packet)), XDP_PASS);
}

TEST(xdpcount_sees_through_two_tags)
{
	const struct source want = { { 10, 0, 0, 1 }, 0x0800, 17, 0 };
	unsigned char data[14 + 8 + 20] = { [12] = 0x88, 0xa8, [16] = 0x81, [20] = 0x08 };
	struct traffic seen = { 0 };

	skep_host_reset();
	data[22] = 0x45;
	data[22 + 9] = 17;
	memcpy(data + 22 + 12, want.address, 4);
	give(data, sizeof(data));
	give(data, sizeof(data));
	skep_assert_ok(skep_host_get("traffic_by_source", &want, &seen));
	assert_int_equal(seen.packets, 2);
	assert_int_equal(seen.bytes, 2 * sizeof(data));
}

/* Each length there is: whoever reads beyond one is reported. */
TEST(xdpcount_takes_packets_cut_anywhere)
{
	unsigned char data[60] = { [12] = 0x81, [16] = 0x86, 0xdd };

	skep_host_reset();
	for (size_t bytes = 0; bytes <= sizeof(data); bytes++)
		give(data, bytes);
	assert_int_equal(uncounted.packets, 0);
}

TEST(xdpcount_counts_what_the_map_has_no_room_for)
{
	unsigned char data[34] = { [12] = 0x08, [14] = 0x45 };

	skep_host_reset();
	skep_host_set_entries("traffic_by_source", 50);
	for (unsigned int i = 0; i < 50 + 3; i++) {
		memcpy(data + 26, &i, sizeof(i));
		give(data, sizeof(data));
	}
	assert_int_equal(uncounted.packets, 3);
}

TEST(execsnoop_reports_a_process_from_its_start_to_its_end)
{
	static const char args[] = "ls\0-l\0/tmp";
	struct skep_host_current who = {
		.pid = 42,
		.ppid = 7,
		.uid = 1000,
		.comm = "ls",
		.args = args,
		.args_bytes = sizeof(args),
		.exit_status = 0x300,
	};
	const struct exec_event *e;
	size_t bytes;

	skep_host_reset();
	skep_host_set_current(&who);
	skep_host_set_const(with_exits, true);
	skep_host_set_time(1000);
	assert_int_equal(skep_host_run(on_exec, NULL), 0);
	e = skep_host_record("events", &bytes);
	assert_non_null(e);
	assert_int_equal(bytes, sizeof(*e) + sizeof(args));
	assert_false(e->is_exit);
	assert_int_equal(e->ppid, 7);
	assert_int_equal(e->args_total, sizeof(args));
	assert_memory_equal(e->args, args, sizeof(args));
	skep_host_set_time(5000);
	skep_host_run(process_ends, NULL);
	e = skep_host_record("events", &bytes);
	assert_non_null(e);
	assert_true(e->is_exit);
	assert_int_equal(e->duration_ns, 4000);
	assert_int_equal(e->status, 0x300);
	assert_int_equal(skep_host_map_count(skep_host_map("running")), 0);
}

TEST(execsnoop_leaves_out_whom_nobody_asked_for)
{
	static const struct skep_filter others[] = {
		{ .uid = 1001, .by_uid = 1 },
		{ .uid = 0, .by_uid = 1 },
		{ .pid = 41 },
		{ .comm = "ls" },
		{ .comm = "lsofs" },
		{ .pid = 42, .comm = "ls" },
		{ .pid = 41, .comm = "lsof" },
	};
	static const struct skep_filter this_one = {
		.pid = 42, .uid = 1000, .by_uid = 1, .comm = "lsof"
	};
	struct skep_host_current who = { .pid = 42, .uid = 1000, .comm = "lsof" };

	skep_host_reset();
	skep_host_set_current(&who);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		skep_host_set_const(filter, others[i]);
		skep_host_run(on_exec, NULL);
		assert_null(skep_host_record("events", NULL));
	}
	skep_host_set_const(filter, this_one);
	skep_host_run(on_exec, NULL);
	assert_non_null(skep_host_record("events", NULL));
}
