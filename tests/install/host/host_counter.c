// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The counter of the template, given packets. With an argument: one that it must not survive. */
#include <linux/bpf.h>
#include <linux/types.h>

#include <skep/testing.h>
#include <skep/testing/host.h>

#include "counter.h"

int count(struct xdp_md *ctx);

static void give(const void *data, size_t bytes)
{
	SKEP_AUTO(skep_host_packet) *packet = NULL;

	skep_assert_ok(skep_host_packet_new(&packet, data, bytes));
	assert_int_equal(skep_host_run(count, skep_host_xdp(packet)), XDP_PASS);
}

static void protocols_are_counted(void **state)
{
	unsigned char ip4[14 + 20] = { [12] = 8, [14] = 0x45, [23] = 17 };
	unsigned char ip6[14 + 40] = { [12] = 0x86, 0xdd, [14] = 0x60, [20] = 6 };
	struct traffic seen;
	__u32 udp = 17, tcp = 6, none = 255;

	(void)state;
	skep_host_reset();
	give(ip4, sizeof(ip4));
	give(ip4, sizeof(ip4));
	give(ip6, sizeof(ip6));
	for (size_t bytes = 0; bytes < sizeof(ip6); bytes++)
		give(ip6, bytes);
	skep_assert_ok(skep_host_get("by_protocol", &udp, &seen));
	assert_int_equal(seen.packets, 2);
	assert_int_equal(seen.bytes, 2 * sizeof(ip4));
	skep_assert_ok(skep_host_get("by_protocol", &tcp, &seen));
	assert_int_equal(seen.packets, 1);
	skep_assert_ok(skep_host_get("by_protocol", &none, &seen));
	assert_int_equal(seen.packets, sizeof(ip6));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(protocols_are_counted) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
