/* SPDX-License-Identifier: 0BSD */
/* Runs the program in the kernel on packets that the test made, without an interface. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <linux/bpf.h>

#include <skep/skep.h>
#include <skep/testing.h>

#include "types.skep.h"

#define EXIT_SKIPPED 77

static uint32_t run_on(struct types *app, const void *packet, size_t bytes)
{
	struct skep_test_result result;

	skep_assert_ok(
		skep_test_run(&result, types_program_count(app),
			      SKEP_OPTS(skep_test_run_opts, .data = packet, .data_bytes = bytes)));
	return (uint32_t)result.retval;
}

static void packets_are_counted_by_type_with_their_bytes(void **state)
{
	SKEP_AUTO(types) *app = NULL;
	const unsigned char ipv4[60] = { [12] = 0x08, [13] = 0x00 };
	const unsigned char arp[42] = { [12] = 0x08, [13] = 0x06 };
	const uint16_t ipv4_type = 0x0800, arp_type = 0x0806;
	const struct amount of_ipv4 = { 3, 180 }, of_arp = { 1, 42 };

	(void)state;
	skep_assert_ok(types_open(&app, NULL));
	skep_assert_ok(types_load(app));
	for (int i = 0; i < 3; i++)
		assert_int_equal(run_on(app, ipv4, sizeof(ipv4)), XDP_PASS);
	assert_int_equal(run_on(app, arp, sizeof(arp)), XDP_PASS);
	skep_assert_map_has(types_map_by_type(app), &ipv4_type, &of_ipv4);
	skep_assert_map_has(types_map_by_type(app), &arp_type, &of_arp);
	skep_assert_map_count(types_map_by_type(app), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_are_counted_by_type_with_their_bytes),
	};

	if (geteuid()) {
		fprintf(stderr, "skipped: needs root\n");
		return EXIT_SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
