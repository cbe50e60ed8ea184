// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * libbpf has one print callback for the process: skep shares it politely. Every case runs in a
 * child of its own, because skep puts itself before the callback once in a process.
 */
#include "harness/machine.h"
#include "harness/test.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "app.h"

static int warnings;

static int on_print(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)format;
	(void)args;
	warnings += level == LIBBPF_WARN;
	return 0;
}

/* Something that makes libbpf warn. */
static void annoy_libbpf(void)
{
	struct bpf_object *object = bpf_object__open_file("/nonexistent.bpf.o", NULL);

	assert_null(object);
}

static void fail_inside_skep(void)
{
	struct skep_object *object = app_open("refused.bpf.o");

	assert_error(skep_object_load(object), EACCES);
	skep_object_free(object);
}

static int in_child(void (*body)(void))
{
	pid_t child;
	int status;

	fflush(NULL);
	child = fork();
	if (!child) {
		body();
		fflush(NULL);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void own_callback_from_before(void)
{
	libbpf_set_print(on_print);
	annoy_libbpf();
	if (warnings != 1)
		_exit(1);
	fail_inside_skep();
	if (warnings != 1)
		_exit(2); /* skep's own affair leaked to the application */
	annoy_libbpf();
	if (warnings != 2)
		_exit(3); /* the application's was swallowed */
}

TEST(callback_from_before_hears_all_but_skep)
{
	require_root();
	assert_int_equal(in_child(own_callback_from_before), 0);
}

/* It replaced skep's: then skep has no words of the verifier, and all else goes on. */
static void own_callback_from_after(void)
{
	struct skep_object *object;

	fail_inside_skep();
	libbpf_set_print(on_print);
	annoy_libbpf();
	if (warnings != 1)
		_exit(1);
	object = app_open("refused.bpf.o");
	if (skep_object_load(object) >= 0 || !skep_error_last()->message[0])
		_exit(2);
	skep_object_free(object);
	annoy_libbpf();
	if (warnings < 2)
		_exit(3);
}

TEST(callback_set_later_is_left_in_place)
{
	require_root();
	assert_int_equal(in_child(own_callback_from_after), 0);
}

static void failing_loads(void)
{
	struct skep_object *object = NULL;

	fail_inside_skep();
	if (!skep_object_open(&object, "/etc/passwd", NULL) ||
	    !skep_object_open(&object, "/nonexistent", NULL))
		_exit(1);
	object = app_load("life.bpf.o");
	skep_object_free(object);
}

TEST(nothing_is_printed_inside_of_skep)
{
	char path[4096];
	int saved, fd, status;

	require_root();
	snprintf(path, sizeof(path), "%s/printed", test_tmpdir());
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	fflush(NULL);
	saved = dup(STDERR_FILENO);
	dup2(fd, STDERR_FILENO);
	status = in_child(failing_loads);
	dup2(saved, STDERR_FILENO);
	close(saved);
	assert_int_equal(status, 0);
	assert_int_equal(lseek(fd, 0, SEEK_END), 0);
	close(fd);
}
