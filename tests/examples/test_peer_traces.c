/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* opensnoop, syscount and runqlat beside those of libbpf-tools. */
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "harness/machine.h"
#include "harness/test.h"
#include "peer.h"
#include "traces.h"

#define TIMES 200

/* A tool that prints its table at the end is ready when its last program is attached. */
static void start_table(struct peer *peer, const char *last, const char *const *argv)
{
	struct timespec before, after;

	clock_gettime(CLOCK_MONOTONIC, &before);
	trace_start(&peer->tool, last, argv);
	clock_gettime(CLOCK_MONOTONIC, &after);
	peer->start_ms = (double)(after.tv_sec - before.tv_sec) * 1e3 +
			 (double)(after.tv_nsec - before.tv_nsec) / 1e6;
}
#define START_TABLE(peer, last, ...)                                                               \
	start_table((peer), (last), (const char *const[]){ __VA_ARGS__, NULL })

static void end_both(const char *what, struct peer *ours, struct peer *theirs)
{
	peer_stop(ours);
	peer_stop(theirs);
	peer_print(what, ours, "libbpf-tools", theirs);
}

static void free_both(struct peer *ours, struct peer *theirs)
{
	tool_free(&ours->tool);
	tool_free(&theirs->tool);
}

/* How often the child was told; it counts in its own memory. The last call is newer than the peer. */
static int rounds;

static void open_often(void)
{
	struct open_how how = { .flags = O_RDONLY };
	char there[512], nowhere[512], other[512];

	rounds++;
	snprintf(there, sizeof(there), "%s/there.%d", test_tmpdir(), rounds);
	snprintf(nowhere, sizeof(nowhere), "%s/nowhere.%d", test_tmpdir(), rounds);
	snprintf(other, sizeof(other), "%s/openat2.%d", test_tmpdir(), rounds);
	for (int i = 0; i < TIMES; i++) {
		close(open(there, O_RDONLY | O_CREAT, 0600));
		open(nowhere, O_RDONLY);
		syscall(SYS_openat2, AT_FDCWD, other, &how, sizeof(how));
	}
}

/* The peer says that it is ready, and makes the buffer for its events afterwards. */
static bool sees(void *peer)
{
	struct stat before, after;

	assert_int_equal(stat(((struct peer *)peer)->tool.out, &before), 0);
	child_act();
	rounds++;
	tool_settle(&((struct peer *)peer)->tool);
	assert_int_equal(stat(((struct peer *)peer)->tool.out, &after), 0);
	return after.st_size > before.st_size;
}

static unsigned long count_of(const struct peer *peer, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/%s.%d\n", name, rounds);
	return peer_count(peer, path);
}

TEST_WITH(opensnoop_sees_what_its_peer_sees_and_openat2, NULL, child_teardown)
{
	static struct peer ours, theirs;

	require_root();
	peer_require("/usr/sbin/opensnoop", "libbpf-tools");
	test_tmpdir();
	child_start(open_often);
	PEER_START(&ours, " PATH", "opensnoop", "-p", child_pid());
	PEER_START_OTHER(&theirs, "PATH", "/usr/bin/stdbuf", "-oL", "/usr/sbin/opensnoop", "-p",
			 child_pid());
	assert_true(wait_until(sees, &theirs, 10000));
	child_act();
	rounds++;
	end_both("opensnoop", &ours, &theirs);
	assert_int_equal(count_of(&ours, "there"), TIMES);
	assert_int_equal(count_of(&theirs, "there"), TIMES);
	assert_int_equal(count_of(&ours, "nowhere"), TIMES);
	assert_int_equal(count_of(&theirs, "nowhere"), TIMES);
	assert_int_equal(count_of(&ours, "openat2"), TIMES);
	print_message("# of %d files opened by openat2() the peer saw %lu\n", TIMES,
		      count_of(&theirs, "openat2"));
	free_both(&ours, &theirs);
}

#ifdef __x86_64__
static void call_often(void)
{
	for (int i = 0; i < 1000; i++)
		syscall(SYS_getppid);
	for (int i = 0; i < 300; i++) {
		long result = 64; /* getppid() of 32-bit programs; a 64-bit one's is semget() */

		__asm__ volatile("int $0x80"
				 : "+a"(result)
				 :
				 : "memory", "cc", "r8", "r9", "r10", "r11");
	}
}

/* The number behind a word in a table; 0: it is not there. */
static unsigned long beside(const struct peer *peer, const char *word)
{
	const char *at = strstr(peer->tool.text, word);

	return at ? strtoul(at + strlen(word), NULL, 10) : 0;
}

/* The peer takes calls of 32-bit programs for those of their number: nobody called semget(). */
TEST_WITH(syscount_counts_what_its_peer_counts_and_names_32_bit_calls, NULL, child_teardown)
{
	static struct peer ours, theirs;

	require_root();
	peer_require("/usr/sbin/syscount", "libbpf-tools");
	child_start(call_often);
	START_TABLE(&ours, "sys_exit", "syscount", "-p", child_pid());
	PEER_START_OTHER(&theirs, "Tracing", "/usr/bin/stdbuf", "-oL", "/usr/sbin/syscount", "-p",
			 child_pid());
	child_act();
	end_both("syscount", &ours, &theirs);
	assert_int_equal(beside(&ours, "\ngetppid "), 1300);
	assert_int_equal(beside(&ours, "\nsemget "), 0);
	assert_int_equal(beside(&theirs, "\ngetppid ") + beside(&theirs, "\nsemget "), 1300);
	print_message("# of 300 calls of getppid() as of a 32-bit program the peer took %lu for "
		      "semget()\n",
		      beside(&theirs, "\nsemget "));
	free_both(&ours, &theirs);
}
#endif

/* Two on one processor take turns. */
static void take_turns(void)
{
	struct timespec now;
	cpu_set_t one;
	pid_t other;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof(one), &one);
	other = fork();
	do
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	while (!other || now.tv_nsec < 100000000);
	kill(other, SIGKILL);
}

/* The sum of a column of numbers between `|` and `:`, as the peer prints its histogram. */
static unsigned long sum_of(const struct peer *peer)
{
	unsigned long sum = 0;

	for (const char *at = strstr(peer->tool.text, " : "); at; at = strstr(at + 3, " : "))
		sum += strtoul(at + 3, NULL, 10);
	return sum;
}

TEST_WITH(runqlat_counts_the_waits_that_its_peer_counts, NULL, child_teardown)
{
	static struct peer ours, theirs;
	unsigned long mine, others;

	require_root();
	peer_require("/usr/sbin/runqlat", "libbpf-tools");
	child_start(take_turns);
	START_TABLE(&ours, "sched_switch", "runqlat", "-p", child_pid());
	PEER_START_OTHER(&theirs, "Tracing", "/usr/bin/stdbuf", "-oL", "/usr/sbin/runqlat", "-p",
			 child_pid());
	child_act();
	end_both("runqlat", &ours, &theirs);
	mine = beside(&ours, "\ncount ");
	others = sum_of(&theirs);
	print_message("# %lu waits; the peer: %lu\n", mine, others);
	/* The peer forgets who was put aside on the way to sleep. */
	assert_true(others > 10 && mine + 2 >= others && mine <= others + others / 5 + 2);
	free_both(&ours, &theirs);
}
