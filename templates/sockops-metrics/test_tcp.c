/* SPDX-License-Identifier: 0BSD */
/*
 * In a control group and a network namespace of its own: sends a known number of bytes over loopback,
 * and compares what is reported of both ends with it.
 */
#define _GNU_SOURCE /* unshare() */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>
#include <skep/skep.h>

#include "tcp.skep.h"

#define EXIT_SKIPPED 77
#define BYTES        100000
#define PORT         7001

static char group[256];

static void join(void)
{
	char path[300];
	FILE *members;

	snprintf(path, sizeof(path), "%s/cgroup.procs", group);
	members = fopen(path, "w");
	if (!members || fprintf(members, "0") < 0 || fclose(members))
		_exit(1);
}

/* Of one process: a client that sends, and a server that reads and answers with one byte. */
static void talk(void)
{
	static char data[BYTES];
	struct sockaddr_in here = { .sin_family = AF_INET,
				    .sin_port = htons(PORT),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
	int server;
	size_t read_bytes = 0;

	if (bind(listener, (struct sockaddr *)&here, sizeof(here)) || listen(listener, 1) ||
	    connect(client, (struct sockaddr *)&here, sizeof(here)))
		_exit(2);
	server = accept(listener, NULL, NULL);
	if (write(client, data, BYTES) != BYTES)
		_exit(3);
	while (read_bytes < BYTES) {
		ssize_t n = read(server, data, sizeof(data));

		if (n <= 0)
			_exit(4);
		read_bytes += (size_t)n;
	}
	if (write(server, data, 1) != 1 || read(client, data, 1) != 1)
		_exit(5);
	close(client);
	if (read(server, data, 1) != 0)
		_exit(6);
	close(server);
	_exit(0);
}

static void check(const struct tcp_event *e)
{
	assert_int_equal(e->local_address, htonl(INADDR_LOOPBACK));
	assert_int_equal(e->remote_address, htonl(INADDR_LOOPBACK));
	assert_int_equal(e->client ? e->remote_port : e->local_port, PORT);
	/* The kernel counts the beginning of a stream as a byte, and its end as another. */
	assert_in_range(e->sent, e->client ? BYTES : 1, (e->client ? BYTES : 1) + 2);
	assert_in_range(e->received, e->client ? 1 : BYTES, (e->client ? 1 : BYTES) + 2);
	assert_int_equal(e->segments_again, 0);
}

static void both_ends_are_reported_with_their_bytes(void **state)
{
	SKEP_AUTO(tcp) *app = NULL;
	SKEP_AUTO(skep_link) *link = NULL;
	struct ifreq up = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	tcp_events_ring events;
	unsigned int clients = 0, servers = 0;
	int err, status;
	pid_t pid;

	(void)state;
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	assert_int_equal(ioctl(socket(AF_INET, SOCK_DGRAM, 0), SIOCSIFFLAGS, &up), 0);
	if (tcp_open(&app, NULL) || tcp_load(app) || tcp_open_events(app, &events, NULL) ||
	    skep_attach_cgroup(&link, tcp_program_on_step(app), group, NULL))
		fail_msg("%s", skep_error_last()->message);
	pid = fork();
	if (!pid) {
		join();
		talk();
	}
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
	skep_ring_foreach(events, e, 500, &err) {
		check(e);
		clients += e->client;
		servers += !e->client;
	}
	skep_ring_free(events.ring);
	assert_int_equal(err, 0);
	assert_int_equal(clients, 1);
	assert_int_equal(servers, 1);
}

/* Where cgroup v2 is mounted is in /proc/mounts. */
static int make_group(void **state)
{
	char line[512], where[128];
	FILE *mounts = fopen("/proc/mounts", "r");
	int made = -1;

	(void)state;
	while (made && mounts && fgets(line, sizeof(line), mounts))
		if (sscanf(line, "%*s %127s", where) == 1 && strstr(line, " cgroup2 ")) {
			snprintf(group, sizeof(group), "%s/@NAME@-%d", where, getpid());
			made = mkdir(group, 0755);
		}
	if (mounts)
		fclose(mounts);
	return made;
}

static int remove_group(void **state)
{
	(void)state;
	return rmdir(group);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ends_are_reported_with_their_bytes),
	};

	if (geteuid()) {
		fprintf(stderr, "skipped: needs root\n");
		return EXIT_SKIPPED;
	}
	return cmocka_run_group_tests(tests, make_group, remove_group);
}
