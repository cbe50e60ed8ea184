// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Packets, parsed and changed in the kernel by test runs, against what this file computes. */
#include "harness/machine.h"
#include "harness/test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>

#include <bpf/bpf.h>

#include "app.h"
#include "bpf_net.skep.h"
#include "packet_reference.h"

static struct bpf_net *app;

static void start(void **state)
{
	(void)state;
	if (app)
		return;
	require_root();
	assert_ok(bpf_net_open(&app, NULL));
	if (bpf_net_load(app))
		fail_msg("%s: %s", skep_error_last()->message, skep_error_last()->hint);
}

/* Runs a program on a packet, which it may change: returns how long it is afterwards. */
static size_t run(const char *program, unsigned char *packet, size_t bytes)
{
	struct skep_program *p = skep_object_program(bpf_net_object(app), program);
	unsigned char out[2048];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = (__u32)bytes,
		    .data_out = out, .data_size_out = sizeof(out));

	assert_non_null(p);
	assert_int_equal(bpf_prog_test_run_opts(skep_program_fd(p), &opts), 0);
	memcpy(packet, out, opts.data_size_out);
	return opts.data_size_out;
}

static void assert_as_the_reference_says(const unsigned char *packet, size_t bytes)
{
	unsigned char copy[2048];
	struct net_result wanted;

	memcpy(copy, packet, bytes);
	run("dissect_xdp", copy, bytes);
	packet_reference(packet, bytes, &wanted);
	if (memcmp(&wanted, &bpf_net_bss(app)->result, sizeof(wanted)) == 0)
		return;
	for (size_t i = 0; i < bytes; i++)
		fprintf(stderr, "%02x", packet[i]);
	fail_msg("of these %zu bytes the program found something else", bytes);
}

TEST_WITH(each_shape_of_packet_is_parsed_as_the_reference_does, start, NULL)
{
	unsigned char packet[PACKET_MOST];

	for (unsigned int shape = 0; shape < PACKET_SHAPES; shape++) {
		size_t bytes = packet_build(packet, shape);

		assert_as_the_reference_says(packet, bytes);
		assert_false(bpf_net_bss(app)->result.outer.is_bad);
	}
}

TEST_WITH(packets_cut_at_each_byte_are_parsed_as_the_reference_does, start, NULL)
{
	unsigned char packet[PACKET_MOST];

	for (unsigned int shape = 0; shape < PACKET_SHAPES; shape++)
		for (size_t bytes = packet_build(packet, shape); bytes >= 14; bytes--)
			assert_as_the_reference_says(packet, bytes);
}

TEST_WITH(mutated_packets_are_parsed_as_the_reference_does, start, NULL)
{
	bool is_slow = test_scaled_ms(1000) > 1000; /* a guest */
	int rounds = is_slow ? 2000 : test_is_full() ? 1000000 : 20000;
	uint64_t seed = 88172645463325252ULL;
	unsigned char packet[PACKET_MOST];

	for (int i = 0; i < rounds; i++) {
		size_t bytes = packet_build(packet, (unsigned int)i % PACKET_SHAPES);

		bytes = packet_mutate(packet, bytes, &seed);
		assert_as_the_reference_says(packet, bytes);
	}
}

TEST_WITH(xdp_and_tc_find_the_same, start, NULL)
{
	unsigned char packet[PACKET_MOST];
	struct net_result xdp;

	for (unsigned int shape = 0; shape < PACKET_SHAPES; shape++) {
		size_t bytes = packet_build(packet, shape);

		run("dissect_xdp", packet, bytes);
		xdp = bpf_net_bss(app)->result;
		run("dissect_tc", packet, bytes);
		if (bpf_net_bss(app)->result.outer.vlans == xdp.outer.vlans) /* tc takes tags out */
			assert_memory_equal(&bpf_net_bss(app)->result, &xdp, sizeof(xdp));
	}
}

static void ask(uint32_t what)
{
	struct net_asked *asked = &bpf_net_bss(app)->asked;

	memset(asked, 0, sizeof(*asked));
	asked->what = what | NET_PARSE_L4;
	for (int i = 0; i < 4; i++) {
		asked->src[i] = 0x12345678U * (uint32_t)(i + 1);
		asked->dst[i] = 0x9abcdef1U * (uint32_t)(i + 1);
	}
	asked->src_port = 1234;
	asked->dst_port = 4321;
	asked->ttl = 3;
}

TEST_WITH(rewritten_headers_have_the_sums_that_a_whole_count_gives, start, NULL)
{
	static const uint32_t what[] = { NET_SRC, NET_DST, NET_SRC_PORT, NET_DST_PORT, NET_TTL };
	static const unsigned int shapes[] = { 0, 1, 2, 3 }; /* TCP and UDP on IPv4 and IPv6 */

	for (size_t i = 0; i < 20; i++) {
		static const char *const programs[] = { "rewrite_xdp", "rewrite_tc" };

		for (int side = 0; side < 2; side++) {
			unsigned char packet[2048], before[2048];
			size_t bytes = packet_build(packet, shapes[i % 4]);

			packet_fill_sums(packet, bytes);
			memcpy(before, packet, bytes);
			ask(what[i / 4]);
			assert_int_equal(run(programs[side], packet, bytes), bytes);
			assert_int_equal(bpf_net_bss(app)->status, 0);
			assert_memory_not_equal(packet, before, bytes);
			memcpy(before, packet, bytes);
			packet_fill_sums(before, bytes);
			assert_memory_equal(packet, before, bytes);
		}
	}
}

TEST_WITH(pushed_and_popped_vlan_tags_leave_the_packet_as_it_was, start, NULL)
{
	unsigned char packet[2048], before[2048];
	size_t bytes = packet_build(packet, 0);

	memcpy(before, packet, bytes);
	ask(NET_PUSH);
	bpf_net_bss(app)->asked.tci = 42;
	assert_int_equal(run("resize_xdp", packet, bytes), bytes + 4);
	assert_memory_equal(packet, before, 12);
	assert_memory_equal(packet + 12, "\x81\x00\x00\x2a\x08\x00", 6);
	ask(NET_POP);
	assert_int_equal(run("resize_xdp", packet, bytes + 4), bytes);
	assert_int_equal(bpf_net_bss(app)->status, 0);
	assert_memory_equal(packet, before, bytes);
	assert_int_equal(run("resize_xdp", packet, bytes), bytes);
	assert_int_equal(bpf_net_bss(app)->status, -EINVAL);
	assert_memory_equal(packet, before, bytes);
	ask(NET_ROOM);
	assert_int_equal(run("resize_xdp", packet, bytes), bytes + 20);
	ask(NET_UNROOM);
	assert_int_equal(run("resize_xdp", packet, bytes + 20), bytes);
	assert_memory_equal(packet, before, bytes);
}

TEST_WITH(flow_hash_is_the_same_in_user_space, start, NULL)
{
	unsigned char packet[PACKET_MOST];

	ask(0);
	bpf_net_bss(app)->asked.now = 99;
	for (unsigned int shape = 0; shape < 4; shape++) {
		struct skep_flow flow, back;

		run("read_flow_xdp", packet, packet_build(packet, shape));
		assert_int_equal(bpf_net_bss(app)->status, 0);
		memcpy(&flow, &bpf_net_bss(app)->flow, sizeof(flow));
		assert_true(bpf_net_bss(app)->hash == skep_flow_hash(&flow, 99));
		skep_flow_reverse(&back, &flow);
		assert_true(bpf_net_bss(app)->hash_both == skep_flow_hash_both(&back, 99));
	}
}

TEST_WITH(bucket_gives_what_is_in_and_what_time_added, start, NULL)
{
	static const struct {
		uint64_t now;
		uint32_t tokens;
		int given;
	} steps[] = { { 10000, 5, 1 }, { 10000, 1, 0 }, { 10999, 1, 0 }, { 11000, 1, 1 },
		      { 11000, 1, 0 }, { 13000, 3, 0 }, { 13000, 2, 1 }, { 99000, 6, 0 },
		      { 99000, 5, 1 }, { 99000, 0, 1 } };
	unsigned char packet[PACKET_MOST];
	size_t bytes = packet_build(packet, 0);

	bpf_net_bss(app)->bucket.full_at = 0;
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		bpf_net_bss(app)->asked.now = steps[i].now;
		bpf_net_bss(app)->asked.bytes = steps[i].tokens;
		run("take_xdp", packet, bytes);
		assert_int_equal(bpf_net_bss(app)->status, steps[i].given);
	}
}
