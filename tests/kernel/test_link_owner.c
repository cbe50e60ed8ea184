// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What becomes of links whose owner dies, and of objects of which a part cannot be attached. */
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"

#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app.h"
#include "link.skep.h"

/* Attaches, pins one of two where `path` says, tells so, and waits for its end. */
static _Noreturn void own(int ready, const char *path)
{
	struct skep_link *exec = NULL, *exit = NULL;
	struct link *app = NULL;
	int err = link_open(&app, NULL);

	if (!err)
		err = link_load(app);
	if (!err)
		err = skep_attach(&exec, link_program_on_exec(app));
	if (!err)
		err = skep_attach(&exit, link_program_on_exit(app));
	if (!err && path)
		err = skep_link_pin(exec, path);
	if (write(ready, &err, sizeof(err)) == sizeof(err))
		pause();
	_exit(0);
}

static void kill_an_owner(const char *path)
{
	int ready[2], err = -1, status;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (!pid)
		own(ready[1], path);
	assert_true(pid > 0);
	close(ready[1]);
	assert_int_equal(read(ready[0], &err, sizeof(err)), sizeof(err));
	close(ready[0]);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(err, 0);
}

TEST(owner_that_is_killed_leaves_nothing)
{
	struct snapshot before;

	require_root();
	snapshot_take(&before);
	kill_an_owner(NULL);
	snapshot_assert_unchanged(&before);
}

TEST(owner_that_is_killed_leaves_what_it_pinned_until_that_is_removed)
{
	char path[4096];
	struct snapshot before;
	struct skep_link *link = NULL;
	struct skep_link_info info = { .sz = sizeof(info) };

	require_root();
	snprintf(path, sizeof(path), "%s", test_tmpdir());
	if (mount("bpf", path, "bpf", 0, NULL))
		fail_msg("cannot mount a BPF file system: %m");
	strcat(path, "/pin");
	snapshot_take(&before);
	kill_an_owner(path);
	assert_ok(skep_link_open_pinned(&link, path));
	assert_ok(skep_link_info(link, &info));
	assert_string_equal(info.hook, "raw tracepoint sched_process_exec");
	assert_ok(skep_link_unpin(link, path));
	skep_link_free(link);
	assert_int_equal(umount2(test_tmpdir(), MNT_DETACH), 0);
	snapshot_assert_unchanged(&before);
}

/* --- parts of an object --- */

static struct skep_object *load_hooks(void)
{
	struct skep_object *object = app_open("hooks.bpf.o");

	assert_ok(skep_program_enable(skep_object_program(object, "probe"), false));
	assert_ok(skep_object_load(object));
	return object;
}

TEST(optional_program_that_is_refused_does_not_keep_the_others)
{
	struct skep_object *object = load_hooks();
	struct skep_program *mistyped = skep_object_program(object, "mistyped");
	struct skep_program *first = skep_object_program(object, "first");

	assert_ok(skep_program_set_optional(mistyped, true));
	assert_null(skep_program_refusal(mistyped));
	assert_ok(skep_object_attach(object));
	assert_non_null(skep_program_link(first));
	assert_null(skep_program_refusal(first));
	assert_null(skep_program_link(mistyped));
	assert_int_equal(skep_program_refusal(mistyped)->code, ENOENT);
	assert_non_null(strstr(skep_program_refusal(mistyped)->message, "sched_process_exet"));
	/* Nobody waits for names that are alike: who asks is told how to get them. */
	assert_null(strstr(skep_program_refusal(mistyped)->hint, "did you mean"));
	assert_non_null(strstr(skep_program_refusal(mistyped)->hint, "not optional"));
	/* What is left to a helper is no refusal. */
	assert_null(skep_program_refusal(skep_object_program(object, "pass")));
	assert_error(skep_program_set_optional(first, true), EBUSY);
	skep_object_detach(object);
	assert_ok(skep_object_attach(object));
	skep_object_free(object);
}

TEST(required_program_that_is_refused_tells_it_and_takes_all_off)
{
	struct skep_object *object = load_hooks();
	struct skep_program *mistyped = skep_object_program(object, "mistyped");
	struct snapshot before;

	snapshot_take(&before);
	assert_ok(skep_program_set_optional(mistyped, true));
	assert_ok(skep_program_set_optional(mistyped, false));
	assert_error(skep_object_attach(object), ENOENT);
	assert_non_null(strstr(skep_program_refusal(mistyped)->hint, "did you mean"));
	assert_null(skep_program_link(skep_object_program(object, "first")));
	snapshot_assert_unchanged(&before);
	skep_object_free(object);
}
