/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* tcplife and tcpconnect: the sessions that were played, to the byte, and whose they were. */
#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/machine.h"
#include "harness/test.h"
#include "sessions.h"
#include "tool.h"
#include "traces.h"

#define LIFE_LAST    "tcp_rcv_space_adjust"
#define CONNECT_LAST "inet_sock_set_state"

static struct tool life, mine, connects;

static const char *text_of(json_t *line, const char *key)
{
	const char *text = json_string_value(json_object_get(line, key));

	return text ? text : "";
}

/* The only line between these ports; NULL where there is none. */
static json_t *line_between(const struct tool *tool, int local, int remote)
{
	json_t *line, *found = NULL;
	size_t i;

	json_array_foreach(tool->lines, i, line) {
		if ((int)number_of(line, "lport") != local ||
		    (int)number_of(line, "rport") != remote)
			continue;
		if (found)
			fail_msg("two lines from %d to %d:\n%s", local, remote, tool->text);
		found = line;
	}
	return found;
}

static void assert_end(int local, int remote, pid_t pid, const char *comm, long long sent,
		       long long received)
{
	json_t *line = line_between(&life, local, remote);

	if (!line)
		fail_msg("no line from %d to %d:\n%s", local, remote, life.text);
	assert_int_equal(number_of(line, "pid"), pid);
	assert_string_equal(text_of(line, "comm"), comm);
	assert_int_equal(number_of(line, "sent"), sent);
	assert_int_equal(number_of(line, "received"), received);
	assert_true(number_of(line, "duration_ns") > 0);
}

static void assert_both_ends(const struct session *s, pid_t server)
{
	int port = session_server_port(s);
	json_t *line = line_between(&life, s->client_port, port);
	const char *address = s->family == AF_INET ? "127.0.0.1" : "::1";

	assert_end(s->client_port, port, getpid(), "skep client", s->up, s->down);
	assert_string_equal(text_of(line, "local"), address);
	assert_string_equal(text_of(line, "remote"), address);
	/* Of a session that was reset, the last byte's acknowledgement may not have come. */
	line = line_between(&life, port, s->client_port);
	if (!s->reset || (line && number_of(line, "sent") > 0))
		assert_end(port, s->client_port, server, "skep server", s->down, s->up);
	else
		assert_end(port, s->client_port, server, "skep server", 0, s->up);
}

TEST_WITH(sessions_are_told_to_the_byte_with_the_process_on_each_side, NULL, tool_teardown)
{
	char own[16];
	pid_t server;

	sessions_make_network();
	snprintf(own, sizeof(own), "%d", (int)getpid());
	TRACE_START(&life, LIFE_LAST, "tcplife", "-j");
	TRACE_START(&mine, LIFE_LAST, "tcplife", "-j", "-p", own);
	TRACE_START(&connects, CONNECT_LAST, "tcpconnect", "-j", "-p", own);
	server = sessions_play();
	tool_stop(&life, SIGINT, 0);
	tool_stop(&mine, SIGINT, 0);
	tool_stop(&connects, SIGINT, 0);
	for (size_t i = 0; i < SESSIONS; i++) {
		const struct session *s = &sessions[i];
		int port = session_server_port(s);
		json_t *line = line_between(&connects, s->client_port, port);

		assert_both_ends(s, server);
		assert_non_null(line_between(&mine, s->client_port, port));
		assert_non_null(line);
		assert_int_equal(number_of(line, "pid"), getpid());
		assert_true(number_of(line, "latency_ns") > 0);
		assert_true(json_is_null(json_object_get(line, "error")));
	}
	assert_int_equal(json_array_size(mine.lines), SESSIONS);
	assert_int_equal(json_array_size(connects.lines), SESSIONS);
	tool_free(&life);
	tool_free(&mine);
	tool_free(&connects);
}

static int connect_to(int fd, const char *ip, int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };

	assert_int_equal(inet_pton(AF_INET, ip, &to.sin_addr), 1);
	return connect(fd, (struct sockaddr *)&to, sizeof(to)) ? errno : 0;
}

/* From one local port twice to the same place: the second has no way out. */
static void connect_twice(int to)
{
	int on = 1, port, first, second = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in at = { .sin_family = AF_INET };

	first = socket_bound(AF_INET, SOCK_STREAM, &port);
	setsockopt(first, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(second, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	at.sin_port = htons((uint16_t)port);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(second, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(connect_to(first, "127.0.0.1", to), 0);
	assert_int_equal(connect_to(second, "127.0.0.1", to), EADDRNOTAVAIL);
	close(first);
	close(second);
}

/* The errors of lines to this port, in their order. */
static void assert_errors(int port, const char *expected)
{
	char errors[256] = "";
	json_t *line;
	size_t i;

	json_array_foreach(connects.lines, i, line)
		if ((int)number_of(line, "rport") == port)
			snprintf(errors + strlen(errors), sizeof(errors) - strlen(errors), "%s ",
				 text_of(line, "error"));
	assert_string_equal(errors, expected);
}

TEST_WITH(connections_that_fail_are_told_with_their_reason, NULL, tool_teardown)
{
	int closed, open, fd, unheard, listener;

	sessions_make_network();
	shell("ip route add 198.51.100.0/24 dev lo");
	unheard = socket_bound(AF_INET, SOCK_STREAM, &closed);
	listener = socket_bound(AF_INET, SOCK_STREAM, &open);
	assert_int_equal(listen(listener, 8), 0);
	TRACE_START(&connects, CONNECT_LAST, "tcpconnect", "-j", "-x");
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect_to(fd, "127.0.0.1", closed), ECONNREFUSED);
	close(fd);
	/* Nobody answers, and it is given up. */
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_int_equal(connect_to(fd, "198.51.100.1", 9), EINPROGRESS);
	close(fd);
	connect_twice(open);
	tool_stop(&connects, SIGINT, 0);
	assert_errors(closed, "ECONNREFUSED ");
	assert_errors(9, "ECANCELED ");
	assert_errors(open, "EADDRNOTAVAIL "); /* the one that connected is not told: -x */
	close(unheard);
	close(listener);
	tool_free(&connects);
}
