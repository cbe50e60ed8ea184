// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What `skep top` says of programs whose work is known. */
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "app.h"
#include "top.h"
#include "top_app.h"

#define RUNS 1000

static void run_counted(void)
{
	top_run("top_counted_by_its_whole_name", RUNS);
}

/* Others on this machine may have the kernel count, for a while. */
static bool nobody_counts(void *ctx)
{
	uint64_t before = top_info("top_counted_by_its_whole_name").run_cnt;

	(void)ctx;
	run_counted();
	return top_info("top_counted_by_its_whole_name").run_cnt == before;
}

TEST_WITH(runs_and_time_are_the_kernels_own_and_nothing_is_counted_afterwards, top_open, top_close)
{
	struct bpf_prog_info before = top_info("top_counted_by_its_whole_name"), after;
	json_t *all = top_look(run_counted), *p = top_with_id(all, "programs", before.id), *owner;

	assert_non_null(p);
	after = top_info("top_counted_by_its_whole_name");
	assert_int_equal(top_number(p, "runs"), RUNS);
	assert_int_equal(top_number(p, "total_runs"), after.run_cnt);
	assert_int_equal(top_number(p, "total_ns"), after.run_time_ns);
	assert_int_equal(top_number(p, "ns"), after.run_time_ns - before.run_time_ns);
	assert_int_equal(top_number(p, "misses"), 0);
	assert_string_equal(top_text(p, "name"), "top_counted_by_its_whole_name");
	assert_string_equal(top_text(p, "type"), "sched_cls");
	owner = json_array_get(json_object_get(p, "owners"), 0);
	assert_int_equal(top_number(owner, "pid"), getpid());
	assert_true(json_boolean_value(json_object_get(all, "statistics")));
	assert_int_equal(top_number(top_with_id(all, "programs", top_info("top_fills").id), "runs"),
			 0);
	json_decref(all);
	assert_true(wait_until(nobody_counts, NULL, 10000));
}

static void fill_ring(void)
{
	top_run("top_fills", 40);
}

static int take(void *ctx, void *data, size_t bytes)
{
	int *left = ctx;

	(void)data;
	(void)bytes;
	/* A number below 0 ends it, and what it was told for is taken. */
	return --*left ? 0 : -EINTR;
}

/* Ten records, as others than skep read. */
static void read_some(uint64_t there)
{
	int left = 10;
	struct ring_buffer *ring = ring_buffer__new(
		skep_map_fd(skep_object_map(top_object, "top_ring")), take, &left, NULL);

	assert_true(there > 10);
	assert_non_null(ring);
	ring_buffer__consume(ring);
	ring_buffer__free(ring);
}

TEST_WITH(fill_and_drops_of_a_ring_are_exact, top_open, top_close)
{
	const uint64_t step = TOP_RECORD_BYTES + 8;
	json_t *all = top_look(fill_ring), *map, *p, *counter;
	uint64_t kept, used;

	map = top_with_id(all, "maps", top_map_id("top_ring"));
	p = top_with_id(all, "programs", top_info("top_fills").id);
	assert_non_null(map);
	used = top_number(map, "ring_used");
	kept = used / step;
	assert_int_equal(top_number(map, "ring_bytes"), TOP_RING_BYTES);
	assert_int_equal(used % step, 0);
	assert_in_range(kept, TOP_RING_BYTES / step - 1, TOP_RING_BYTES / step);
	assert_int_equal(top_number(p, "drops"), 40 - kept);
	assert_int_equal(top_number(p, "discards"), 0);
	assert_true(json_number_value(json_object_get(p, "ring_percent")) >= 96);
	map = top_with_id(all, "maps", top_map_id(".data.skep"));
	counter = json_array_get(json_object_get(map, "counters"), 0);
	assert_string_equal(top_text(counter, "ring"), "top_ring");
	assert_int_equal(top_number(counter, "drops"), 40 - kept);
	json_decref(all);
	/* Of the next interval there are none; what a reader takes makes room. */
	read_some(kept);
	all = top_look(NULL);
	p = top_with_id(all, "programs", top_info("top_fills").id);
	assert_int_equal(top_number(p, "drops"), 0);
	map = top_with_id(all, "maps", top_map_id("top_ring"));
	assert_int_equal(top_number(map, "ring_used"), (kept - 10) * step);
	map = top_with_id(all, "maps", top_map_id(".data.skep"));
	counter = json_array_get(json_object_get(map, "counters"), 0);
	assert_int_equal(top_number(counter, "total_drops"), 40 - kept);
	json_decref(all);
}

TEST_WITH(maps_inside_and_shared_ones_are_counted_for_each_program, top_open, top_close)
{
	json_t *all = top_look(NULL), *p, *map, *inner;
	uint64_t shared, own;

	p = top_with_id(all, "programs", top_info("top_jumps_and_looks").id);
	map = top_with_id(all, "maps", top_map_id("top_outer"));
	inner = json_object_get(map, "inner");
	assert_int_equal(json_array_size(inner), 1);
	assert_int_equal(json_integer_value(json_array_get(inner, 0)), top_map_id("top_inner"));
	own = top_number(map, "bytes") +
	      top_number(top_with_id(all, "maps", top_map_id("top_inner")), "bytes") +
	      top_number(top_with_id(all, "maps", top_map_id("top_jumps")), "bytes");
	map = top_with_id(all, "maps", top_map_id("top_shared"));
	shared = top_number(map, "bytes");
	assert_true(shared >= 8000);
	assert_int_equal(top_number(map, "programs"), 3);
	assert_int_equal(top_number(p, "map_bytes"), own + shared);
	assert_int_equal(top_number(p, "shared_map_bytes"), shared);
	map = top_with_id(all, "maps", top_map_id("top_jumps"));
	assert_string_equal(top_text(map, "type"), "prog_array");
	json_decref(all);
}

static void end_and_begin(void)
{
	top_close(NULL);
	top_open(NULL);
	run_counted();
}

TEST(what_comes_and_goes_meanwhile_makes_no_noise)
{
	static struct snapshot before;
	uint32_t gone;
	json_t *all, *p;

	snapshot_take(&before);
	top_open(NULL);
	gone = top_info("top_counted_by_its_whole_name").id;
	all = top_look(end_and_begin);
	assert_null(top_with_id(all, "programs", gone));
	p = top_with_id(all, "programs", top_info("top_counted_by_its_whole_name").id);
	assert_int_equal(top_number(p, "runs"), RUNS);
	json_decref(all);
	top_close(NULL);
	/* Among them a program array, which some kernels lose when it is opened at the wrong moment. */
	snapshot_assert_unchanged(&before);
}

/* --- text --- */

TEST_WITH(text_in_a_pipe_is_whole_and_has_no_control_characters, top_open, top_close)
{
	struct top_command c;
	char *out, old[16];

	prctl(PR_GET_NAME, old);
	prctl(PR_SET_NAME, "\x1b[2J\xff\nbad");
	top_start(&c, "--delay=0.05", "--count=2");
	out = top_finish(&c, 0);
	prctl(PR_SET_NAME, old);
	assert_non_null(strstr(out, "top_counted_by_its_whole_name "));
	assert_non_null(strstr(out, "\\x1b[2J\\xff\\x0abad("));
	for (const char *at = out; *at; at++)
		if (*at != '\n' && (*at < ' ' || *at > '~'))
			fail_msg("character %d", *at);
	/* Two tables, with a line between them. */
	assert_non_null(strstr(out, "\n\n"));
	free(out);
}

static int open_terminal(char *name, size_t room, unsigned short columns)
{
	struct winsize size = { .ws_row = 10, .ws_col = columns };
	int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0 || grantpt(fd) || unlockpt(fd) || ptsname_r(fd, name, room))
		test_skip("there are no pseudo terminals here: %s", strerror(errno));
	assert_int_equal(ioctl(fd, TIOCSWINSZ, &size), 0);
	return fd;
}

/* Reads until `wanted` was there. */
static void expect(int fd, char *seen, size_t room, const char *wanted)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	size_t n = strlen(seen);

	while (!strstr(seen, wanted) && n + 1 < room) {
		if (poll(&ready, 1, test_scaled_ms(10000)) <= 0)
			break;
		ssize_t got = read(fd, seen + n, room - n - 1);

		if (got <= 0)
			break;
		n += (size_t)got;
		seen[n] = '\0';
	}
	if (!strstr(seen, wanted))
		fail_msg("no '%s' in: %.300s", wanted, seen);
}

TEST_WITH(a_terminal_is_filled_to_its_width_and_given_back, top_open, top_close)
{
	static char seen[1 << 16];
	char name[64];
	int terminal, status;
	pid_t pid;

	terminal = open_terminal(name, sizeof(name), 80);
	fflush(NULL);
	pid = fork();
	if (!pid) {
		int fd = open(name, O_RDWR | O_NOCTTY);

		for (int i = 0; i < 3; i++)
			dup2(fd, i);
		execl(test_file("skep"), "skep", "top", "--delay=0.1", "--name=top_", NULL);
		_exit(127);
	}
	seen[0] = '\0';
	expect(terminal, seen, sizeof(seen), "by cpu");
	expect(terminal, seen, sizeof(seen), "\x1b[J");
	for (const char *line = strstr(seen, "by cpu"); line; line = strchr(line + 1, '\n')) {
		const char *end = strstr(line + 1, "\x1b[K");

		assert_true(!end || end - line <= 81);
	}
	assert_int_equal(write(terminal, "s", 1), 1);
	expect(terminal, seen, sizeof(seen), "by runs");
	assert_int_equal(write(terminal, "q", 1), 1);
	expect(terminal, seen, sizeof(seen), "\x1b[?1049l");
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	close(terminal);
}
