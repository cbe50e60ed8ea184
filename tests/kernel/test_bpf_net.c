// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Packets, parsed in the kernel by test runs, against a reference that reads them byte by byte. */
#include "harness/machine.h"
#include "harness/test.h"

#include <string.h>

#include "bpf_net_app.h"

/* As XDP and as tc, except what this kernel's tc does not take. */
static void assert_as_the_reference_says(const unsigned char *packet, size_t bytes)
{
	static const char *const programs[] = { "dissect_xdp", "dissect_tc" };
	struct net_result wanted;

	packet_reference(packet, bytes, &wanted);
	for (int side = 0; side < 2; side++)
		if (bpf_net_read(programs[side], packet, bytes) &&
		    memcmp(&wanted, &bpf_net_vars()->result, sizeof(wanted)) != 0)
			bpf_net_fail(packet, bytes, programs[side]);
}

TEST_WITH(each_shape_of_packet_is_parsed_as_the_reference_does, bpf_net_start, NULL)
{
	unsigned char packet[PACKET_MOST];

	for (unsigned int shape = 0; shape < PACKET_SHAPES; shape++) {
		size_t bytes = packet_build(packet, shape);

		assert_as_the_reference_says(packet, bytes);
		assert_false(bpf_net_vars()->result.outer.is_bad);
	}
}

TEST_WITH(packets_cut_at_each_byte_are_parsed_as_the_reference_does, bpf_net_start, NULL)
{
	unsigned char packet[PACKET_MOST];

	for (unsigned int shape = 0; shape < PACKET_SHAPES; shape++)
		for (size_t bytes = packet_build(packet, shape); bytes >= 14; bytes--)
			assert_as_the_reference_says(packet, bytes);
}

static int rounds(void)
{
	return test_scaled_ms(1000) > 1000 ? 1000 : test_is_full() ? 500000 : 10000;
}

TEST_WITH(mutated_packets_are_parsed_as_the_reference_does, bpf_net_start, NULL)
{
	uint64_t seed = 88172645463325252ULL;
	unsigned char packet[PACKET_MOST];

	for (int i = 0, count = rounds(); i < count; i++) {
		size_t bytes = packet_build(packet, (unsigned int)i % PACKET_SHAPES);

		bytes = packet_mutate(packet, bytes, &seed);
		assert_as_the_reference_says(packet, bytes);
	}
}

TEST_WITH(random_packets_are_parsed_as_the_reference_does, bpf_net_start, NULL)
{
	uint64_t seed = 1;
	unsigned char packet[PACKET_MOST];

	for (int i = 0, count = rounds(); i < count; i++)
		assert_as_the_reference_says(packet, packet_random(packet, &seed));
}

/* Of what has an IP header that is right: who it is from and to, and the ports that were there. */
static void assert_flow_is(const struct net_layers *l, const unsigned char *packet, size_t bytes)
{
	size_t address = l->version == 6 ? 16 : 4;
	struct skep_flow flow;

	memcpy(&flow, &bpf_net_vars()->flow, sizeof(flow));
	if (bpf_net_vars()->status || flow.version != l->version ||
	    memcmp(flow.src, l->src, address) != 0 || memcmp(flow.dst, l->dst, address) != 0 ||
	    flow.src_port != l->src_port || flow.dst_port != l->dst_port ||
	    (l->proto && flow.proto != l->proto) || flow.zero)
		bpf_net_fail(packet, bytes, "another flow");
}

TEST_WITH(flows_of_random_packets_are_those_of_the_reference, bpf_net_start, NULL)
{
	unsigned char packet[PACKET_MOST];
	int flows = 0, others = 0, bad = 0;
	uint64_t seed = 3;

	for (int i = 0; i < 1000; i++) {
		size_t bytes = packet_random(packet, &seed);
		struct net_result wanted;

		packet_reference(packet, bytes, &wanted);
		if (!bpf_net_read(i % 2 ? "read_flow_tc" : "read_flow_xdp", packet, bytes) ||
		    wanted.outer.vlans > 4) /* a flow is looked for behind as many */
			continue;
		if (wanted.outer.version && !wanted.outer.is_bad) {
			assert_flow_is(&wanted.outer, packet, bytes);
			flows++;
		} else if (!wanted.outer.is_bad) {
			assert_int_equal(bpf_net_vars()->status, -EINVAL);
			others++;
		} else if (!wanted.outer.version) {
			assert_true(bpf_net_vars()->status < 0); /* ARP is no IP either */
			bad++;
		}
	}
	assert_true(flows > 500 && others > 10 && bad > 10);
}

TEST_WITH(flow_hash_is_the_same_in_user_space, bpf_net_start, NULL)
{
	unsigned char packet[PACKET_MOST];

	bpf_net_vars()->asked.now = 99;
	for (unsigned int shape = 0; shape < 4; shape++) {
		struct skep_flow flow, back;

		bpf_net_run("read_flow_xdp", packet, packet_build(packet, shape));
		assert_int_equal(bpf_net_vars()->status, 0);
		memcpy(&flow, &bpf_net_vars()->flow, sizeof(flow));
		assert_true(bpf_net_vars()->hash == skep_flow_hash(&flow, 99));
		skep_flow_reverse(&back, &flow);
		assert_true(bpf_net_vars()->hash_both == skep_flow_hash_both(&back, 99));
	}
}

TEST_WITH(bucket_gives_what_is_in_and_what_time_added, bpf_net_start, NULL)
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

	bpf_net_vars()->bucket.full_at = 0;
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		bpf_net_vars()->asked.now = steps[i].now;
		bpf_net_vars()->asked.bytes = steps[i].tokens;
		bpf_net_run("take_xdp", packet, bytes);
		assert_int_equal(bpf_net_vars()->status, steps[i].given);
	}
}

/* As after a clock that was set back: it is empty, and fills from then on. */
TEST_WITH(bucket_that_lacks_more_than_it_holds_fills_from_now_on, bpf_net_start, NULL)
{
	static const struct {
		uint64_t now;
		int given;
	} steps[] = { { 10000, 0 }, { 10999, 0 }, { 11000, 1 }, { 11000, 0 }, { 12000, 1 } };
	unsigned char packet[PACKET_MOST];
	size_t bytes = packet_build(packet, 0);

	bpf_net_vars()->bucket.full_at = 1000000000000;
	bpf_net_vars()->asked.bytes = 1;
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		bpf_net_vars()->asked.now = steps[i].now;
		bpf_net_run("take_xdp", packet, bytes);
		assert_int_equal(bpf_net_vars()->status, steps[i].given);
	}
}

#define ICMP_UNREACHABLE                                                                           \
	0x45, 0, 0, 56, 0, 0, 0, 0, 64, 1, 0, 0, 192, 0, 2, 9, 192, 0, 2, 1, /* IPv4 */            \
		3, 1, 0, 0, 0, 0, 0, 0                                       /* ICMP */

static void assert_quoted(const unsigned char *packet, size_t bytes, int wanted)
{
	static const char *const programs[] = { "read_quoted_xdp", "read_quoted_tc" };
	const struct skep_flow *flow = &bpf_net_vars()->flow;

	for (size_t i = 0; i < 2; i++) {
		memset(&bpf_net_vars()->flow, 0, sizeof(*flow));
		if (!bpf_net_read(programs[i], packet, bytes))
			continue;
		assert_int_equal(bpf_net_vars()->status, wanted);
		assert_int_equal(flow->src_port, wanted ? 0 : 4711);
		assert_int_equal(flow->dst_port, wanted ? 0 : 443);
	}
}

TEST_WITH(quoted_flow_of_an_icmp_error_needs_eight_bytes_of_its_message, bpf_net_start, NULL)
{
	unsigned char packet[] = { [12] = 8, [13] = 0, ICMP_UNREACHABLE,
				   0x45,     0,        5,
				   220,      0,        0,
				   0x40,     0,        64,
				   6,        0,        0, /* of 1,500 bytes */
				   192,      0,        2,
				   1,        203,      0,
				   113,      5,        0x12,
				   0x67,     1,        0xbb,
				   0,        0,        0,
				   9 };
	const size_t inner = 14 + 28;

	assert_quoted(packet, sizeof(packet), 0);
	assert_int_equal(bpf_net_vars()->flow.proto, 6);
	assert_memory_equal(bpf_net_vars()->flow.dst, packet + inner + 16, 4);
	packet[inner + 9] = 17; /* UDP, whose length is of what is not quoted */
	packet[inner + 24] = 5;
	assert_quoted(packet, sizeof(packet), 0);
	assert_quoted(packet, sizeof(packet) - 5, -EBADMSG);
	packet[inner] = 0x65;
	assert_quoted(packet, sizeof(packet), -EBADMSG);
	packet[inner] = 0x45;
	packet[34] = 8; /* an echo quotes nothing */
	assert_quoted(packet, sizeof(packet), -EINVAL);
}

TEST_WITH(quoted_flow_of_ipv6_is_behind_its_extension_headers, bpf_net_start, NULL)
{
	static const unsigned char hop[8] = { 6, 0, 1, 4 }, ports[8] = { 0x12, 0x67, 1, 0xbb };
	unsigned char packet[14 + 40 + 8 + 40 + 8 + 8] = { [12] = 0x86, [13] = 0xdd };
	unsigned char *outer = packet + 14, *inner = outer + 48;

	memcpy(outer, "\x60\0\0\0\0\x40\x3a\x40", 8);
	outer[40] = 2; /* too big */
	memcpy(inner, "\x60\0\0\0\x05\0\0\x40", 8);
	memcpy(inner + 40, hop, sizeof(hop));
	memcpy(inner + 48, ports, sizeof(ports));
	assert_quoted(packet, sizeof(packet), 0);
	assert_int_equal(bpf_net_vars()->flow.proto, 6);
	outer[40] = 129;
	assert_quoted(packet, sizeof(packet), -EINVAL);
	outer[40] = 4;
	inner[40] = 44; /* a fragment that is not the first has no ports: */
	inner[48] = 6;
	inner[51] = 8;
	for (int i = 0; i < 2; i++) {
		assert_true(bpf_net_read(i ? "read_quoted_tc" : "read_quoted_xdp", packet,
					 sizeof(packet)));
		assert_int_equal(bpf_net_vars()->status, 0);
		assert_int_equal(bpf_net_vars()->flow.proto, 44);
		assert_int_equal(bpf_net_vars()->flow.src_port, 0);
	}
}

TEST_WITH(second_tag_can_be_pushed_without_asking_for_the_first, bpf_net_start, NULL)
{
	unsigned char packet[PACKET_MOST], *tags = packet + 12;
	size_t bytes = packet_build(packet, 0);

	assert_int_equal(bpf_net_run("push_twice_xdp", packet, bytes), bytes + 8);
	assert_int_equal(bpf_net_vars()->status, 0);
	assert_memory_equal(tags, "\x81\0\0\x02\x81\0\0\x01", 8);
}
