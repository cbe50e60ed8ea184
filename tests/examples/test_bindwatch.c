/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* bindwatch: what a process bound, where it really listens then, and what was refused. */
#include <arpa/inet.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "harness/machine.h"
#include "harness/test.h"
#include "sessions.h"
#include "traces.h"

#define MOST 16

/* What the child did and saw, in its order; both share the memory. */
static struct seen {
	const char *call, *proto, *address;
	int port, error;
	bool reuse, reuse_port;
} * seen;

static struct tool tool;

static void note(const char *call, int fd, const char *address, int result)
{
	struct seen *to = seen;
	struct sockaddr_storage at;
	socklen_t length = sizeof(at);
	int value, error = result < 0 ? errno : 0;

	while (to->call)
		to++;
	to->call = call;
	to->address = address;
	to->error = error;
	getsockname(fd, (struct sockaddr *)&at, &length);
	to->port = ntohs(((struct sockaddr_in *)&at)->sin_port);
	length = sizeof(value);
	getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &length);
	to->proto = value == SOCK_STREAM ? "tcp" : "udp";
	getsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &value, &length);
	to->reuse = value;
	getsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &value, &length);
	to->reuse_port = value;
}

static int bind4(int fd, const char *ip, int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };

	inet_pton(AF_INET, ip, &at.sin_addr);
	return bind(fd, (struct sockaddr *)&at, sizeof(at));
}

static int bind6(int fd, const char *ip, int port)
{
	struct sockaddr_in6 at = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };

	inet_pton(AF_INET6, ip, &at.sin6_addr);
	return bind(fd, (struct sockaddr *)&at, sizeof(at));
}

/* As a 32-bit program calls it; -1 where the kernel has no such calls. */
static int listen_as_32_bit(int fd)
{
	long result = -1;

#ifdef __x86_64__
	result = 363;
	__asm__ volatile("int $0x80"
			 : "+a"(result)
			 : "b"((long)fd), "c"(8L)
			 : "memory", "cc", "r8", "r9", "r10", "r11");
#endif
	return (int)result;
}

static void bind_things(void)
{
	struct sockaddr_un local = { .sun_family = AF_UNIX };
	int on = 1, fd, other, unix_socket = socket(AF_UNIX, SOCK_STREAM, 0);

	fd = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	note("bind", fd, "127.0.0.1", bind4(fd, "127.0.0.1", 0));
	note("listen", fd, "127.0.0.1", listen(fd, 8));
	/* The same address again, which is taken: what was asked for is told. */
	other = socket(AF_INET, SOCK_STREAM, 0);
	note("bind", other, "127.0.0.1", bind4(other, "127.0.0.1", seen[0].port));
	seen[2].port = seen[0].port;
	/* Without a bind() it gets a port all the same. */
	note("listen", other, "0.0.0.0", listen(other, 8));
	/* A second bind() of the same socket is refused. */
	note("bind", other, "127.0.0.2", bind4(other, "127.0.0.2", 5));
	seen[4].port = 5;
	fd = socket(AF_INET6, SOCK_DGRAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
	note("bind", fd, "::1", bind6(fd, "::1", 0));
	note("listen", fd, "::1", listen(fd, 8));
	fd = socket(AF_INET6, SOCK_STREAM, 0);
	note("bind", fd, "2001:db8::1", bind6(fd, "2001:db8::1", 80));
	seen[7].port = 80;
	/* None of IP. */
	if (!bind(unix_socket, (struct sockaddr *)&local, sizeof(sa_family_t)))
		listen(unix_socket, 1);
	listen(-1, 1);
	bind4(-1, "127.0.0.1", 0);
	bind(0, (struct sockaddr *)1, 1 << 30);
	if (!listen_as_32_bit(fd))
		note("listen", fd, "::", 0);
}

static void assert_line(json_t *line, const struct seen *is)
{
	const char *error = json_string_value(json_object_get(line, "error"));

	assert_string_equal(json_string_value(json_object_get(line, "call")), is->call);
	assert_string_equal(json_string_value(json_object_get(line, "proto")), is->proto);
	assert_string_equal(json_string_value(json_object_get(line, "address")), is->address);
	assert_int_equal(number_of(line, "port"), is->port);
	assert_string_equal(error ? error : "0", is->error ? strerrorname_np(is->error) : "0");
	assert_int_equal(json_is_true(json_object_get(line, "reuse")), is->reuse);
	assert_int_equal(json_is_true(json_object_get(line, "reuseport")), is->reuse_port);
}

static void teardown(void **state)
{
	child_teardown(state);
	munmap(seen, MOST * sizeof(*seen));
}

TEST_WITH(binds_and_listens_are_told_as_they_came_out, NULL, teardown)
{
	static struct tool failed;
	size_t count = 0, failures = 0;

	sessions_make_network();
	seen = mmap(NULL, MOST * sizeof(*seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		    -1, 0);
	assert_true((void *)seen != MAP_FAILED);
	child_start(bind_things);
	TRACE_START(&tool, "sys_exit", "bindwatch", "-j", "-p", child_pid());
	TRACE_START(&failed, "sys_exit", "bindwatch", "-j", "-x", "-p", child_pid());
	child_act();
	tool_stop(&tool, SIGINT, 0);
	tool_stop(&failed, SIGINT, 0);
	for (; seen[count].call; count++) {
		assert_line(json_array_get(tool.lines, count), &seen[count]);
		failures += seen[count].error != 0;
	}
	assert_true(count >= 8);
	assert_int_equal(json_array_size(tool.lines), count);
	assert_int_equal(json_array_size(failed.lines), failures);
	tool_free(&tool);
	tool_free(&failed);
}
