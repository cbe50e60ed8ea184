/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* dnswatch and xdpcount beside tshark, which sees the same packets and decodes them by itself. */
#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/machine.h"
#include "harness/test.h"
#include "network.h"
#include "peer.h"
#include "sessions.h"

#define TSHARK   "/usr/bin/tshark"
#define MESSAGES 40

static struct peer ours, theirs;

/* Tab-separated fields of each packet, as they come. Nothing of somebody's own settings counts. */
#define START_TSHARK(...)                                                                          \
	do {                                                                                       \
		assert_int_equal(setenv("WIRESHARK_CONFIG_DIR", test_tmpdir(), 1), 0);             \
		PEER_START_OTHER(&theirs, "Capture started", TSHARK, "-l", "-n", "-p", "-T",       \
				 "fields", "-E", "occurrence=f", __VA_ARGS__);                     \
	} while (0)

static void stop_both(void)
{
	peer_stop(&ours);
	peer_stop(&theirs);
}

static void free_both(void)
{
	tool_free(&ours.tool);
	tool_free(&theirs.tool);
}

/* What is asked in turn, and answered. */
static const struct question {
	const char *type, *rcode;
	uint8_t type_number, rcode_number;
} questions[] = {
	{ "A", "NOERROR", 1, 0 },   { "AAAA", "NXDOMAIN", 28, 3 }, { "TXT", "SERVFAIL", 16, 2 },
	{ "MX", "REFUSED", 15, 5 }, { "HTTPS", "NOERROR", 65, 0 },
};

#define QUESTIONS (sizeof(questions) / sizeof(*questions))

/* Header, and one question for "nNN.example". */
static size_t make_query(uint8_t *to, int i)
{
	const struct question *q = &questions[(size_t)i % QUESTIONS];
	size_t at = 12;

	memset(to, 0, 64);
	to[1] = (uint8_t)(i + 1);
	to[2] = 1;
	to[5] = 1;
	to[at++] = 3;
	at += (size_t)sprintf((char *)to + at, "n%02d", i);
	to[at++] = 7;
	at += (size_t)sprintf((char *)to + at, "example") + 1;
	to[at + 1] = q->type_number;
	to[at + 3] = 1;
	return at + 4;
}

static void ask(int server, const struct sockaddr_storage *at, socklen_t length, int i)
{
	const struct question *q = &questions[(size_t)i % QUESTIONS];
	int fd = socket(at->ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_storage from;
	socklen_t from_bytes = sizeof(from);
	uint8_t message[64];
	size_t bytes = make_query(message, i);

	assert_int_equal(sendto(fd, message, bytes, 0, (const struct sockaddr *)at, length), bytes);
	assert_int_equal(recvfrom(server, message, sizeof(message), 0, (struct sockaddr *)&from,
				  &from_bytes),
			 bytes);
	message[2] |= 0x80;
	message[3] = q->rcode_number;
	assert_int_equal(sendto(server, message, bytes, 0, (struct sockaddr *)&from, from_bytes),
			 bytes);
	assert_int_equal(recv(fd, message, sizeof(message), 0), bytes);
	close(fd);
}

static void ask_often(int family, int server)
{
	struct sockaddr_storage at;
	socklen_t length = sizeof(at);

	assert_int_equal(getsockname(server, (struct sockaddr *)&at, &length), 0);
	for (int i = 0; i < MESSAGES; i++)
		if (i % 2 == (family == AF_INET6))
			ask(server, &at, length, i);
}

/* A line of ours: its time, process and name first, the server, and then what the message is. */
static unsigned long count_ours(int i, bool is_answer)
{
	const struct question *q = &questions[(size_t)i % QUESTIONS];
	unsigned long count = 0;
	char name[32];

	snprintf(name, sizeof(name), " n%02d.example", i);
	for (const char *line = ours.tool.text; *line;
	     line += strcspn(line, "\n"), line += !!*line) {
		char kind[16], type[16], rcode[16], text[512];

		snprintf(text, sizeof(text), "%.*s", (int)strcspn(line, "\n"), line);
		if (!strstr(text, name) ||
		    sscanf(text, "%*s %*s %*s %*s %15s %15s %15s", kind, type, rcode) != 3)
			continue;
		count += !strcmp(kind, is_answer ? "answer" : "query") && !strcmp(type, q->type) &&
			 (!is_answer || !strcmp(rcode, q->rcode));
	}
	return count;
}

static unsigned long count_theirs(int i, bool is_answer)
{
	const struct question *q = &questions[(size_t)i % QUESTIONS];
	char line[64], rcode[8] = "";

	if (is_answer)
		snprintf(rcode, sizeof(rcode), "%d", q->rcode_number);
	/* Later ones write True for 1. */
	snprintf(line, sizeof(line), "\tn%02d.example\t%d\t%s\n", i, q->type_number, rcode);
	return peer_count(&theirs, line);
}

TEST_WITH(dnswatch_tells_of_the_messages_that_tshark_sees, NULL, tool_teardown)
{
	struct sockaddr_in6 at = { .sin6_family = AF_INET6, .sin6_addr = in6addr_loopback };
	char port[8], filter[32], decode[32];
	int number, servers[2];

	peer_require(TSHARK, "tshark");
	sessions_make_network();
	servers[0] = socket_bound(AF_INET, SOCK_DGRAM, &number);
	snprintf(port, sizeof(port), "%d", number);
	servers[1] = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	at.sin6_port = htons((uint16_t)number);
	assert_int_equal(bind(servers[1], (struct sockaddr *)&at, sizeof(at)), 0);
	snprintf(filter, sizeof(filter), "udp port %d", number);
	snprintf(decode, sizeof(decode), "udp.port==%d,dns", number);
	START_TSHARK("-i", "lo", "-f", filter, "-d", decode, "-e", "dns.flags.response", "-e",
		     "dns.qry.name", "-e", "dns.qry.type", "-e", "dns.flags.rcode");
	PEER_START(&ours, " COMM ", "dnswatch", "-P", port);
	ask_often(AF_INET, servers[0]);
	ask_often(AF_INET6, servers[1]);
	stop_both();
	for (int i = 0; i < MESSAGES; i++)
		for (int is_answer = 0; is_answer < 2; is_answer++)
			if (count_ours(i, is_answer) != 1 || count_theirs(i, is_answer) != 1)
				fail_msg("n%02d: ours %lu, theirs %lu\n%s\n%s", i,
					 count_ours(i, is_answer), count_theirs(i, is_answer),
					 ours.tool.text, theirs.tool.text);
	assert_int_equal(peer_count(&ours, ".example"), 2 * MESSAGES);
	assert_int_equal(peer_count(&theirs, ".example"), 2 * MESSAGES);
	peer_print("dnswatch", &ours, "tshark", &theirs);
	free_both();
	close(servers[0]);
	close(servers[1]);
}

struct sum {
	unsigned long packets, bytes;
};

/* Packets and bytes that tshark saw of a source and a protocol. */
static struct sum sum_theirs(const char *source, int protocol)
{
	struct sum sum = { 0 };

	for (const char *line = theirs.tool.text; *line;
	     line += strcspn(line, "\n"), line += !!*line) {
		char from[64];
		int is, bytes;

		/* Of IPv4 and IPv6 one is empty. */
		if (sscanf(line, " %63[^\t] %d %d", from, &is, &bytes) != 3 ||
		    strcmp(from, source) != 0 || is != protocol)
			continue;
		sum.packets++;
		sum.bytes += (unsigned long)bytes;
	}
	return sum;
}

/* Of the last table. */
static struct sum sum_ours(const char *source, const char *protocol)
{
	struct sum sum = { 0 };

	for (const char *line = ours.tool.text; *line;
	     line += strcspn(line, "\n"), line += !!*line) {
		char is[32], from[64];
		struct sum row;

		if (sscanf(line, "%31s %63s %lu %lu", is, from, &row.packets, &row.bytes) == 4 &&
		    !strcmp(is, protocol) && !strcmp(from, source))
			sum = row;
	}
	return sum;
}

static void assert_same(const char *source, const char *name, int protocol)
{
	struct sum mine = sum_ours(source, name), others = sum_theirs(source, protocol);

	if (!mine.packets || mine.packets != others.packets || mine.bytes != others.bytes)
		fail_msg("%s from %s: %lu packets, %lu bytes; tshark: %lu, %lu\n%s", name, source,
			 mine.packets, mine.bytes, others.packets, others.bytes, ours.tool.text);
}

/* In generic mode: packets are what the interface was given, and nobody joins or parts them. */
TEST_WITH(xdpcount_counts_the_packets_and_bytes_that_tshark_sees, NULL, tool_teardown)
{
	require_root();
	peer_require(TSHARK, "tshark");
	network_make();
	START_TSHARK("-i", "rx0", "-s", "128", "-e", "ip.src", "-e", "ipv6.src", "-e", "ip.proto",
		     "-e", "ipv6.nxt", "-e", "frame.len");
	PEER_START(&ours, "Ctrl-C ends", "xdpcount", "-m", "generic", "rx0");
	network_send_udp(AF_INET, 200, 100);
	network_send_udp(AF_INET6, 150, 1000);
	network_send_icmp(AF_INET, 30, 56);
	network_send_tcp(AF_INET, 300000);
	network_send_tcp(AF_INET6, 100000);
	tool_settle(&theirs.tool);
	stop_both();
	assert_same(TX4, "udp", IPPROTO_UDP);
	assert_same(TX6, "udp", IPPROTO_UDP);
	assert_same(TX4, "icmp", IPPROTO_ICMP);
	assert_same(TX4, "tcp", IPPROTO_TCP);
	assert_same(TX6, "tcp", IPPROTO_TCP);
	peer_print("xdpcount", &ours, "tshark", &theirs);
	free_both();
}
