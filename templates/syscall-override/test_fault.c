/* SPDX-License-Identifier: 0BSD */
/* Children of its own make folders, and fail as they should; and nobody else does. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <skep/skep.h>

#include "fault.skep.h"

#define EXIT_SKIPPED 77
#define CALL         SYSCALL_PREFIX "mkdirat" /* the one that all processors have */
#define HOOK         "security_inode_mkdir"

static char group[256], folder[64];

static int make_folder(void)
{
	return mkdirat(AT_FDCWD, folder, 0700) ? errno : 0;
}

static int remove_folder(void)
{
	return rmdir(folder) ? errno : 0;
}

static pid_t start_child(int go[2])
{
	pid_t pid;
	char word;

	assert_int_equal(pipe(go), 0);
	pid = fork();
	if (!pid) {
		close(go[1]);
		_exit(read(go[0], &word, 1) == 1 ? make_folder() : 255);
	}
	close(go[0]);
	return pid;
}

/* The errno that the child got, or 0. */
static int ask_child(pid_t pid, int go)
{
	int status;

	assert_int_equal(write(go, "", 1), 1);
	close(go);
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static void join(pid_t pid)
{
	char path[300];
	FILE *members;

	snprintf(path, sizeof(path), "%s/cgroup.procs", group);
	members = fopen(path, "w");
	assert_non_null(members);
	assert_true(fprintf(members, "%d", pid) > 0);
	assert_int_equal(fclose(members), 0);
}

static void start(struct fault **app, const char *function, pid_t pid, int code)
{
	struct stat st;

	assert_int_equal(stat(group, &st), 0);
	if (fault_open(app, NULL) || skep_program_set_target(fault_program_fail(*app), function))
		fail_msg("%s", skep_error_last()->message);
	fault_consts(*app)->only_pid = (uint32_t)pid;
	fault_consts(*app)->only_cgroup = pid ? 0 : st.st_ino;
	fault_consts(*app)->error = code;
}

static int count_reports(struct fault *app, pid_t pid)
{
	fault_events_ring events;
	int err, count = 0;

	assert_int_equal(fault_open_events(app, &events, NULL), 0);
	skep_ring_foreach(events, e, 100, &err) {
		assert_int_equal(e->pid, pid);
		count++;
	}
	skep_ring_free(events.ring);
	assert_int_equal(err, 0);
	return count;
}

/* Kernels differ in whether the results of system calls can be changed. */
static void need_system_calls(void)
{
	SKEP_AUTO(fault) *app = NULL;

	start(&app, CALL, 0, EDQUOT);
	if (fault_load(app) != -EOPNOTSUPP)
		return;
	print_message("# skip: %s\n", skep_error_last()->message);
	assert_non_null(strstr(skep_error_last()->hint, "security_"));
	fault_free(SKEP_TAKE(app));
	skip();
}

static void calls_of_one_process_fail(void **state)
{
	SKEP_AUTO(fault) *app = NULL;
	int go[2], other_go[2];
	pid_t child, other;

	(void)state;
	need_system_calls();
	child = start_child(go);
	other = start_child(other_go);
	start(&app, CALL, child, EDQUOT);
	if (fault_load(app) || fault_attach(app))
		fail_msg("%s", skep_error_last()->message);
	assert_int_equal(ask_child(child, go[1]), EDQUOT);
	assert_int_equal(remove_folder(), ENOENT);
	assert_int_equal(ask_child(other, other_go[1]), 0);
	assert_int_equal(remove_folder(), 0);
	assert_int_equal(count_reports(app, child), 1);
}

static void a_hook_of_one_control_group_fails(void **state)
{
	SKEP_AUTO(fault) *app = NULL;
	int go[2], other_go[2];
	pid_t child = start_child(go), other = start_child(other_go);

	(void)state;
	join(child);
	start(&app, HOOK, 0, ENOSPC);
	if (fault_load(app) || fault_attach(app))
		fail_msg("%s", skep_error_last()->message);
	assert_int_equal(ask_child(child, go[1]), ENOSPC);
	assert_int_equal(remove_folder(), ENOENT);
	assert_int_equal(ask_child(other, other_go[1]), 0);
	assert_int_equal(remove_folder(), 0);
	assert_int_equal(count_reports(app, child), 1);
}

static void without_it_all_is_as_before(void **state)
{
	(void)state;
	assert_int_equal(make_folder(), 0);
	assert_int_equal(remove_folder(), 0);
}

/* Not every kernel can: the reason is worth more than a failure. */
static int can_run(void)
{
	const struct skep_finding *finding = skep_kernel_finding(SKEP_CAN_FENTRY);

	if (finding->answer == SKEP_YES)
		return 1;
	fprintf(stderr, "skipped: %s\n", finding->why);
	return 0;
}

/* Where cgroup v2 is mounted is in /proc/mounts. */
static int make_group(void **state)
{
	char line[512], where[128];
	FILE *mounts = fopen("/proc/mounts", "r");
	int made = -1;

	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/fault-%d", getpid());
	while (made && mounts && fgets(line, sizeof(line), mounts))
		if (sscanf(line, "%*s %127s", where) == 1 && strstr(line, " cgroup2 ")) {
			snprintf(group, sizeof(group), "%s/@NAME@-%d", where, getpid());
			made = mkdir(group, 0755);
		}
	if (mounts)
		fclose(mounts);
	return made;
}

static int remove_group(void **state)
{
	(void)state;
	return rmdir(group);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_of_one_process_fail),
		cmocka_unit_test(a_hook_of_one_control_group_fails),
		cmocka_unit_test(without_it_all_is_as_before),
	};

	if (geteuid()) {
		fprintf(stderr, "skipped: needs root\n");
		return EXIT_SKIPPED;
	}
	if (!can_run())
		return EXIT_SKIPPED;
	return cmocka_run_group_tests(tests, make_group, remove_group);
}
