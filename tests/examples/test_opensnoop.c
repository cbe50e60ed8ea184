/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* opensnoop: what a process opened, and what came of it, as the process itself saw it. */
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/openat2.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/machine.h"
#include "harness/test.h"
#include "traces.h"

#define LAST  "io_uring_complete"
#define BYTES 4096
#define MOST  16

/* What the child saw; both share the memory. */
static struct seen {
	char path[BYTES];
	long result; /* a descriptor, or a negative errno */
	bool io_uring;
} * seen;

static void begin(void (*act)(void))
{
	require_root();
	seen = mmap(NULL, MOST * sizeof(*seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		    -1, 0);
	assert_true((void *)seen != MAP_FAILED);
	child_start(act);
}

static void end(void **state)
{
	child_teardown(state);
	munmap(seen, MOST * sizeof(*seen));
}

/* In the child. */
static void note(const char *path, long result, bool io_uring)
{
	struct seen *to = seen;

	while (to->result)
		to++;
	snprintf(to->path, BYTES, "%s", path);
	to->result = result;
	to->io_uring = io_uring;
	if (result >= 0)
		close((int)result);
}

/* A system call's result as the kernel gave it. */
static long raw(long result)
{
	return result < 0 ? -errno : result;
}

#define OPEN(path, ...) note((path), raw(syscall(__VA_ARGS__)), false)

static void open_by_calls(void)
{
	const char *strange = "/skep/is/not\x1b[2Jthere \xe2\x82\xac";
	struct open_how how = { .flags = O_RDONLY };
	int folder = open("/proc", O_PATH | O_DIRECTORY);
	char longest[BYTES] = "/";

	memset(longest + 1, 'x', sizeof(longest) - 2);
	OPEN("/proc/version", SYS_openat, AT_FDCWD, "/proc/version", O_RDONLY);
	OPEN("self/status", SYS_openat, folder, "self/status", O_RDONLY | O_CLOEXEC);
	OPEN("/dev/./null", SYS_openat2, AT_FDCWD, "/dev/./null", &how, sizeof(how));
	OPEN("/dev/null/x", SYS_openat, AT_FDCWD, "/dev/null/x", O_RDONLY);
	OPEN(strange, SYS_openat, AT_FDCWD, strange, O_RDONLY);
	OPEN(longest, SYS_openat, AT_FDCWD, longest, O_RDONLY);
	OPEN("", SYS_openat, folder, "", O_RDONLY);
#ifdef SYS_open
	OPEN("/dev/zero", SYS_open, "/dev/zero", O_RDONLY);
	OPEN("/proc/none", SYS_creat, "/proc/none", 0600);
#endif
	close(folder);
}

/* By the calls of 32-bit programs, as any program may use them. */
static void open_as_32_bit(void)
{
#ifdef __x86_64__
	char *path = mmap(NULL, BYTES, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	long result = 5;

	strcpy(path, "/dev/full");
	__asm__ volatile("int $0x80"
			 : "+a"(result)
			 : "b"(path), "c"(0L), "d"(0L)
			 : "memory", "cc", "r8", "r9", "r10", "r11");
	if (result != -ENOSYS)
		note(path, (int)result, false);
	munmap(path, BYTES);
#endif
}

struct uring {
	int fd;
	struct io_uring_params params;
	char *rings;
	struct io_uring_sqe *entries;
};

static uint32_t *at(struct uring *u, uint32_t offset)
{
	return (uint32_t *)(void *)(u->rings + offset);
}

/* One request to its end, which it may keep to itself where it succeeds. */
static void request(struct uring *u, uint8_t opcode, const char *path, bool silent)
{
	uint32_t *tail = at(u, u->params.sq_off.tail), *head = at(u, u->params.cq_off.head);
	struct io_uring_cqe *done = (void *)at(u, u->params.cq_off.cqes);

	memset(u->entries, 0, sizeof(*u->entries));
	u->entries->opcode = opcode;
	u->entries->flags = silent ? IOSQE_CQE_SKIP_SUCCESS : 0;
	u->entries->fd = AT_FDCWD;
	u->entries->addr = (uint64_t)(uintptr_t)path;
	at(u, u->params.sq_off.array)[*tail & *at(u, u->params.sq_off.ring_mask)] = 0;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, u->fd, 1, silent ? 0 : 1, IORING_ENTER_GETEVENTS, NULL,
		    0) != 1 ||
	    silent)
		return;
	if (opcode == IORING_OP_OPENAT)
		note(path, done[*head & *at(u, u->params.cq_off.ring_mask)].res, true);
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
}

static void open_by_io_uring(void)
{
	struct uring u = { 0 };

	u.fd = (int)syscall(SYS_io_uring_setup, 4, &u.params);
	if (u.fd < 0)
		return;
	u.rings = mmap(NULL, u.params.cq_off.cqes + 8 * sizeof(struct io_uring_cqe),
		       PROT_READ | PROT_WRITE, MAP_SHARED, u.fd, IORING_OFF_SQ_RING);
	u.entries = mmap(NULL, 4 * sizeof(*u.entries), PROT_READ | PROT_WRITE, MAP_SHARED, u.fd,
			 (off_t)IORING_OFF_SQES);
	request(&u, IORING_OP_OPENAT, "/dev/random", false);
	request(&u, IORING_OP_OPENAT, "/skep/none/by/io_uring", false);
	/* What comes next in the memory of one that nobody heard of is not an open. */
	request(&u, IORING_OP_OPENAT, "/dev/urandom", true);
	for (int i = 0; i < 8; i++)
		request(&u, IORING_OP_NOP, NULL, false);
	munmap(u.entries, 4 * sizeof(*u.entries));
	munmap(u.rings, u.params.cq_off.cqes + 8 * sizeof(struct io_uring_cqe));
	close(u.fd);
}

/* Each is in the lines once, with its result, and by its way. */
static size_t assert_all_seen(const struct tool *tool)
{
	size_t n = 0, requests = 0;

	for (; n < MOST && seen[n].result; n++) {
		json_t *line = line_of(tool, "path", seen[n].path);
		const char *error = json_string_value(json_object_get(line, "error"));
		long result = seen[n].result;

		if (!line)
			fail_msg("'%s' was not seen", seen[n].path);
		assert_int_equal(number_of(line, "pid"), atoi(child_pid()));
		assert_int_equal(number_of(line, "fd"), result < 0 ? -1 : result);
		assert_string_equal(error ? error : "-",
				    result < 0 ? strerrorname_np((int)-result) : "-");
		assert_int_equal(json_is_true(json_object_get(line, "io_uring")), seen[n].io_uring);
		requests += seen[n].io_uring;
	}
	return requests;
}

static void open_all_ways(void)
{
	open_by_calls();
	open_as_32_bit();
	open_by_io_uring();
}

TEST_WITH(opens_of_all_ways_are_seen_as_the_process_saw_them, NULL, end)
{
	unsigned long events, dropped;
	static struct tool tool;

	begin(open_all_ways);
	TRACE_START(&tool, LAST, "opensnoop", "-j", "-p", child_pid());
	child_act();
	tool_stop(&tool, SIGINT, 0);
	assert_int_equal(assert_all_seen(&tool), 2);
	assert_null(line_of(&tool, "path", "/dev/urandom"));
	tool_summary(&tool, &events, &dropped);
	assert_int_equal(events, json_array_size(tool.lines));
	assert_int_equal(dropped, 0);
	tool_free(&tool);
}

/* As text, and one line each: what would move a cursor does not. */
TEST_WITH(opens_that_failed_with_a_part_of_a_path_are_those_alone, NULL, end)
{
	static struct tool tool;

	begin(open_all_ways);
	TRACE_START(&tool, LAST, "opensnoop", "-x", "-n", "/skep/", "-p", child_pid());
	child_act();
	tool_stop(&tool, SIGTERM, 0);
	assert_non_null(strstr(tool.text, " ENOENT  /skep/is/not\\x1b[2Jthere \xe2\x82\xac\n"));
	assert_non_null(strstr(tool.text, " ENOENT  /skep/none/by/io_uring\n"));
	assert_null(strstr(tool.text, "/dev"));
	assert_null(strchr(tool.text, 0x1b));
	tool_free(&tool);
}

TEST_WITH(opens_of_others_are_not_shown, NULL, end)
{
	static struct tool tool;

	begin(open_all_ways);
	TRACE_START(&tool, LAST, "opensnoop", "-j", "-c", "no such name", "-u", "65534");
	child_act();
	tool_stop(&tool, SIGINT, 0);
	assert_string_equal(tool.text, "");
	tool_free(&tool);
}
