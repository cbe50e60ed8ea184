/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * bindwatch beside bindsnoop of libbpf-tools, which needs kprobes, and fileaudit, which needs BPF LSM,
 * beside fatrace: in guests, where both are among the test's files.
 */
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "audit.h"
#include "harness/machine.h"
#include "peer.h"
#include "sessions.h"
#include "traces.h"

#define TIMES 50

static struct peer ours, theirs;

/* A peer among the files of this test; it is not built, and may be missing. */
static const char *peer_file(const char *name, const char *package)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", getenv("SKEP_TEST_FILES"), name);
	peer_require(path, package);
	return path;
}

/* A peer that does not say when it is ready: `is_ready` knows. Skips the case where it ends. */
static void start_silent(bool (*is_ready)(void *), void *ctx, const char *const *argv)
{
	struct timespec before, after;

	clock_gettime(CLOCK_MONOTONIC, &before);
	tool_start(&theirs.tool, argv, NULL);
	assert_true(wait_until(is_ready, ctx, 20000));
	clock_gettime(CLOCK_MONOTONIC, &after);
	theirs.start_ms = (double)(after.tv_sec - before.tv_sec) * 1e3 +
			  (double)(after.tv_nsec - before.tv_nsec) / 1e6;
	if (!tool_has_ended(&theirs.tool))
		return;
	tool_wait(&theirs.tool, 1);
	test_skip("%s does not run here: %.*s", strrchr(argv[0], '/') + 1,
		  (int)strcspn(theirs.tool.words, "\n"), theirs.tool.words);
}
#define START_SILENT(is_ready, ctx, ...)                                                           \
	start_silent((is_ready), (ctx), (const char *const[]){ __VA_ARGS__, NULL })

/* What prints nothing before its end is ready when it waits for events. */
static bool waits_for_events(void *pid)
{
	long call = -1;
	char path[64];
	FILE *file;

	if (tool_has_ended(&theirs.tool))
		return true;
	snprintf(path, sizeof(path), "/proc/%d/syscall", *(pid_t *)pid);
	file = fopen(path, "re");
	if (file && fscanf(file, "%ld", &call) != 1)
		call = -1;
	if (file)
		fclose(file);
#ifdef SYS_epoll_wait
	return call == SYS_epoll_wait || call == SYS_epoll_pwait;
#else
	return call == SYS_epoll_pwait;
#endif
}

/* The last ones fail: the first of them has the address. */
static void bind_often(void)
{
	for (int i = 0; i < TIMES; i++) {
		struct sockaddr_storage at;
		socklen_t length = sizeof(at);
		bool is_ip6 = i % 2;
		int port, fd = socket_bound(is_ip6 ? AF_INET6 : AF_INET,
					    is_ip6 ? SOCK_DGRAM : SOCK_STREAM, &port);
		int other =
			socket(is_ip6 ? AF_INET6 : AF_INET, is_ip6 ? SOCK_DGRAM : SOCK_STREAM, 0);

		getsockname(fd, (struct sockaddr *)&at, &length);
		if (i >= TIMES - 10 && !bind(other, (struct sockaddr *)&at, length))
			_exit(1);
		if (!is_ip6)
			listen(fd, 1);
		close(other);
		close(fd);
	}
}

/* The peer reads bits of a socket that moved in Linux 6.6; from there on it is not loaded. */
TEST_WITH(bindwatch_sees_the_binds_that_its_peer_sees_and_each_listen, NULL, child_teardown)
{
	const char *bindsnoop;

	require_root();
	bindsnoop = peer_file("bindsnoop", "libbpf-tools");
	sessions_make_network();
	child_start(bind_often);
	START_SILENT(waits_for_events, &theirs.tool.pid, bindsnoop, "-x", "-p", child_pid());
	PEER_START(&ours, " COMM ", "bindwatch", "-p", child_pid());
	child_act();
	peer_stop(&ours);
	peer_stop(&theirs);
	assert_int_equal(peer_count(&ours, " bind "), TIMES + 10);
	assert_int_equal(peer_count(&theirs, child_pid()), TIMES + 10);
	assert_int_equal(peer_count(&ours, " tcp "), peer_count(&theirs, " TCP ") + TIMES / 2);
	assert_int_equal(peer_count(&ours, " udp "), peer_count(&theirs, " UDP "));
	assert_int_equal(peer_count(&ours, " EADDRINUSE"), 10);
	assert_int_equal(peer_count(&theirs, " -98 "), 10);
	assert_int_equal(peer_count(&ours, " listen "), TIMES / 2);
	peer_print("bindwatch", &ours, "bindsnoop", &theirs);
	tool_free(&ours.tool);
	tool_free(&theirs.tool);
}

/* Lines of a path in the folder, of those that have `words` before it. */
static unsigned long count_of(const struct peer *peer, const char *words, const char *name)
{
	const char *path = audit_in(name), *at = peer->tool.text;
	unsigned long count = 0;

	for (; (at = strstr(at, path)); at++) {
		const char *line = at;

		while (line > peer->tool.text && line[-1] != '\n')
			line--;
		count += at[strlen(path)] == '\n' &&
			 memmem(line, (size_t)(at - line), words, strlen(words));
	}
	return count;
}

static bool is_seen_by_fatrace(void *path)
{
	struct stat st;

	audit_touch(path);
	return tool_has_ended(&theirs.tool) || (!stat(theirs.tool.out, &st) && st.st_size > 0);
}

/* Its CW: what was open for writing is closed, written to or not. It joins two of one file. */
TEST_WITH(fileaudit_sees_the_opens_for_writing_that_its_peer_sees_closed, audit_setup,
	  tool_teardown)
{
	const char *fatrace = peer_file("fatrace", "fatrace");
	char name[32], pid[32];

	assert_int_equal(chdir(audit_top), 0); /* whose mount it watches */
	START_SILENT(is_seen_by_fatrace, (void *)(uintptr_t)audit_in("warm"), fatrace, "-c", "-f",
		     "W");
	PEER_START(&ours, AUDIT_READY, "fileaudit", audit_top);
	for (int i = 0; i < TIMES; i++) {
		snprintf(name, sizeof(name), "file.%d", i);
		audit_touch_with(audit_in(name), (i % 2 ? O_RDWR : O_WRONLY) | O_CREAT);
		audit_touch_with(audit_in(name), O_RDONLY);
	}
	peer_stop(&ours);
	peer_stop(&theirs);
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	for (int i = 0; i < TIMES; i++) {
		snprintf(name, sizeof(name), "file.%d", i);
		if (count_of(&ours, pid, name) != 1 || count_of(&theirs, "CW", name) != 1)
			fail_msg("%s: ours %lu times, theirs %lu times\n%s", name,
				 count_of(&ours, pid, name), count_of(&theirs, "CW", name),
				 theirs.tool.text);
	}
	assert_int_equal(peer_count(&ours, "/file."), TIMES);
	peer_print("fileaudit", &ours, "fatrace", &theirs);
	tool_free(&ours.tool);
	tool_free(&theirs.tool);
}
