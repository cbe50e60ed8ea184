/* SPDX-License-Identifier: 0BSD */
/*
 * Makes executable memory in each of the ways, and what only looks like them; and compares what is
 * reported with /proc/self/maps.
 */
#define _GNU_SOURCE /* memfd_create() */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <skep/skep.h>

#include "wx.skep.h"

#define EXIT_SKIPPED 77
#define PAGE         4096
#define READ_EXEC    (PROT_READ | PROT_EXEC)
#define READ_WRITE   (PROT_READ | PROT_WRITE)

extern char **environ;

static struct wx *app;
static wx_events_ring events;

static int start(void **state)
{
	(void)state;
	if (wx_open(&app, NULL) || wx_load(app) || wx_open_events(app, &events, NULL) ||
	    wx_attach(app))
		fail_msg("%s", skep_error_last()->message);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	skep_ring_free(events.ring);
	wx_free(app);
	return 0;
}

/* How many there were of a process since the last time; the last of them. */
static int reported(pid_t pid, struct wx_event *last)
{
	int err, count = 0;

	skep_ring_foreach(events, e, 100, &err) {
		if (e->pid == (uint32_t)pid) {
			*last = *e;
			count++;
		}
	}
	assert_int_equal(err, 0);
	return count;
}

static void *map(int protection, int flags, int fd)
{
	void *at = mmap(NULL, 4 * PAGE, protection, flags, fd, 0);

	assert_ptr_not_equal(at, MAP_FAILED);
	return at;
}

/* Exactly one event, for these reasons; range and file are those that /proc/self/maps has. */
static void assert_reported(const void *at, const char *rights, uint32_t reasons)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned long long from = 0, to = 0;
	char line[512], is[8] = "", path[256] = "";
	struct wx_event e;

	assert_non_null(maps);
	while (fgets(line, sizeof(line), maps)) {
		*path = '\0';
		sscanf(line, "%llx-%llx %7s %*s %*s %*s %255[^\n]", &from, &to, is, path);
		if (from <= (uintptr_t)at && (uintptr_t)at < to)
			break;
	}
	fclose(maps);
	assert_string_equal(is, rights);
	assert_int_equal(reported(getpid(), &e), 1);
	assert_int_equal(e.reasons, reasons);
	assert_int_equal(e.from, from);
	assert_int_equal(e.to, to);
	assert_int_equal(e.uid, getuid());
	/* It adds " (deleted)". */
	assert_memory_equal(e.path, path, strlen(e.path));
	assert_int_equal(!*e.path, !*path);
}

static void memory_that_is_writable_and_executable_is_reported(void **state)
{
	char *at = map(READ_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	(void)state;
	assert_reported(at, "rwxp", WX_BOTH);
	assert_int_equal(munmap(at, 4 * PAGE), 0);
	at = map(READ_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	assert_int_equal(mprotect(at, PAGE, READ_WRITE | PROT_EXEC), 0);
	assert_reported(at, "rwxp", WX_BOTH);
	assert_int_equal(munmap(at, 4 * PAGE), 0);
}

/* As programs do that compile as they run: also where it was neither in between. */
static void memory_that_becomes_executable_after_it_was_written_is_reported(void **state)
{
	char *at = map(READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	(void)state;
	at[PAGE] = 1;
	assert_int_equal(mprotect(at, 4 * PAGE, PROT_NONE), 0);
	assert_int_equal(mprotect(at + PAGE, PAGE, READ_EXEC), 0);
	assert_reported(at + PAGE, "r-xp", WX_WRITTEN);
	assert_int_equal(munmap(at, 4 * PAGE), 0);
}

static void executable_memory_of_a_file_without_a_name_is_reported(void **state)
{
	char path[] = "/tmp/wx-XXXXXX";
	int memory = memfd_create("code", MFD_CLOEXEC), file = mkstemp(path);
	void *at;

	(void)state;
	assert_int_equal(ftruncate(memory, 4 * PAGE) || ftruncate(file, 4 * PAGE), 0);
	at = map(READ_EXEC, MAP_SHARED, memory);
	assert_reported(at, "r-xs", WX_MEMFD);
	assert_int_equal(munmap(at, 4 * PAGE), 0);

	assert_int_equal(unlink(path), 0);
	at = map(READ_EXEC, MAP_PRIVATE, file);
	assert_reported(at, "r-xp", WX_DELETED);
	assert_int_equal(munmap(at, 4 * PAGE), 0);
	close(memory);
	close(file);
}

/* In a child, so that the process has one event at most. */
static int run(int fd, struct wx_event *last)
{
	char *argv[] = { (char *)"true", NULL };
	int status;
	pid_t pid = fork();

	if (!pid) {
		fexecve(fd, argv, environ);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
	return reported(pid, last);
}

static void copy_of_true(int to)
{
	int from = open("/bin/true", O_RDONLY);

	assert_true(from >= 0);
	while (sendfile(to, from, NULL, 1 << 20) > 0)
		;
	close(from);
}

static void a_program_whose_file_has_no_name_is_reported(void **state)
{
	char path[] = "/tmp/wx-XXXXXX";
	int memory = memfd_create("program", 0), file = mkstemp(path), readable;
	struct wx_event e;

	(void)state;
	copy_of_true(memory);
	copy_of_true(file);
	assert_int_equal(fchmod(file, 0700), 0);
	close(file); /* nobody may be writing to it */
	readable = open(path, O_RDONLY);
	assert_int_equal(run(readable, &e), 0);
	assert_int_equal(run(memory, &e), 1);
	assert_int_equal(e.reasons, WX_PROGRAM | WX_MEMFD);
	assert_non_null(strstr(e.path, "memfd:program"));

	assert_int_equal(unlink(path), 0);
	assert_int_equal(run(readable, &e), 1);
	assert_int_equal(e.reasons, WX_PROGRAM | WX_DELETED);
	assert_string_equal(e.path, path);
	close(memory);
	close(readable);
}

/* A library's code, a call that failed, and memory for data. */
static void what_is_usual_is_not_reported(void **state)
{
	int file = open("/bin/true", O_RDONLY);
	char *code = map(READ_EXEC, MAP_PRIVATE, file);
	char *data = map(READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	struct wx_event e;

	(void)state;
	data[0] = 1;
	assert_int_equal(mprotect(data, 4 * PAGE, PROT_READ), 0);
	assert_ptr_equal(mmap(NULL, PAGE, READ_WRITE | PROT_EXEC, MAP_SHARED, file, 0), MAP_FAILED);
	assert_int_equal(mprotect(data + 1, PAGE, READ_EXEC), -1);
	assert_int_equal(reported(getpid(), &e), 0);
	assert_int_equal(wx_bss(app)->missed, 0);
	munmap(code, 4 * PAGE);
	munmap(data, 4 * PAGE);
	close(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_that_is_writable_and_executable_is_reported),
		cmocka_unit_test(memory_that_becomes_executable_after_it_was_written_is_reported),
		cmocka_unit_test(executable_memory_of_a_file_without_a_name_is_reported),
		cmocka_unit_test(a_program_whose_file_has_no_name_is_reported),
		cmocka_unit_test(what_is_usual_is_not_reported),
	};

	if (geteuid()) {
		fprintf(stderr, "skipped: needs root\n");
		return EXIT_SKIPPED;
	}
	return cmocka_run_group_tests(tests, start, stop);
}
