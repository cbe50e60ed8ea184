// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Programs of <skep/bpf/portable.h> at work: as on Linux, so the source would be on Windows. */
#include "harness/machine.h"
#include "harness/test.h"

#include <errno.h>
#include <string.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "app.h"
#include "bpf_portable.skep.h"
#include "group.h"

#define PORT 8080

static struct bpf_portable *app;

static void free_app(void)
{
	bpf_portable_free(app);
}

static void start(void **state)
{
	(void)state;
	require_root();
	if (app)
		return;
	assert_ok(bpf_portable_open(&app, NULL));
	atexit(free_app);
	if (bpf_portable_load(app))
		fail_msg("%s\n%s", skep_error_last()->message,
			 skep_error_last()->log ? skep_error_last()->log : "");
}

/* Runs a program on a packet, which becomes what the program made of it; returns its verdict. */
static unsigned int run(const char *program, unsigned char packet[64], unsigned int *bytes)
{
	struct skep_program *p = skep_object_program(bpf_portable_object(app), program);
	unsigned char out[128];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = 64, .data_out = out,
		    .data_size_out = sizeof(out));

	assert_non_null(p);
	assert_int_equal(bpf_prog_test_run_opts(skep_program_fd(p), &opts), 0);
	*bytes = opts.data_size_out;
	memcpy(packet, out, 64);
	return opts.retval;
}

/* The number of a key, of all processors where each has its own. */
static uint64_t number(const char *map, const void *key)
{
	uint64_t values[256] = { 0 }, sum = 0;
	const struct skep_map *m = skep_object_map(bpf_portable_object(app), map);

	assert_non_null(m);
	assert_true(sysconf(_SC_NPROCESSORS_CONF) <= 256);
	assert_int_equal(bpf_map_lookup_elem(skep_map_fd(m), key, values), 0);
	for (size_t i = 0; i < 256; i++)
		sum += values[i];
	return sum;
}

TEST_WITH(packets_are_counted_by_type_in_each_kind_of_map, start, NULL)
{
	unsigned char packet[64] = { 2, 1, 1, 1, 1, 1, 4, 5, 5, 5, 5, 5, 0x08, 0x00 };
	const unsigned char sent_back[] = { 4, 5, 5, 5, 5, 5, 2, 1, 1, 1, 1, 1 };
	struct packet_seen seen = { 0 };
	uint32_t zero = 0, second = 1;
	uint16_t type = 0x0800;
	unsigned int bytes;

	assert_int_equal(run("on_packet", packet, &bytes), 3); /* XDP_TX */
	assert_memory_equal(packet, sent_back, sizeof(sent_back));
	assert_int_equal(run("on_packet", packet, &bytes), 2); /* XDP_PASS */
	assert_int_equal(bytes, 60);
	assert_int_equal(number("packets", &zero), 2);
	assert_int_equal(number("packets", &second), 0);
	assert_int_equal(number("of_type", &type), 2);
	assert_int_equal(number("bytes_of_type", &type), 128);
	assert_true(number("last_of_type", &type) > 0);
	assert_true(number("here_of_type", &type) > 0);
	assert_int_equal(number("first_table", &second), 128);
	assert_ok(skep_queue_pop(bpf_portable_map_waiting(app), &seen));
	assert_int_equal(seen.bytes, 64);
	assert_int_equal(seen.type, type);
	assert_ok(skep_queue_pop(bpf_portable_map_newest(app), &seen));
	assert_int_equal(seen.bytes, 64);
}

TEST_WITH(longest_prefix_decides_over_a_packet, start, NULL)
{
	unsigned char packet[64] = { 10, 1, 2, 3, 1, 1, 4, 5, 5, 5, 5, 5, 0x86, 0xdd };
	const struct skep_lpm4 ten = { .prefixlen = 8, .addr = { 10 } };
	const uint32_t third = 3, drop = 1;
	unsigned int bytes;

	assert_ok(skep_map_put(bpf_portable_map_networks(app), &ten, &third));
	assert_ok(skep_map_put(bpf_portable_map_verdicts(app), &third, &drop));
	assert_int_equal(run("on_packet", packet, &bytes), 1); /* XDP_DROP */
	packet[0] = 11;
	assert_int_equal(run("on_packet", packet, &bytes), 2);
	assert_int_equal(run("numbers", packet, &bytes), 2);
}

TEST_WITH(records_come_through_a_ring_that_is_only_output_to, start, NULL)
{
	unsigned char packet[64] = { 9, 1, 1, 1, 1, 1, 4, 5, 5, 5, 5, 5, 0x08, 0x06 };
	const struct packet_seen *record = NULL;
	bpf_portable_seen_ring ring;
	unsigned int left;

	assert_ok(bpf_portable_open_seen(app, &ring, NULL));
	while (!skep_ring_next(ring, &record, 0))
		;
	run("on_packet", packet, &left);
	assert_ok(skep_ring_next(ring, &record, 0));
	assert_int_equal(record->bytes, 64);
	assert_int_equal(record->type, 0x0806);
	skep_ring_free(ring.ring);
}

/* Connects to PORT, of which nobody knows, then to one where this process listens. */
static int connect_twice(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(PORT),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);
	int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int bad = !connect(client, (struct sockaddr *)&address, size) || errno != EPERM;

	address.sin_port = htons(PORT + 1);
	bad = bad || bind(server, (struct sockaddr *)&address, size) || listen(server, 1) ||
	      connect(client, (struct sockaddr *)&address, size);
	close(client);
	close(server);
	return bad;
}

TEST_WITH(connections_are_refused_and_counted_by_port, start, NULL)
{
	struct skep_link *connects = NULL, *sockets = NULL;
	const uint64_t none = 0;
	const uint16_t port = PORT;
	const uint32_t open_port = PORT + 1;
	char group[GROUP_PATH];

	group_make(group, NULL, "portable");
	assert_ok(skep_map_put(bpf_portable_map_refused(app), &port, &none));
	assert_ok(skep_attach_cgroup(&connects, bpf_portable_program_on_connect(app), group, NULL));
	assert_ok(skep_attach_cgroup(&sockets, bpf_portable_program_on_socket(app), group, NULL));
	group_run(group, connect_twice);
	skep_link_free(connects);
	skep_link_free(sockets);
	group_remove(group);
	assert_int_equal(number("refused", &port), 1);
	assert_int_equal(number("established", &open_port), 1);
}
