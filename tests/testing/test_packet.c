// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Packets byte by byte, and what cannot be built. As tshark sees them: packets.sh. */
#include "harness/test.h"

#include <skep/testing.h>

#include "refusal.h"
#include "samples.h"

TEST(udp_packet_is_this_one)
{
	static const unsigned char expected[] = {
		2,    0, 0, 0,  0,   2, 2, 0, 0,  0,  0,    1,    8, 0, /* Ethernet */
		0x45, 0, 0, 29, 0,   0, 0, 0, 64, 17, 0xf6, 0xcc,       /* IPv4 */
		192,  0, 2, 1,  192, 0, 2, 2, 0,  7,  0,    9,    0, 9, 0x03, 0xc8, 'x', /* UDP */
	};
	SKEP_AUTO(skep_packet) *packet = NULL, *same = NULL;

	skep_assert_ok(skep_packet_build(&packet, SKEP_ETH(), SKEP_IPV4(),
					 SKEP_UDP(.src = 7, .dst = 9), SKEP_PAYLOAD("x")));
	skep_assert_ok(skep_packet_from(&same, expected, sizeof(expected)));
	skep_assert_packet(packet, same);
	assert_int_equal(skep_packet_bytes(packet), sizeof(expected));
	assert_int_equal(skep_packet_wire_bytes(packet), sizeof(expected));
	assert_int_equal(skep_packet_time_ns(packet), 0);
}

/* The sum of all 16-bit words of what a checksum covers, itself included, is 0xffff. */
static uint32_t sum(const unsigned char *data, size_t bytes, uint32_t start)
{
	for (size_t i = 0; i < bytes; i++)
		start += i % 2 ? data[i] : (uint32_t)data[i] << 8;
	while (start >> 16)
		start = (start & 0xffff) + (start >> 16);
	return start;
}

TEST(checksums_are_right_at_every_length_and_never_zero_in_udp)
{
	for (size_t n = 0; n < 600; n++) {
		SKEP_AUTO(skep_packet) *packet = NULL;
		unsigned char bytes[600];
		unsigned char *ip, *l4;
		uint32_t length = (uint32_t)n + 8;

		for (size_t i = 0; i < n; i++)
			bytes[i] = (unsigned char)(n * 7 + i * i);
		skep_assert_ok(skep_packet_build(&packet, SKEP_IPV4(), SKEP_UDP(.dst = 9),
						 SKEP_BYTES(bytes, n)));
		ip = skep_packet_layer(packet, 0);
		l4 = skep_packet_layer(packet, 1);
		assert_int_equal(sum(ip, 20, 0), 0xffff);
		assert_int_equal(sum(l4, length, sum(ip + 12, 8, 17 + length)), 0xffff);
		assert_true(l4[6] || l4[7]);
	}
}

TEST(udp_checksum_that_comes_out_as_zero_is_all_ones)
{
	SKEP_AUTO(skep_packet) *packet = NULL;
	unsigned char *l4, word[2];

	/* A word that makes the sum 0xffff: what is left when it is zero. */
	skep_assert_ok(
		skep_packet_build(&packet, SKEP_IPV4(), SKEP_UDP(.dst = 9), SKEP_BYTES("\0\0", 2)));
	l4 = skep_packet_layer(packet, 1);
	word[0] = l4[6];
	word[1] = l4[7];
	skep_packet_free(SKEP_TAKE(packet));
	skep_assert_ok(
		skep_packet_build(&packet, SKEP_IPV4(), SKEP_UDP(.dst = 9), SKEP_BYTES(word, 2)));
	l4 = skep_packet_layer(packet, 1);
	assert_int_equal(l4[6], 0xff);
	assert_int_equal(l4[7], 0xff);
}

TEST(every_sample_has_its_layers_where_they_are_said_to_be)
{
	for (size_t i = 0; i < sample_count; i++) {
		SKEP_AUTO(skep_packet) *packet = NULL;

		skep_assert_ok(sample_build(&packet, &samples[i]));
		assert_ptr_equal(skep_packet_layer(packet, 0), skep_packet_data(packet));
		assert_ptr_equal(skep_packet_layer(packet, 1), skep_packet_data(packet) + 14);
		assert_null(skep_packet_layer(packet, 10));
	}
}

TEST(packet_that_is_cut_off_keeps_what_was_before)
{
	SKEP_AUTO(skep_packet) *packet = NULL, *whole = NULL;

	skep_assert_ok(skep_packet_build(&whole, SKEP_ETH(), SKEP_IPV4(), SKEP_TCP(.dst = 80)));
	skep_assert_ok(skep_packet_build(&packet, SKEP_ETH(), SKEP_IPV4(), SKEP_TCP(.dst = 80)));
	skep_assert_ok(skep_packet_cut(packet, 34));
	assert_int_equal(skep_packet_bytes(packet), 34);
	assert_memory_equal(skep_packet_data(packet), skep_packet_data(whole), 34);
	assert_non_null(skep_packet_layer(packet, 1));
	assert_null(skep_packet_layer(packet, 2));
	skep_assert_error(skep_packet_cut(packet, 35), EINVAL);
	skep_assert_error(skep_packet_cut(NULL, 0), EINVAL);
	skep_assert_ok(skep_packet_cut(packet, 0));
	assert_int_equal(skep_packet_bytes(packet), 0);
}

/* One layer that cannot be built, behind Ethernet, and the words that say why. */
#define REFUSED(code, words, ...)                                                                  \
	do {                                                                                       \
		struct skep_packet *packet_ = NULL;                                                \
		skep_assert_error(skep_packet_build(&packet_, SKEP_ETH(), __VA_ARGS__), code);     \
		assert_null(packet_);                                                              \
		if (!strstr(skep_error_last()->message, words))                                    \
			fail_msg("'%s' is not in: %s", words, skep_error_last()->message);         \
	} while (0)

TEST(addresses_that_are_none_are_named_with_their_layer)
{
	static const char *const macs[] = { "",
					    "02",
					    "02:00:00:00:00",
					    "02:00:00:00:00:0",
					    "02:00:00:00:00:01:",
					    "02:00:00:00:00:01 ",
					    "02-00-00-00-00-01",
					    "02:00:00:00:00:0g",
					    "::::::" };
	static const char *const ips[] = { "",    "10.0.0",    "10.0.0.256", "10.0.0.1 ",
					   "::1", "localhost", "010.0.0.1/8" };

	for (size_t i = 0; i < sizeof(macs) / sizeof(*macs); i++) {
		REFUSED(EINVAL, "layer 2 (Ethernet)", SKEP_ETH(.src = macs[i]));
		REFUSED(EINVAL, "is not a MAC address", SKEP_ETH(.dst = macs[i]));
		REFUSED(EINVAL, "layer 2 (ARP)", SKEP_ARP(.sender_mac = macs[i]));
		REFUSED(EINVAL, "layer 2 (ARP)", SKEP_ARP(.target_mac = macs[i]));
	}
	for (size_t i = 0; i < sizeof(ips) / sizeof(*ips); i++) {
		REFUSED(EINVAL, "is not an IPv4 address", SKEP_IPV4(.src = ips[i]));
		REFUSED(EINVAL, "layer 2 (IPv4)", SKEP_IPV4(.dst = ips[i]));
		REFUSED(EINVAL, "layer 2 (ARP)", SKEP_ARP(.sender_ip = ips[i]));
		REFUSED(EINVAL, "layer 2 (ARP)", SKEP_ARP(.target_ip = ips[i]));
	}
	REFUSED(EINVAL, "is not an IPv6 address", SKEP_IPV6(.src = "10.0.0.1"));
	REFUSED(EINVAL, "layer 3 (IPv6)", SKEP_VLAN(), SKEP_IPV6(.dst = "fe80::1%lo"));
}

TEST(numbers_out_of_range_are_named_with_their_layer)
{
	static const unsigned char bytes[4096];

	REFUSED(EINVAL, "id is at most 4095, not 4096", SKEP_VLAN(.id = 4096));
	REFUSED(EINVAL, "priority", SKEP_VLAN(.priority = 8));
	REFUSED(EINVAL, "type is at most 65535", SKEP_ETH(.type = 0x10000));
	REFUSED(EINVAL, "ttl", SKEP_IPV4(.ttl = 256));
	REFUSED(EINVAL, "ihl", SKEP_IPV4(.ihl = 16));
	REFUSED(EINVAL, "multiple of 8, not 7", SKEP_IPV4(.offset = 7));
	REFUSED(EINVAL, "options_bytes is at most 40",
		SKEP_IPV4(.options = bytes, .options_bytes = 41));
	REFUSED(EINVAL, "options is NULL", SKEP_IPV4(.options_bytes = 4));
	REFUSED(EINVAL, "flow_label", SKEP_IPV6(.flow_label = 1 << 20));
	REFUSED(EINVAL, "data is NULL", SKEP_IPV6_HOP(.bytes = 4));
	REFUSED(EINVAL, "bytes", SKEP_IPV6_DEST(.data = bytes, .bytes = 2047));
	REFUSED(EINVAL, "bytes", SKEP_IPV6_ROUTE(.data = bytes, .bytes = (size_t)-1));
	REFUSED(EINVAL, "multiple of 8", SKEP_IPV6_FRAGMENT(.offset = 1));
	REFUSED(EINVAL, "options_bytes is at most 36",
		SKEP_TCP(.mss = 1460, .options = bytes, .options_bytes = 37));
	REFUSED(EINVAL, "data_offset", SKEP_TCP(.data_offset = 16));
	REFUSED(EINVAL, "checksum", SKEP_UDP(.checksum = 0x10000));
	REFUSED(EINVAL, "type is at most 255", SKEP_ICMP(.type = 256));
	REFUSED(EINVAL, "vni is at most 16777215", SKEP_VXLAN(.vni = 1 << 24));
	REFUSED(EINVAL, "multiple of 4", SKEP_GENEVE(.options = bytes, .options_bytes = 3));
	REFUSED(EINVAL, "options_bytes", SKEP_GENEVE(.options = bytes, .options_bytes = 256));
	REFUSED(EINVAL, "version", SKEP_GRE(.version = 8));
}

TEST(packets_that_are_too_long_are_refused)
{
	const struct skep_layer one = SKEP_FILL(1);
	struct skep_layer many[33];
	struct skep_packet *packet = NULL;
	static unsigned char bytes[SKEP_PACKET_MAX + 1];

	REFUSED(E2BIG, "longer than 262144 bytes", SKEP_FILL(SKEP_PACKET_MAX - 13));
	REFUSED(E2BIG, "longer than 262144 bytes", SKEP_FILL((size_t)-1));
	REFUSED(E2BIG, "layer 2 (IPv4): its length has 16 bits", SKEP_IPV4(), SKEP_FILL(65516));
	REFUSED(E2BIG, "layer 3 (UDP)", SKEP_IPV6(.length = 8), SKEP_UDP(), SKEP_FILL(65528));
	skep_assert_ok(skep_packet_build(&packet, SKEP_ETH(), SKEP_IPV4(), SKEP_FILL(65515)));
	skep_packet_free(SKEP_TAKE(packet));
	skep_assert_ok(skep_packet_build(&packet, SKEP_FILL(SKEP_PACKET_MAX)));
	skep_packet_free(SKEP_TAKE(packet));
	skep_assert_error(skep_packet_from(&packet, bytes, sizeof(bytes)), E2BIG);
	for (int i = 0; i < 33; i++)
		many[i] = one;
	skep_assert_ok(skep_packet_build_raw(&packet, many, 32));
	assert_int_equal(skep_packet_bytes(packet), 32);
	skep_packet_free(SKEP_TAKE(packet));
	skep_assert_error(skep_packet_build_raw(&packet, many, 33), EINVAL);
}

TEST(layers_that_are_none_are_refused)
{
	const struct skep_layer none = { 0 }, foreign = { .kind = (enum skep_layer_kind)99 },
				empty = { .kind = SKEP_LAYER_UDP };
	struct {
		struct skep_layer_udp udp;
		char more[8];
	} newer = { .udp = { .sz = sizeof(newer) } };
	const struct skep_layer_udp unset = { .dst = 9 };
	struct skep_layer layer = { .kind = SKEP_LAYER_UDP, .fields = &newer };
	struct skep_packet *packet = NULL;

	skep_assert_error(skep_packet_build_raw(&packet, NULL, 1), EINVAL);
	skep_assert_error(skep_packet_build_raw(&packet, &none, 0), EINVAL);
	skep_assert_error(skep_packet_build_raw(NULL, &none, 1), EINVAL);
	skep_assert_error(skep_packet_build_raw(&packet, &none, 1), EINVAL);
	skep_assert_error(skep_packet_build_raw(&packet, &foreign, 1), EINVAL);
	skep_assert_error(skep_packet_build_raw(&packet, &empty, 1), EINVAL);
	skep_assert_ok(skep_packet_build_raw(&packet, &layer, 1));
	skep_packet_free(SKEP_TAKE(packet));
	newer.more[7] = 1;
	skep_assert_error(skep_packet_build_raw(&packet, &layer, 1), E2BIG);
	layer.fields = &unset;
	skep_assert_error(skep_packet_build_raw(&packet, &layer, 1), EINVAL);
	assert_null(packet);
}

TEST(no_packet_has_nothing)
{
	struct skep_packet *packet = NULL;

	assert_null(skep_packet_data(NULL));
	assert_null(skep_packet_layer(NULL, 0));
	assert_int_equal(skep_packet_bytes(NULL), 0);
	assert_int_equal(skep_packet_wire_bytes(NULL), 0);
	skep_packet_free(NULL);
	skep_assert_error(skep_packet_from(&packet, NULL, 1), EINVAL);
	skep_assert_error(skep_packet_from(NULL, "x", 1), EINVAL);
	skep_assert_ok(skep_packet_from(&packet, NULL, 0));
	skep_packet_free(packet);
}

static void compare_other(void **state)
{
	SKEP_AUTO(skep_packet) *a = NULL, *b = NULL;

	(void)state;
	skep_assert_ok(skep_packet_build(&a, SKEP_ETH(), SKEP_IPV4(.ttl = 63), SKEP_UDP()));
	skep_assert_ok(skep_packet_build(&b, SKEP_ETH(), SKEP_IPV4(), SKEP_UDP()));
	skep_assert_packet(a, b);
}

static void compare_shorter(void **state)
{
	SKEP_AUTO(skep_packet) *a = NULL, *b = NULL;

	(void)state;
	skep_assert_ok(skep_packet_build(&a, SKEP_ETH()));
	skep_assert_ok(skep_packet_build(&b, SKEP_ETH(), SKEP_FILL(1)));
	skep_assert_packet(a, b);
}

static void compare_none(void **state)
{
	(void)state;
	skep_assert_packet(NULL, NULL);
}

TEST(packets_that_differ_are_shown_where_they_do)
{
	assert_refusal_says(compare_other, "other from byte 22 on, which is byte 8 of layer 2");
	assert_refusal_says(compare_other, "0010: 00 1c 00 00 00 00 3f 11");
	assert_refusal_says(compare_other, "0010: 00 1c 00 00 00 00 40 11");
	assert_refusal_says(compare_shorter, "14 bytes, expected 15");
	assert_refusal_says(compare_none, "there is no packet");
}
