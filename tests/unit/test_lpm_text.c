// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Networks as text, and back. */
#include "harness/test.h"

#include <arpa/inet.h>

#include <skep/error.h>
#include <skep/map.h>

#define MASKED SKEP_OPTS(skep_lpm_opts, .mask = true)

TEST(networks_of_ipv4_are_read_and_written)
{
	static const struct {
		const char *text, *back;
		uint8_t addr[4];
		uint32_t bits;
	} good[] = {
		{ "10.0.0.0/8", "10.0.0.0/8", { 10, 0, 0, 0 }, 8 },
		{ "0.0.0.0/0", "0.0.0.0/0", { 0 }, 0 },
		{ "255.255.255.255", "255.255.255.255/32", { 255, 255, 255, 255 }, 32 },
		{ "192.168.1.128/25", "192.168.1.128/25", { 192, 168, 1, 128 }, 25 },
		{ "1.2.3.4/32", "1.2.3.4/32", { 1, 2, 3, 4 }, 32 },
		{ "128.0.0.0/1", "128.0.0.0/1", { 128 }, 1 },
	};
	char text[SKEP_LPM4_TEXT_BYTES];
	struct skep_lpm4 key;

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_ok(skep_lpm4_parse(&key, good[i].text, NULL));
		assert_int_equal(key.prefixlen, good[i].bits);
		assert_memory_equal(key.addr, good[i].addr, 4);
		assert_ok(skep_lpm4_text(&key, text, sizeof(text)));
		assert_string_equal(text, good[i].back);
	}
}

TEST(networks_of_ipv6_are_read_and_written_in_the_short_form)
{
	static const char *const good[][2] = {
		{ "2001:db8::/32", "2001:db8::/32" },
		{ "2001:0DB8:0:0:0:0:0:1", "2001:db8::1/128" },
		{ "::/0", "::/0" },
		{ "::1", "::1/128" },
		{ "fe80::/10", "fe80::/10" },
		{ "::ffff:10.0.0.0/104", "::ffff:10.0.0.0/104" },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128",
		  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128" },
	};
	char text[SKEP_LPM6_TEXT_BYTES];
	struct skep_lpm6 key;

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_ok(skep_lpm6_parse(&key, good[i][0], NULL));
		assert_ok(skep_lpm6_text(&key, text, sizeof(text)));
		assert_string_equal(text, good[i][1]);
	}
}

static const char *const bad4[] = {
	"",
	"/",
	"/8",
	"10",
	"10.0",
	"10.0.0",
	"10.0.0.",
	"10.0.0.0/",
	"10.0.0.0/33",
	"10.0.0.0/-1",
	"10.0.0.0/08",
	"10.0.0.0/8 ",
	" 10.0.0.0/8",
	"010.0.0.0/8",
	"10.0.0.256",
	"1.2.3.4.5",
	"1.2.3.4/8/8",
	"0x0a.0.0.0",
	"10.0.0.0\n",
	"10.0.0.0/+8",
	"::1",
	"a.b.c.d",
	"1..2.3",
	"10.0.0.0/8x",
	"10.0.0.0/4294967304",
	"99999999999.0.0.0",
	"10.0.0.00",
	"10,0.0.0",
	"10.0.0.0/0x8",
	"111111111111111111111111111111111111111111111111111111111111111111111111111111",
};

static const char *const bad6[] = {
	"",
	":",
	":::",
	"1::2::3",
	"2001:db8::/129",
	"2001:db8::/",
	"fe80::1%eth0",
	"10.0.0.0",
	"12345::",
	" ::1",
	"::1 ",
	"g::",
	"1:2:3:4:5:6:7",
	"1:2:3:4:5:6:7:8:9",
	"::/00",
	"::/1/1",
	"::ffff:010.0.0.1",
	"[::1]",
};

TEST(what_is_no_network_is_einval_and_the_key_untouched)
{
	struct skep_lpm4 key4 = { 7, { 7, 7, 7, 7 } };
	struct skep_lpm6 key6 = { 7, { 7 } };

	for (size_t i = 0; i < sizeof(bad4) / sizeof(*bad4); i++) {
		if (skep_lpm4_parse(&key4, bad4[i], NULL) != -EINVAL)
			fail_msg("'%s' is an IPv4 network", bad4[i]);
		assert_non_null(skep_error_last()->hint);
		assert_null(strchr(skep_error_last()->message, '\n'));
	}
	for (size_t i = 0; i < sizeof(bad6) / sizeof(*bad6); i++)
		if (skep_lpm6_parse(&key6, bad6[i], NULL) != -EINVAL)
			fail_msg("'%s' is an IPv6 network", bad6[i]);
	assert_error(skep_lpm4_parse(&key4, NULL, NULL), EINVAL);
	assert_int_equal(key4.prefixlen + key4.addr[0], 14);
	assert_int_equal(key6.prefixlen + key6.addr[0], 14);
}

TEST(host_bits_are_refused_with_the_network_or_masked)
{
	struct skep_lpm4 key = { 0 };
	struct skep_lpm6 key6;

	assert_error(skep_lpm4_parse(&key, "10.1.2.3/8", NULL), EINVAL);
	assert_string_equal(skep_error_last()->message,
			    "'10.1.2.3/8' has bits set beyond its first 8");
	assert_string_equal(skep_error_last()->hint,
			    "write 10.0.0.0/8, or set .mask in struct skep_lpm_opts");
	assert_ok(skep_lpm4_parse(&key, "10.1.2.3/8", MASKED));
	assert_int_equal(key.addr[0], 10);
	assert_int_equal(key.addr[1] | key.addr[2] | key.addr[3], 0);
	assert_error(skep_lpm6_parse(&key6, "2001:db8::1/33", NULL), EINVAL);
	assert_ok(skep_lpm6_parse(&key6, "2001:db8:ffff::1/33", MASKED));
	assert_int_equal(key6.addr[4], 0x80);
	assert_int_equal(key6.addr[5] | key6.addr[15], 0);
	assert_error(skep_lpm4_parse(&key, "10.0.0.0/8", &(struct skep_lpm_opts){ 0 }), EINVAL);
}

TEST(text_without_room_or_of_a_wrong_key_is_refused)
{
	struct skep_lpm4 key = { 33, { 0 } };
	struct skep_lpm6 key6 = { 129, { 0 } };
	char text[SKEP_LPM6_TEXT_BYTES] = "as it was";

	assert_error(skep_lpm4_text(&key, text, sizeof(text)), EINVAL);
	assert_error(skep_lpm6_text(&key6, text, sizeof(text)), EINVAL);
	key = (struct skep_lpm4){ 32, { 255, 255, 255, 255 } };
	assert_error(skep_lpm4_text(&key, text, 18), E2BIG);
	assert_error(skep_lpm4_text(&key, text, 0), E2BIG);
	assert_string_equal(text, "as it was");
	assert_ok(skep_lpm4_text(&key, text, 19));
}

SKEP_LPM_KEY(bits24, 3);

TEST(mask_clears_what_is_beyond_the_prefix_and_says_so)
{
	struct bits24 key = { 13, { 0xff, 0xff, 0xff } };
	struct skep_lpm4 key4 = { 32, { 1, 2, 3, 4 } };

	assert_true(skep_lpm_mask(&key));
	assert_int_equal(key.data[0], 0xff);
	assert_int_equal(key.data[1], 0xf8);
	assert_int_equal(key.data[2], 0);
	assert_false(skep_lpm_mask(&key));
	assert_false(skep_lpm_mask(&key4));
	key4.prefixlen = UINT32_MAX;
	assert_false(skep_lpm_mask(&key4));
	key4.prefixlen = 0;
	assert_true(skep_lpm_mask(&key4));
	assert_int_equal(key4.addr[0] | key4.addr[3], 0);
}

TEST(random_networks_survive_the_way_to_text_and_back)
{
	char text[SKEP_LPM6_TEXT_BYTES], text6[SKEP_LPM6_TEXT_BYTES];

	srand(7);
	for (int round = 0; round < 100000; round++) {
		struct skep_lpm4 key = { (uint32_t)rand() % 33, { 0 } }, back;
		struct skep_lpm6 key6 = { (uint32_t)rand() % 129, { 0 } }, back6;

		for (int i = 0; i < 4; i++)
			key.addr[i] = (uint8_t)rand();
		for (int i = 0; i < 16; i++)
			key6.addr[i] = rand() % 3 ? (uint8_t)rand() : 0;
		(void)skep_lpm_mask(&key);
		(void)skep_lpm_mask(&key6);
		assert_ok(skep_lpm4_text(&key, text, SKEP_LPM4_TEXT_BYTES));
		assert_ok(skep_lpm6_text(&key6, text6, sizeof(text6)));
		assert_ok(skep_lpm4_parse(&back, text, NULL));
		assert_ok(skep_lpm6_parse(&back6, text6, NULL));
		assert_memory_equal(&key, &back, sizeof(key));
		assert_memory_equal(&key6, &back6, sizeof(key6));
	}
}

/* Whatever is read as an address is what the libc reads; and nothing else is. */
TEST(random_texts_are_read_as_the_libc_does_or_refused)
{
	static const char letters[] = "0123456789./:abcf ";
	uint32_t accepted = 0;

	srand(8);
	for (int round = 0; round < 300000; round++) {
		char text[24];
		int length = rand() % 20;
		struct skep_lpm4 key;
		struct in_addr addr;

		if (round % 2)
			length = snprintf(text, sizeof(text), "%d.%d.%d.%d", rand() % 300,
					  rand() % 300, rand() % 300, rand() % 300);
		for (int i = 0; i < length; i++)
			if (round % 2 == 0 || rand() % 20 == 0)
				text[i] = letters[rand() % (int)(sizeof(letters) - 1)];
		text[length] = '\0';
		if (strchr(text, '/'))
			continue;
		if (skep_lpm4_parse(&key, text, NULL))
			continue;
		accepted++;
		assert_int_equal(inet_pton(AF_INET, text, &addr), 1);
		assert_memory_equal(&addr, key.addr, 4);
	}
	assert_true(accepted > 1000);
}
