// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* A tool of libbpf alone, and the same with five lines changed (tests/adopt): they print the same. */
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tool.h"

#define READY   "Hit Ctrl-C"
#define FIRST   100000 /* the number of a system call that does not exist: each is called once */
#define FIT     5461   /* records in the tools' ring of 256 KiB */
#define STRINGS 16

static struct tool before, after;

/* A process that waits for a word, and then makes `count` system calls. */
struct traced {
	pid_t pid;
	int go;
	char pid_text[STRINGS], count_text[STRINGS];
};

static void make_calls(int word, long count)
{
	char byte;

	if (read(word, &byte, 1) == 1)
		for (long i = 0; i < count; i++)
			syscall(FIRST + i);
	_exit(0);
}

/* It sleeps, waiting for the word: what it called before is behind it. */
static bool waits(void *ctx)
{
	const struct traced *traced = ctx;
	char path[64], state = '?';
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", traced->pid);
	file = fopen(path, "re");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%*d (%*[^)]) %c", &state), 1);
	fclose(file);
	return state == 'S';
}

static struct traced start_traced(long count, long wanted)
{
	struct traced traced;
	int pipes[2];

	require_root();
	assert_int_equal(pipe(pipes), 0);
	fflush(NULL);
	traced.pid = fork();
	assert_true(traced.pid >= 0);
	if (!traced.pid) {
		close(pipes[1]); /* or it would wait for ever where the case fails */
		make_calls(pipes[0], count);
	}
	close(pipes[0]);
	traced.go = pipes[1];
	assert_true(wait_until(waits, &traced, 15000));
	snprintf(traced.pid_text, STRINGS, "%d", traced.pid);
	snprintf(traced.count_text, STRINGS, "%ld", wanted);
	return traced;
}

static void start_both(const struct traced *traced)
{
	const char *object = test_file("calls.bpf.o");

	TOOL_START(&before, READY, "adopt_before", "-p", traced->pid_text, "-n", traced->count_text,
		   "-o", object);
	TOOL_START(&after, READY, "adopt_after", "-p", traced->pid_text, "-n", traced->count_text,
		   "-o", object);
}

static void let_go(const struct traced *traced)
{
	assert_int_equal(write(traced->go, "", 1), 1);
	assert_int_equal(waitpid(traced->pid, NULL, 0), traced->pid);
	close(traced->go);
}

/* Each call in its order, by its number. */
static void assert_prints(const struct tool *tool, const struct traced *traced, long count)
{
	const char *at = tool->text;

	for (long i = 0; i < count; i++) {
		int pid, tid, bytes = 0;
		long nr;

		assert_int_equal(sscanf(at, "%d %d %*s %ld\n%n", &pid, &tid, &nr, &bytes), 3);
		assert_int_equal(pid, traced->pid);
		assert_int_equal(nr, FIRST + i);
		at += bytes;
	}
	assert_string_equal(at, "");
}

TEST_WITH(both_tools_print_the_same_of_the_same_process, NULL, tool_teardown)
{
	struct traced traced = start_traced(500, 500);
	struct snapshot snapshot;

	snapshot_take(&snapshot);
	start_both(&traced);
	let_go(&traced);
	tool_wait(&before, 0);
	tool_wait(&after, 0);
	assert_prints(&before, &traced, 500);
	assert_string_equal(before.text, after.text);
	assert_non_null(strstr(before.words, "\n0 dropped"));
	assert_string_equal(before.words, after.words);
	tool_free(&before);
	tool_free(&after);
	snapshot_assert_unchanged(&snapshot);
}

/* Neither reads for a while: what fits is printed then, and the rest is counted. */
TEST_WITH(both_tools_drop_the_same_while_they_are_stopped, NULL, tool_teardown)
{
	struct traced traced = start_traced(6000, FIT);
	char dropped[32];

	/* The last is the one that ends it. */
	snprintf(dropped, sizeof(dropped), "\n%d dropped", 6000 + 1 - FIT);
	start_both(&traced);
	assert_int_equal(kill(before.pid, SIGSTOP) | kill(after.pid, SIGSTOP), 0);
	assert_int_equal(waitpid(before.pid, NULL, WUNTRACED), before.pid);
	assert_int_equal(waitpid(after.pid, NULL, WUNTRACED), after.pid);
	let_go(&traced);
	assert_int_equal(kill(before.pid, SIGCONT) | kill(after.pid, SIGCONT), 0);
	tool_wait(&before, 0);
	tool_wait(&after, 0);
	assert_prints(&before, &traced, FIT);
	assert_string_equal(before.text, after.text);
	assert_non_null(strstr(before.words, dropped));
	assert_non_null(strstr(after.words, dropped));
	tool_free(&before);
	tool_free(&after);
}
