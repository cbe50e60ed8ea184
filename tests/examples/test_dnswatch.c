/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* dnswatch: what a process asked and was answered, over UDP, TCP and both IPs; and messages that lie. */
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/machine.h"
#include "harness/test.h"
#include "sessions.h"
#include "traces.h"

static struct tool tool;
static struct sockaddr_storage places[2];
static int servers[2], listener, round_number;

/* Header, one question for "rN.NAME", its type; answered by setting the rest of the header. */
static size_t make(uint8_t *to, const char *name, size_t length, uint16_t type)
{
	static uint8_t id;
	char first[16];
	size_t at = 12;

	memset(to, 0, 12);
	to[1] = ++id;
	to[2] = 1; /* recursion is desired */
	to[5] = 1; /* one question */
	snprintf(first, sizeof(first), "r%d", round_number);
	to[at++] = (uint8_t)strlen(first);
	memcpy(to + at, first, strlen(first));
	at += strlen(first);
	to[at++] = (uint8_t)length;
	memcpy(to + at, name, length);
	at += length;
	memcpy(to + at, (uint8_t[]){ 0, (uint8_t)(type >> 8), (uint8_t)type, 0, 1 }, 5);
	return at + 5;
}

static void answer(uint8_t *message, uint8_t rcode, uint8_t answers)
{
	message[2] |= 0x80;
	message[3] = rcode;
	message[7] = answers;
}

/* Asks over UDP, by a socket that is connected or not, and answers it. */
static void ask(int which, bool connected, const char *name, size_t length, uint16_t type,
		uint8_t rcode, uint8_t answers)
{
	socklen_t bytes = which ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
	struct sockaddr *place = (struct sockaddr *)&places[which];
	int fd = socket(which ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_storage from;
	socklen_t from_bytes = sizeof(from);
	uint8_t message[600];
	size_t size = make(message, name, length, type);

	if (connected && connect(fd, place, bytes))
		_exit(1);
	if (sendto(fd, message, size, 0, connected ? NULL : place, connected ? 0 : bytes) < 0)
		_exit(2);
	if (recvfrom(servers[which], message, size, 0, (struct sockaddr *)&from, &from_bytes) < 0)
		_exit(3);
	answer(message, rcode, answers);
	if (sendto(servers[which], message, size, 0, (struct sockaddr *)&from, from_bytes) < 0 ||
	    recv(fd, message, sizeof(message), 0) < 0)
		_exit(4);
	close(fd);
}

static void ask_by_tcp(const char *name, uint16_t type)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), server;
	uint8_t message[602] = { 0 };
	size_t size = make(message + 2, name, strlen(name), type) + 2;

	message[1] = (uint8_t)(size - 2);
	if (connect(fd, (struct sockaddr *)&places[0], sizeof(struct sockaddr_in)))
		_exit(5);
	server = accept(listener, NULL, NULL);
	if (send(fd, message, size, 0) < 0 || recv(server, message, size, 0) < 0)
		_exit(6);
	answer(message + 2, 2, 0);
	if (send(server, message, size, 0) < 0 || recv(fd, message, size, 0) < 0)
		_exit(7);
	close(server);
	close(fd);
}

/* Names that point at themselves, beyond the end and nowhere; what is too short, or long. */
static void lie(void)
{
	static const uint8_t ends[][8] = {
		{ 0xc0, 0x0c }, { 0xc0, 0xff }, { 63, 'w' }, { 0x80, 1 }
	};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint8_t message[60000] = { 0 };

	if (connect(fd, (struct sockaddr *)&places[0], sizeof(struct sockaddr_in)))
		_exit(8);
	for (size_t i = 0; i < 4; i++) {
		memcpy(message + 12, ends[i], sizeof(ends[i]));
		send(fd, message, 20, 0);
	}
	memset(message, 0xff, sizeof(message));
	for (size_t bytes = 0; bytes < 20; bytes++)
		send(fd, message, bytes, 0);
	send(fd, message, 513, 0);
	send(fd, message, sizeof(message), 0);
	while (recv(servers[0], message, sizeof(message), MSG_DONTWAIT) >= 0)
		;
	close(fd);
}

static void ask_everything(void)
{
	round_number++;
	ask(0, true, "example", 7, 1, 0, 3);
	ask(0, false, "missing", 7, 28, 3, 0);
	ask(1, true, "a.b\033[2J\0\xff", 9, 65, 15, 0);
	ask(1, false, "other", 5, 4711, 5, 0);
	ask_by_tcp("stream", 33);
	lie();
}

static bool sees(void *unused)
{
	struct stat st;

	(void)unused;
	round_number++;
	child_act();
	return tool_has_ended(&tool) || (!stat(tool.out, &st) && st.st_size > 0);
}

/* "kind type rcode answers server name" of the line that is the next with a name of this round. */
static void assert_next(size_t *at, const char *expected)
{
	char name[16], is[512] = "no more lines";
	json_t *line;

	snprintf(name, sizeof(name), "r%d.", round_number);
	for (; *at < json_array_size(tool.lines); (*at)++) {
		const char *rcode, *full;

		line = json_array_get(tool.lines, *at);
		full = json_string_value(json_object_get(line, "name"));
		if (strncmp(full, name, strlen(name)) != 0)
			continue;
		rcode = json_string_value(json_object_get(line, "rcode"));
		snprintf(is, sizeof(is), "%s %s %s %d %s %s",
			 json_string_value(json_object_get(line, "kind")),
			 json_string_value(json_object_get(line, "type")), rcode ? rcode : "-",
			 rcode ? (int)number_of(line, "answers") : 0,
			 json_string_value(json_object_get(line, "server")), full + strlen(name));
		assert_int_equal(number_of(line, "pid"), atoi(child_pid()));
		assert_true(!rcode || number_of(line, "latency_ns") > 0);
		(*at)++;
		break;
	}
	assert_string_equal(is, expected);
}

static void start(const char *port)
{
	TOOL_START(&tool, NULL, "dnswatch", "-j", "-P", port, "-p", child_pid());
	assert_true(wait_until(sees, NULL, 15000));
	if (tool_has_ended(&tool))
		tool_wait(&tool, -1); /* tells why */
	/* From its beginning to its end, all of it was seen. */
	round_number++;
	child_act();
	tool_stop(&tool, SIGINT, 0);
}

static void make_servers(char *port)
{
	struct sockaddr_in6 *place = (struct sockaddr_in6 *)&places[1];
	socklen_t bytes = sizeof(places[0]);
	int number;

	/* TCP first: its port is free for UDP, too, in a network of our own. */
	listener = socket_bound(AF_INET, SOCK_STREAM, &number);
	assert_int_equal(listen(listener, 8), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&places[0], &bytes), 0);
	*place = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_addr = in6addr_loopback };
	place->sin6_port = htons((uint16_t)number);
	for (int i = 0; i < 2; i++) {
		servers[i] = socket(i ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		bytes = i ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
		assert_int_equal(bind(servers[i], (struct sockaddr *)&places[i], bytes), 0);
	}
	snprintf(port, 8, "%d", number);
}

TEST_WITH(queries_and_answers_are_told_and_lies_do_no_harm, NULL, child_teardown)
{
	static const char *const expected[] = {
		"query A - 0 127.0.0.1 example",
		"answer A NOERROR 3 127.0.0.1 example",
		"query AAAA - 0 127.0.0.1 missing",
		"answer AAAA NXDOMAIN 0 127.0.0.1 missing",
		"query HTTPS - 0 ::1 a\\.b\\027[2J\\000\\255",
		"answer HTTPS 15 0 ::1 a\\.b\\027[2J\\000\\255",
		"query 4711 - 0 ::1 other",
		"answer 4711 REFUSED 0 ::1 other",
		"query SRV - 0 127.0.0.1 stream",
		"answer SRV SERVFAIL 0 127.0.0.1 stream",
		"no more lines",
	};
	size_t at = 0;
	char port[8];

	sessions_make_network();
	make_servers(port);
	child_start(ask_everything);
	start(port);
	for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++)
		assert_next(&at, expected[i]);
	assert_non_null(strstr(tool.text, "(malformed)"));
	tool_free(&tool);
}
