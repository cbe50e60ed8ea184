/* SPDX-License-Identifier: 0BSD */
/*
 * Two network namespaces with a wire between them: datagrams sent to the port come to the socket of
 * AF_XDP, each byte of them, and not to the kernel's; those to another port go where they always do.
 */
#define _GNU_SOURCE /* unshare() */
#include <arpa/inet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <skep/skep.h>

#include "bypass.skep.h"
#include "xsk.h"

#define EXIT_SKIPPED 77
#define DATAGRAMS    200 /* a wire of the kernel's holds 256 */
#define ROUNDS       6   /* so that each of the memory's 1024 frames is used again */
#define PORT         7001
#define OTHER_PORT   7002
#define HERE         "10.77.0.1"
#define THERE        "10.77.0.2"

struct headers {
	struct ether_header ethernet;
	struct iphdr ip;
	struct udphdr udp;
} __attribute__((packed));

/* Of another length each, with a text of its own. */
static size_t payload_of(unsigned int number, char text[1024])
{
	size_t bytes = 16 + number * 3;

	memset(text, 'a' + (int)(number % 26), bytes);
	text[snprintf(text, 16, "datagram %u", number)] = ' ';
	return bytes;
}

static int udp_socket(const char *address, uint16_t port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), room = 1 << 22;

	inet_pton(AF_INET, address, &at.sin_addr);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	return bind(fd, (struct sockaddr *)&at, sizeof(at)) ? -1 : fd;
}

static int send_to(uint16_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = udp_socket(THERE, PORT);
	char text[1024];

	inet_pton(AF_INET, HERE, &to.sin_addr);
	for (unsigned int i = 0; i < DATAGRAMS; i++) {
		size_t bytes = payload_of(i, text);

		if (sendto(fd, text, bytes, 0, (struct sockaddr *)&to, sizeof(to)) !=
		    (ssize_t)bytes)
			return -1;
	}
	return close(fd);
}

static int hear(int fd)
{
	char word;

	return read(fd, &word, 1) != 1;
}

static void say(int fd)
{
	assert_int_equal(write(fd, "", 1), 1);
}

/* The other end of the wire: a process in a namespace of its own, which sends when told to. */
static void be_there(int fd)
{
	int failed;

	if (unshare(CLONE_NEWNET) || write(fd, "", 1) != 1 || hear(fd) ||
	    system("ip address add " THERE "/24 dev there && ip link set there up && "
		   "ip neigh add " HERE " lladdr 02:00:00:00:00:01 dev there"))
		_exit(1);
	failed = hear(fd) || send_to(OTHER_PORT);
	for (int i = 0; i < ROUNDS && !failed; i++)
		failed = hear(fd) || send_to(PORT);
	_exit(failed);
}

static pid_t start_sender(int *line)
{
	char command[64];
	int ends[2];
	pid_t pid;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	assert_int_equal(system("ip link add here address 02:00:00:00:00:01 type veth "
				"peer name there && ip address add " HERE "/24 dev here && "
				"ip link set here up"),
			 0);
	pid = fork();
	if (!pid) {
		close(ends[0]); /* it ends with us */
		be_there(ends[1]);
	}
	close(ends[1]);
	*line = ends[0];
	assert_int_equal(hear(*line), 0); /* it has a namespace of its own */
	snprintf(command, sizeof(command), "ip link set there netns %d", pid);
	assert_int_equal(system(command), 0);
	say(*line);
	return pid;
}

/* Frames come in the order in which they were sent. */
static int check_frame(const unsigned char *frame, uint32_t bytes, void *ctx)
{
	unsigned int *arrived = ctx;
	struct headers headers;
	char text[1024];
	size_t length = payload_of((*arrived)++, text);

	assert_int_equal(bytes, sizeof(headers) + length);
	memcpy(&headers, frame, sizeof(headers));
	assert_int_equal(headers.ethernet.ether_type, htons(ETHERTYPE_IP));
	assert_int_equal(headers.ip.saddr, inet_addr(THERE));
	assert_int_equal(headers.ip.daddr, inet_addr(HERE));
	assert_int_equal(headers.udp.dest, htons(PORT));
	assert_memory_equal(frame + sizeof(headers), text, length);
	return 0;
}

static unsigned int receive_by(struct xsk *xsk)
{
	struct pollfd readable = { .fd = xsk->fd, .events = POLLIN };
	unsigned int arrived = 0;

	while (arrived < DATAGRAMS && poll(&readable, 1, 2000) == 1)
		assert_int_equal(xsk_receive(xsk, check_frame, &arrived), 0);
	return arrived;
}

static unsigned int receive_as_ever(int fd)
{
	struct pollfd readable = { .fd = fd, .events = POLLIN };
	char is[1024], expected[1024];
	unsigned int arrived = 0;

	while (arrived < DATAGRAMS && poll(&readable, 1, 2000) == 1) {
		size_t bytes = payload_of(arrived++, expected);

		assert_int_equal(read(fd, is, sizeof(is)), bytes);
		assert_memory_equal(is, expected, bytes);
	}
	return arrived;
}

static void packets_to_the_port_come_to_the_socket_and_others_to_the_kernel(void **state)
{
	SKEP_AUTO(bypass) *app = NULL;
	SKEP_AUTO(skep_link) *link = NULL;
	struct xsk xsk = { 0 };
	int line, wanted, other, status;
	char nothing[1];
	pid_t sender;

	(void)state;
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	sender = start_sender(&line);
	wanted = udp_socket(HERE, PORT);
	other = udp_socket(HERE, OTHER_PORT);
	if (bypass_open(&app, NULL))
		fail_msg("%s", skep_error_last()->message);
	bypass_consts(app)->port = PORT;
	if (bypass_load(app) || skep_attach_xdp(&link, bypass_program_choose(app), "here", NULL) ||
	    xsk_open(&xsk, if_nametoindex("here"), 0) ||
	    skep_map_set_fd(bypass_map_sockets(app), 0, xsk.fd))
		fail_msg("%s", skep_error_last()->message);

	say(line);
	assert_int_equal(receive_as_ever(other), DATAGRAMS);
	for (int i = 0; i < ROUNDS; i++) {
		say(line);
		assert_int_equal(receive_by(&xsk), DATAGRAMS);
	}
	assert_int_equal(xsk_lost(&xsk), 0);
	assert_int_equal(waitpid(sender, &status, 0), sender);
	assert_int_equal(status, 0);
	assert_int_equal(read(wanted, nothing, 1), -1);
	assert_int_equal(xsk_receive(&xsk, check_frame, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_to_the_port_come_to_the_socket_and_others_to_the_kernel),
	};

	if (geteuid() || system("ip -V > /dev/null 2>&1")) {
		fprintf(stderr, "skipped: needs root, and ip of iproute2\n");
		return EXIT_SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
