// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include <linux/bpf.h>
#include <skep/testing.h>

#include "ports.skep.h"

static void packets_leave_their_time(void **state)
{
	SKEP_AUTO(ports) *app = NULL;
	SKEP_AUTO(skep_packet) *packet = NULL, *again = NULL;
	SKEP_AUTO(skep_pcap_writer) *writer = NULL;
	SKEP_AUTO(skep_pcap) *capture = NULL;
	const uint64_t when = 5000000000;
	const uint16_t port = 53;
	struct skep_test_bench_result cost;
	struct skep_test_result result;

	(void)state;
	skep_assert_ok(ports_open(&app, NULL));
	skep_assert_ok(ports_load(app));
	skep_assert_ok(skep_test_set_time(ports_object(app), when, 0));
	skep_assert_ok(skep_packet_build(&packet, SKEP_ETH(), SKEP_IPV4(), SKEP_UDP(.dst = 53)));
	skep_assert_ok(skep_pcap_writer_new(&writer, "ports.pcap", NULL));
	skep_assert_ok(skep_pcap_writer_add(writer, packet, 1));
	skep_assert_ok(skep_pcap_writer_flush(writer));
	skep_assert_ok(skep_pcap_open(&capture, "ports.pcap", NULL));
	skep_assert_ok(skep_pcap_next(capture, &again));
	skep_assert_ok(skep_test_packet(&result, ports_program_see(app), again, NULL));
	assert_int_equal(result.retval, XDP_DROP);
	skep_assert_map_has(ports_map_last(app), &port, &when);
	skep_assert_map_count(ports_map_last(app), 1);
	skep_assert_ok(skep_test_bench(
		&cost, ports_program_see(app),
		SKEP_OPTS(skep_test_bench_opts, .packet = packet, .runs = 100, .rounds = 3)));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(packets_leave_their_time) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
