// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Packets that programs change, as XDP and as tc: each byte of them is as it should be. */
#include "harness/machine.h"
#include "harness/test.h"

#include <string.h>

#include "bpf_net_app.h"

#define MOST 2048

static const char *const rewrites[] = { "rewrite_xdp", "rewrite_tc" };
static const char *const resizes[] = { "resize_xdp", "resize_tc" };

static struct net_asked *ask(uint32_t what)
{
	struct net_asked *asked = &bpf_net_vars()->asked;

	memset(asked, 0, sizeof(*asked));
	asked->what = what;
	for (int i = 0; i < 4; i++) {
		asked->src[i] = 0x12345678U * (uint32_t)(i + 1);
		asked->dst[i] = 0x9abcdef1U * (uint32_t)(i + 1);
	}
	asked->src_port = 1234;
	asked->dst_port = 4321;
	asked->ttl = 3;
	asked->tci = 42;
	memcpy(asked->mac, "\x02\x11\x22\x33\x44\x55\x02\x66\x77\x88\x99\xaa", 12);
	return asked;
}

/* TCP, UDP and ICMP on IPv4 and IPv6, with options and extension headers, of any length, with sums. */
static size_t make(unsigned char *packet, unsigned int kind, uint64_t *seed)
{
	size_t bytes = packet_make(packet, kind % PACKET_KINDS, seed);

	packet_fill_sums(packet, bytes);
	return bytes;
}

/* What the program should have made of it, by this file's own hand. */
static void change(unsigned char *packet, uint32_t what, const struct net_asked *asked)
{
	bool is6 = packet[14] >> 4 == 6;
	unsigned char *ip = packet + 14, *l4 = packet + packet_l4_at(packet);
	size_t address = is6 ? 16 : 4, src = is6 ? 8 : 12;

	switch (what & ~(uint32_t)NET_NOT_L4) {
	case NET_MAC:
		memcpy(packet, asked->mac, 12);
		return;
	case NET_DST_MAC:
		memcpy(packet, asked->mac, 6);
		return;
	case NET_SRC:
		memcpy(ip + src, asked->src, address);
		return;
	case NET_DST:
		memcpy(ip + src + address, asked->dst, address);
		return;
	case NET_SRC_PORT:
		memcpy(l4, "\x04\xd2", 2);
		return;
	case NET_DST_PORT:
		memcpy(l4 + 2, "\x10\xe1", 2);
		return;
	default:
		ip[is6 ? 7 : 8] = asked->ttl;
	}
}

static void assert_rewritten(const char *program, const unsigned char *before, size_t bytes,
			     uint32_t what, bool has_ports)
{
	bool is_refused = !has_ports && (what & (NET_SRC_PORT | NET_DST_PORT));
	unsigned char packet[MOST], wanted[MOST];
	struct net_asked *asked = ask(what);

	memcpy(packet, before, bytes);
	memcpy(wanted, before, bytes);
	assert_int_equal(bpf_net_run(program, packet, bytes), bytes);
	assert_int_equal(bpf_net_vars()->status, is_refused ? -EINVAL : 0);
	if (!is_refused) {
		change(wanted, what, asked);
		packet_fill_sums(wanted, bytes);
	}
	if (memcmp(packet, wanted, bytes) != 0)
		bpf_net_fail(packet, bytes, program);
}

TEST_WITH(rewritten_headers_have_the_sums_that_a_whole_count_gives, bpf_net_start, NULL)
{
	static const uint32_t what[] = { NET_MAC,      NET_DST_MAC,  NET_SRC, NET_DST,
					 NET_SRC_PORT, NET_DST_PORT, NET_TTL };
	uint64_t seed = 7;

	for (unsigned int kind = 0; kind < 2 * PACKET_KINDS; kind++) {
		unsigned char packet[MOST];
		size_t bytes = make(packet, kind, &seed);
		uint8_t proto = packet_proto(packet);

		for (size_t i = 0; i < sizeof(what) / sizeof(*what); i++)
			for (int side = 0; side < 2; side++)
				assert_rewritten(rewrites[side], packet, bytes, what[i],
						 proto == 6 || proto == 17);
	}
}

TEST_WITH(addresses_change_with_their_sums_before_what_is_behind_was_parsed, bpf_net_start, NULL)
{
	uint64_t seed = 8;

	for (unsigned int kind = 0; kind < PACKET_KINDS; kind++) {
		unsigned char packet[MOST];
		size_t bytes = make(packet, kind, &seed);

		for (int side = 0; side < 2; side++) {
			assert_rewritten(rewrites[side], packet, bytes, NET_SRC | NET_NOT_L4,
					 false);
			assert_rewritten(rewrites[side], packet, bytes, NET_DST | NET_NOT_L4,
					 false);
		}
	}
}

TEST_WITH(udp_without_a_checksum_stays_without, bpf_net_start, NULL)
{
	static const uint32_t what[] = { NET_SRC, NET_DST_PORT };
	uint64_t seed = 9;

	for (int i = 0; i < 4; i++) {
		unsigned char packet[MOST];
		size_t bytes = make(packet, PACKET_UDP4, &seed), at = packet_l4_at(packet) + 6;

		memset(packet + at, 0, 2);
		ask(what[i / 2]);
		assert_int_equal(bpf_net_run(rewrites[i % 2], packet, bytes), bytes);
		assert_memory_equal(packet + at, "\0\0", 2);
	}
}

/* A sum of 0 is sent as 0xffff, because 0 says that there is none. */
TEST_WITH(udp_checksum_that_becomes_0_is_sent_as_ffff, bpf_net_start, NULL)
{
	uint64_t seed = 10;

	for (int side = 0; side < 2; side++) {
		unsigned char packet[MOST], wanted[MOST];
		size_t bytes = make(packet, PACKET_UDP4, &seed), at = packet_l4_at(packet);
		uint32_t port = 0;

		memcpy(wanted, packet, bytes);
		do {
			port++;
			assert_true(port < 65536);
			wanted[at + 2] = (unsigned char)(port >> 8);
			wanted[at + 3] = (unsigned char)port;
			packet_fill_sums(wanted, bytes);
		} while (memcmp(wanted + at + 6, "\xff\xff", 2) != 0);
		ask(NET_DST_PORT)->dst_port = (uint16_t)port;
		assert_int_equal(bpf_net_run(rewrites[side], packet, bytes), bytes);
		assert_memory_equal(packet, wanted, bytes);
	}
}

TEST_WITH(what_is_not_there_is_not_rewritten, bpf_net_start, NULL)
{
	static const uint32_t what[] = { NET_SRC, NET_DST_PORT, NET_TTL };
	unsigned char packet[MOST], before[MOST];
	size_t bytes = packet_build(packet, 5); /* ARP */

	memcpy(before, packet, bytes);
	for (size_t i = 0; i < 6; i++) {
		ask(what[i / 2]);
		assert_int_equal(bpf_net_run(rewrites[i % 2], packet, bytes), bytes);
		assert_int_equal(bpf_net_vars()->status, -EINVAL);
		assert_memory_equal(packet, before, bytes);
	}
}

TEST_WITH(whole_sums_are_0_where_they_are_right, bpf_net_start, NULL)
{
	static const char *const programs[] = { "summed_xdp", "summed_tc" };
	uint64_t seed = 11;

	for (unsigned int i = 0; i < 4 * PACKET_KINDS; i++) {
		unsigned char packet[MOST];
		size_t bytes = make(packet, i / 2, &seed), at = packet_l4_at(packet) + 1;

		ask(0);
		bpf_net_run(programs[i % 2], packet, bytes);
		if (packet[14] >> 4 == 4)
			assert_int_equal(bpf_net_vars()->hash, 0);
		assert_int_equal(bpf_net_vars()->status, 0);
		packet[at] ^= 1;
		packet[bytes] = 0x55; /* behind the IP packet: of no account */
		bpf_net_run(programs[i % 2], packet, bytes + 1);
		assert_true(bpf_net_vars()->status > 0);
		packet[at] ^= 1;
		bpf_net_run(programs[i % 2], packet, bytes - 1); /* cut */
		assert_int_equal(bpf_net_vars()->status, -EBADMSG);
	}
}

TEST_WITH(sums_of_what_has_none_are_refused, bpf_net_start, NULL)
{
	unsigned char packet[MOST];
	uint64_t seed = 12;
	size_t bytes = make(packet, PACKET_UDP4, &seed);

	ask(NET_NOT_L4);
	bpf_net_run("summed_xdp", packet, bytes);
	assert_int_equal(bpf_net_vars()->status, -EINVAL);
	ask(0);
	packet[14 + 6] = 0x20; /* more fragments follow */
	bpf_net_run("summed_xdp", packet, bytes);
	assert_int_equal(bpf_net_vars()->status, -EINVAL);
	assert_int_not_equal(bpf_net_vars()->hash, 0);
	bytes = packet_build(packet, 5);
	bpf_net_run("summed_tc", packet, bytes);
	assert_int_equal(bpf_net_vars()->status, -EINVAL);
}

/* Asks for a change of size: what it says, and how long the packet is then. */
static int resized(const char *program, unsigned char *packet, size_t *bytes, uint32_t what)
{
	ask(what);
	*bytes = bpf_net_run(program, packet, *bytes);
	return bpf_net_vars()->status;
}

TEST_WITH(pushed_and_popped_vlan_tags_leave_the_packet_as_it_was, bpf_net_start, NULL)
{
	unsigned char packet[MOST], before[MOST];
	size_t bytes = packet_build(before, 0), now = bytes;

	memcpy(packet, before, bytes);
	assert_ok(resized("resize_xdp", packet, &now, NET_PUSH));
	assert_int_equal(now, bytes + 4);
	assert_memory_equal(packet, before, 12);
	assert_memory_equal(packet + 12, "\x81\x00\x00\x2a\x08\x00", 6);
	assert_memory_equal(packet + 18, before + 14, bytes - 14);
	assert_ok(resized("resize_xdp", packet, &now, NET_POP));
	assert_int_equal(now, bytes);
	assert_memory_equal(packet, before, bytes);
	for (int side = 0; side < 2; side++) {
		assert_int_equal(resized(resizes[side], packet, &now, NET_POP), -EINVAL);
		assert_int_equal(now, bytes);
		assert_memory_equal(packet, before, bytes);
		assert_ok(resized(resizes[side], packet, &now, NET_PUSH | NET_POP));
		assert_int_equal(now, bytes);
		assert_memory_equal(packet, before, bytes);
	}
}

/* The kernel keeps the tag beside the packet; a second one puts the first into it. */
TEST_WITH(tags_of_tc_are_beside_the_packet_until_another_comes, bpf_net_start, NULL)
{
	unsigned char packet[MOST], before[MOST];
	size_t bytes = packet_build(before, 0), now = bytes;

	memcpy(packet, before, bytes);
	assert_ok(resized("resize_tc", packet, &now, NET_PUSH));
	assert_int_equal(now, bytes);
	assert_memory_equal(packet, before, bytes);
	memcpy(packet, before, 12);
	memcpy(packet + 12, "\x81\x00\x00\x07", 4);
	memcpy(packet + 16, before + 12, bytes - 12);
	now = bytes + 4;
	assert_ok(resized("resize_tc", packet, &now, NET_POP)); /* one that is in it */
	assert_int_equal(now, bytes);
	assert_memory_equal(packet, before, bytes);
}

TEST_WITH(room_is_made_and_taken_behind_the_ethernet_header, bpf_net_start, NULL)
{
	for (int side = 0; side < 2; side++) {
		unsigned char packet[MOST], before[MOST];
		size_t bytes = packet_build(before, 0), now = bytes;

		memcpy(packet, before, bytes);
		assert_ok(resized(resizes[side], packet, &now, NET_ROOM));
		assert_int_equal(now, bytes + 20);
		assert_memory_equal(packet, before, 14);
		assert_memory_equal(packet + 34, before + 14, bytes - 14);
		assert_ok(resized(resizes[side], packet, &now, NET_UNROOM));
		assert_int_equal(now, bytes);
		assert_memory_equal(packet, before, bytes);
	}
}

TEST_WITH(room_that_is_not_there_is_refused_and_nothing_changes, bpf_net_start, NULL)
{
	unsigned char packet[MOST], before[MOST];
	size_t bytes = packet_build(before, 0), now = bytes;
	int err;

	/* 256 bytes are before a packet: one of 192 goes, a second one does not. */
	memcpy(packet, before, bytes);
	assert_ok(resized("resize_xdp", packet, &now, NET_MUCH_ROOM));
	assert_int_equal(now, bytes + 192);
	now = bytes;
	memcpy(packet, before, bytes);
	assert_ok(resized("resize_xdp", packet, &now, NET_PUSH | NET_ROOM));
	assert_int_equal(now, bytes + 24);
	for (int side = 0; side < 2; side++) {
		now = 20; /* less than what is to be cut off */
		memcpy(packet, before, now);
		memcpy(packet + 12, "\x88\xb5", 2);
		err = resized(resizes[side], packet, &now, NET_UNROOM);
		assert_true(side ? err < 0 : err == -EBADMSG);
		assert_int_equal(now, 20);
		assert_memory_equal(packet, before, 12);
	}
}

static void assert_encapsulated(const char *program, const unsigned char *before, size_t bytes,
				uint8_t proto, uint32_t room)
{
	bool is6 = before[14] >> 4 == 6;
	size_t inner = is6 ? 40u + (unsigned)(before[18] << 8 | before[19])
			   : (unsigned)(before[16] << 8 | before[17]);
	size_t now = bytes, total = inner + 20 + room;
	unsigned char packet[MOST], *ip = packet + 14;
	struct net_asked *asked = ask(0);
	uint32_t sum = 0;

	asked->bytes = room;
	asked->ttl = proto;
	memcpy(packet, before, bytes);
	now = bpf_net_run(program, packet, now);
	assert_int_equal(bpf_net_vars()->status, 0);
	assert_int_equal(now, bytes + 20 + room);
	assert_memory_equal(packet, before, 12);
	assert_memory_equal(packet + 12, "\x08\0\x45\0", 4);
	assert_int_equal(ip[2] << 8 | ip[3], total);
	assert_int_equal(ip[9], proto);
	assert_memory_equal(ip + 12, asked->src, 4);
	assert_memory_equal(ip + 16, asked->dst, 4);
	for (size_t i = 0; i < 20; i += 2)
		sum += (uint32_t)(ip[i] << 8 | ip[i + 1]);
	assert_int_equal((sum & 0xffff) + (sum >> 16), 0xffff);
	assert_memory_equal(ip + 20 + room, before + 14, bytes - 14);
}

TEST_WITH(ip_packets_are_put_into_ip_packets, bpf_net_start, NULL)
{
	static const char *const programs[] = { "encap_xdp", "encap_tc" };
	unsigned char packet[MOST];
	uint64_t seed = 11;

	for (unsigned int kind = 0; kind < PACKET_KINDS; kind++) {
		size_t bytes = make(packet, kind, &seed);

		for (int side = 0; side < 2; side++) {
			assert_encapsulated(programs[side], packet, bytes,
					    packet[14] >> 4 == 6 ? 41 : 4, 0);
			assert_encapsulated(programs[side], packet, bytes, 17, 16);
		}
	}
	for (int side = 0; side < 2; side++) {
		size_t bytes = packet_build(packet, 5); /* ARP */

		ask(0);
		bpf_net_read(programs[side], packet, bytes);
		assert_int_equal(bpf_net_vars()->status, -EINVAL);
		bytes = make(packet, 0, &seed);
		packet[16] = packet[17] = 0xff; /* with one more header it is too long */
		bpf_net_read(programs[side], packet, bytes);
		assert_int_equal(bpf_net_vars()->status, -EINVAL);
	}
}
