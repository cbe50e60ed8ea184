/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "sessions.h"

#include <netinet/in.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/machine.h"
#include "harness/test.h"
#include "tool.h"

struct session sessions[SESSIONS] = {
	{ .family = AF_INET, .up = 123456, .down = 777 },
	{ .family = AF_INET, .up = 10, .down = 200000, .server_closes = true },
	{ .family = AF_INET6, .up = 1, .down = 0 },
	{ .family = AF_INET6, .up = 0, .down = 5, .server_closes = true },
	{ .family = AF_INET, .up = 3, .down = 1, .reset = true },
};
int server_ports[2];

static int listeners[2];

void sessions_make_network(void)
{
	require_root();
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	shell("ip link set lo up");
}

int session_server_port(const struct session *session)
{
	return server_ports[session->family == AF_INET6];
}

static socklen_t loopback(struct sockaddr_storage *to, int family, int port)
{
	struct sockaddr_in *to4 = (struct sockaddr_in *)to;
	struct sockaddr_in6 *to6 = (struct sockaddr_in6 *)to;

	memset(to, 0, sizeof(*to));
	to->ss_family = (sa_family_t)family;
	to4->sin_port = htons((uint16_t)port); /* at the same place in both */
	if (family == AF_INET) {
		to4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		return sizeof(*to4);
	}
	to6->sin6_addr = in6addr_loopback;
	return sizeof(*to6);
}

static int port_of(int fd)
{
	struct sockaddr_storage at;
	socklen_t length = sizeof(at);

	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &length), 0);
	return ntohs(((struct sockaddr_in *)&at)->sin_port);
}

int socket_bound(int family, int type, int *port)
{
	struct sockaddr_storage at;
	socklen_t length = loopback(&at, family, 0);
	int fd = socket(family, type | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, length), 0);
	*port = port_of(fd);
	return fd;
}

static bool move(int fd, long long bytes, bool out)
{
	static char data[65536];

	while (bytes > 0) {
		size_t part = bytes < (long long)sizeof(data) ? (size_t)bytes : sizeof(data);
		ssize_t n = out ? send(fd, data, part, MSG_NOSIGNAL) : recv(fd, data, part, 0);

		if (n <= 0)
			return false;
		bytes -= n;
	}
	return true;
}

/* In the child. */
static void serve(void)
{
	char byte;

	prctl(PR_SET_NAME, "skep server");
	for (size_t i = 0; i < SESSIONS; i++) {
		const struct session *s = &sessions[i];
		int fd = accept(listeners[s->family == AF_INET6], NULL, NULL);

		if (fd < 0 || !move(fd, s->up, false) || !move(fd, s->down, true))
			_exit(1);
		/* The other side ends it, one way or the other. */
		if (!s->server_closes && recv(fd, &byte, 1, 0) > 0)
			_exit(2);
		close(fd);
	}
	_exit(0);
}

static void ask(struct session *s)
{
	struct sockaddr_storage to;
	socklen_t length = loopback(&to, s->family, session_server_port(s));
	const struct linger at_once = { .l_onoff = 1 };
	int fd = socket(s->family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char byte;

	assert_int_equal(connect(fd, (struct sockaddr *)&to, length), 0);
	s->client_port = port_of(fd);
	assert_true(move(fd, s->up, true) && move(fd, s->down, false));
	if (s->server_closes)
		assert_int_equal(recv(fd, &byte, 1, 0), 0);
	if (s->reset)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	close(fd);
}

pid_t sessions_play(void)
{
	pid_t pid;
	int status;

	for (int i = 0; i < 2; i++) {
		listeners[i] = socket_bound(i ? AF_INET6 : AF_INET, SOCK_STREAM, &server_ports[i]);
		assert_int_equal(listen(listeners[i], 8), 0);
	}
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		serve();
	prctl(PR_SET_NAME, "skep client");
	for (size_t i = 0; i < SESSIONS; i++)
		ask(&sessions[i]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	close(listeners[0]);
	close(listeners[1]);
	return pid;
}
