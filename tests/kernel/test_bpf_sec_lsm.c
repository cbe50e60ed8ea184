// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Programs that refuse, on the kernel's security hooks: this process's own doings, in guests only. */
#include "harness/machine.h"
#include "harness/test.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app.h"
#include "bpf_sec_lsm.skep.h"

static struct bpf_sec_lsm *app;

static void free_app(void)
{
	bpf_sec_lsm_free(app);
}

/* Of the verifier's log: where it says why. */
static const char *log_end(void)
{
	const char *log = skep_error_last()->log;
	size_t n = log ? strlen(log) : 0;

	return n > 800 ? log + n - 800 : n ? log : "";
}

static struct bpf_sec_lsm_bss *started(void)
{
	struct bpf_sec_lsm *opened = NULL;

	require_root();
	require_vm();
	if (!app) {
		assert_ok(bpf_sec_lsm_open(&opened, NULL));
		if (bpf_sec_lsm_load(opened))
			fail_msg("%s: %s", skep_error_last()->message, log_end());
		app = opened;
		atexit(free_app);
		assert_ok(bpf_sec_lsm_attach(app));
	}
	bpf_sec_lsm_bss(app)->error = bpf_sec_lsm_bss(app)->error_of_second = 0;
	bpf_sec_lsm_bss(app)->only = (uint32_t)getpid();
	return bpf_sec_lsm_bss(app);
}

/* Nothing is refused any more, so that the case can clean up. */
static void stop(struct bpf_sec_lsm_bss *seen)
{
	seen->only = 0;
}

/* The file that is opened, in the folder that is looked at. */
static const char *watched(struct bpf_sec_lsm_bss *seen)
{
	static char path[PATH_MAX];
	struct stat st;

	assert_int_equal(stat(test_tmpdir(), &st), 0);
	seen->folder.device = (uint32_t)st.st_dev;
	seen->folder.inode = st.st_ino;
	snprintf(path, sizeof(path), "%s/file", test_tmpdir());
	close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	return path;
}

/* 0, or the error. */
static int open_error(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), error = errno;

	if (fd < 0)
		return error;
	close(fd);
	return 0;
}

TEST(open_is_refused_with_any_error_and_its_path_is_known)
{
	static const int cases[][2] = { { 0, 0 },           { EPERM, EPERM },  { EACCES, EACCES },
					{ ENOENT, ENOENT }, { 4095, 4095 },    { 4096, EPERM },
					{ -EIO, EIO },      { INT_MIN, EPERM } };
	struct bpf_sec_lsm_bss *seen = started();
	const char *path = watched(seen);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int error;

		memset(&seen->path_seen, 0, sizeof(seen->path_seen));
		seen->error = cases[i][0];
		error = open_error(path);
		seen->error = 0;
		assert_int_equal(error, cases[i][1]);
		assert_string_equal(seen->path_seen.text, path);
		assert_int_equal(open_error("/dev/null"), 0);
	}
	stop(seen);
}

/* The kernel runs the program that was attached last first. */
TEST(body_does_not_run_where_a_program_before_it_refused)
{
	struct bpf_sec_lsm_bss *seen = started();
	const char *path = watched(seen);
	uint64_t first = seen->first_ran, second = seen->second_ran;

	assert_int_equal(open_error(path), 0);
	assert_int_equal(seen->first_ran, first + 1);
	assert_int_equal(seen->second_ran, second + 1);
	seen->error = seen->error_of_second = EACCES;
	assert_int_equal(open_error(path), EACCES);
	assert_int_equal(seen->first_ran + seen->second_ran, first + second + 3);
	stop(seen);
}

TEST(earlier_result_is_found_behind_the_arguments)
{
	static const int errors[] = { 0, EACCES, 1, 4095, 0 };
	struct bpf_sec_lsm_bss *seen = started();
	const char *path = watched(seen);

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		seen->earlier_seen = 7;
		seen->error_of_second = errors[i];
		assert_int_equal(open_error(path), errors[i]);
		assert_int_equal(seen->earlier_seen, -errors[i]);
	}
	stop(seen);
}

/* What a body returns as it is: its sign forgotten, or no error at all. */
TEST(result_of_a_body_is_put_right)
{
	static const int cases[][2] = { { 0, 0 },          { -EACCES, EACCES }, { EACCES, EACCES },
					{ -4096, EPERM },  { 4096, EPERM },     { INT_MAX, EPERM },
					{ INT_MIN, EPERM } };
	struct bpf_sec_lsm_bss *seen = started();
	const char *path = watched(seen);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		seen->error_of_second = cases[i][0];
		assert_int_equal(open_error(path), cases[i][1]);
	}
	stop(seen);
}

TEST(hook_of_which_no_argument_is_named_refuses_and_allows)
{
	struct bpf_sec_lsm_bss *seen = started();
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/made", test_tmpdir());
	seen->error = ENOSPC;
	assert_int_equal(mkdir(path, 0755), -1);
	assert_int_equal(errno, ENOSPC);
	stop(seen);
	assert_int_equal(mkdir(path, 0755), 0);
}

TEST(path_of_a_name_in_a_folder_is_whole)
{
	struct bpf_sec_lsm_bss *seen = started();
	const char *path = watched(seen);

	seen->error = EROFS;
	assert_int_equal(unlink(path), -1);
	assert_int_equal(errno, EROFS);
	assert_string_equal(seen->path_seen.text, path);
	assert_int_equal(seen->path_seen.length, strlen(path));
	assert_int_equal(seen->path_seen.state, 0);
	stop(seen);
	assert_int_equal(unlink(path), 0);
}

TEST(change_of_credentials_is_seen_before_it_is_made)
{
	struct bpf_sec_lsm_bss *seen = started();
	int status = -1;
	pid_t pid = fork();

	if (!pid) {
		seen->only = (uint32_t)getpid();
		/* May become root again, and is refused. */
		if (setresuid(5, 6, 0) || seteuid(0) == 0)
			_exit(1);
		_exit(errno != EACCES);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	stop(seen);
	assert_int_equal(status, 0);
	assert_int_equal(seen->cred_before.uid, 5);
	assert_int_equal(seen->cred_before.euid, 6);
	assert_int_equal(seen->cred_before.suid, 0);
	assert_int_equal(seen->cred_after.euid, 0);
	assert_int_equal(seen->cred_after.uid, 5);
}

static void exec_refused(struct bpf_sec_lsm_bss *seen)
{
	char text[256] = "";
	int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, sizeof(text));

	seen->only = (uint32_t)getpid();
	seen->error = EACCES;
	execl("/bin/sh", "sh", (char *)NULL);
	if (errno != EACCES || n < 1 || seen->waited < (uint64_t)(n < 256 ? n : 256) ||
	    memcmp((const char *)seen->args, text, (size_t)n) != 0)
		_exit(1);
	seen->error = 0;
	execl("/bin/true", "true", "x", (char *)NULL);
	_exit(2);
}

TEST(program_that_may_sleep_reads_arguments_and_one_without_a_verdict_is_told)
{
	struct bpf_sec_lsm_bss *seen = started();
	uint64_t before = seen->notified;
	int status = -1;
	pid_t pid = fork();

	if (!pid)
		exec_refused(seen);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	stop(seen);
	assert_int_equal(status, 0);
	assert_int_equal(seen->notified, before + 1);
}
