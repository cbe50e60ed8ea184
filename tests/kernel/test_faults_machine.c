// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Machines of which a process sees less: files and file systems that are hidden, descriptors gone. */
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app.h"
#include "faults.h"
#include "hooks.h"

static int hide_btf(void)
{
	return fault_hide("/sys/kernel/btf");
}

static int hide_sysfs(void)
{
	return fault_hide("/sys");
}

static int hide_proc(void)
{
	return fault_hide("/proc");
}

static int hide_kallsyms(void)
{
	return fault_hide("/proc/kallsyms");
}

static int hide_config(void)
{
	return fault_hide("/proc/config.gz") || fault_hide("/boot") || fault_hide("/lib/modules");
}

static int hide_tracefs(void)
{
	int err = fault_hide("/sys/kernel/debug");

	return err ? err : fault_hide("/sys/kernel/tracing");
}

/* Refused when it is loaded or attached; false where the hook does not work here anyway. */
static bool expect(const char *program, int (*fault)(void), int code, const char *says,
		   const char *hints)
{
	const struct fault_family *family = fault_family(program);
	struct fault_result result;

	if (!hook_fires(family->hook))
		return false;
	result = fault_try(family, fault, FAULT_BEFORE_LOAD);
	fault_expect(family, &result, code, says, hints);
	return true;
}

static void expect_with_doctor(const char *program, int (*fault)(void), int code, const char *says,
			       const char *hints)
{
	const struct fault_family *family = fault_family(program);
	struct fault_result result;

	if (!hook_fires(family->hook))
		return;
	result = fault_try(family, fault, FAULT_BEFORE_LOAD);
	fault_expect(family, &result, code, says, hints);
	fault_expect_doctor(family, &result, says);
}

static void expect_ok(const char *program, int (*fault)(void))
{
	const struct fault_family *family = fault_family(program);
	struct fault_result result;

	if (!hook_fires(family->hook))
		return;
	result = fault_try(family, fault, FAULT_BEFORE_LOAD);
	if (result.err)
		fail_msg("%s: %d: %s", program, result.err, result.message);
}

TEST_WITH(without_btf_what_needs_it_says_so_and_the_rest_works, fault_start, fault_stop)
{
	static const char *const need[] = { "on_tp_btf", "on_iter", "on_fentry", "on_lsm" };

	for (size_t i = 0; i < sizeof(need) / sizeof(need[0]); i++)
		expect_with_doctor(need[i], hide_btf, EOPNOTSUPP, "BTF", "kernel");
	expect("on_core", hide_btf, EOPNOTSUPP, "BTF", "kernel");
	expect_ok("on_raw_tp", hide_btf);
	expect_ok("on_xdp", hide_btf);
	expect_ok("on_uprobe", hide_btf);
}

TEST_WITH(without_sysfs_it_is_named_and_nothing_else, fault_start, fault_stop)
{
	expect_with_doctor("on_tp", hide_sysfs, ENOENT, "tracefs is not mounted", "raw_tp");
	expect_with_doctor("on_tp_btf", hide_sysfs, EOPNOTSUPP, "sysfs is not mounted", "mount");
	expect_with_doctor("on_uprobe", hide_sysfs, EOPNOTSUPP, "sysfs is not mounted", "mount");
	expect_with_doctor("on_kprobe", hide_sysfs, EOPNOTSUPP, "sysfs is not mounted", "mount");
	expect("on_sample", hide_sysfs, EOPNOTSUPP, "/sys/devices/system/cpu/online", "mount");
	expect_ok("on_raw_tp", hide_sysfs);
	expect_ok("on_xdp", hide_sysfs);
}

TEST_WITH(without_tracefs_doctor_and_attach_say_the_command, fault_start, fault_stop)
{
	expect_with_doctor("on_tp", hide_tracefs, ENOENT, "tracefs is not mounted",
			   "mount -t tracefs");
	expect_ok("on_raw_tp", hide_tracefs);
	expect_ok("on_kprobe", hide_tracefs);
	expect_ok("on_sample", hide_tracefs);
}

/* What is not there must not be made out of what cannot be seen. */
TEST_WITH(without_proc_nothing_else_is_blamed, fault_start, fault_stop)
{
	expect("on_uprobe", hide_proc, EOPNOTSUPP, "/proc is not mounted", "mount -t proc");
	expect("on_uprobe_multi", hide_proc, EOPNOTSUPP, "/proc is not mounted", "mount -t proc");
	expect("on_sk_lookup", hide_proc, ENOENT, "/proc", "mount -t proc");
	expect("on_multi", hide_proc, EOPNOTSUPP, "/proc/kallsyms", "mount");
	expect("on_multi", hide_kallsyms, EOPNOTSUPP, "/proc/kallsyms", "mount");
	expect_ok("on_tp", hide_proc);
	expect_ok("on_raw_tp", hide_proc);
	expect_ok("on_xdp", hide_proc);
	expect_ok("on_egress", hide_proc);
	expect_ok("on_kprobe", hide_kallsyms);
}

TEST_WITH(kernel_without_kprobes_is_told_from_one_that_hides_its_configuration, fault_start,
	  fault_stop)
{
	const struct fault_family *family = fault_family("on_kprobe");
	struct fault_result result;

	if (hook_fires("kprobe"))
		test_skip("this kernel has kprobes");
	result = fault_try(family, hide_config, FAULT_BEFORE_LOAD);
	fault_expect(family, &result, EOPNOTSUPP, "this kernel has no kprobes", "tracepoint");
	fault_expect_doctor(family, &result, "this kernel has no kprobes");
	family = fault_family("on_multi");
	result = fault_try(family, hide_config, FAULT_BEFORE_LOAD);
	fault_expect(family, &result, EOPNOTSUPP, "without kprobe.multi", "tracepoint");
}

/* Told before the kernel is asked whether it has fentry: libbpf looks for the function first. */
TEST(function_of_a_module_that_is_not_loaded_is_told_with_the_command)
{
	SKEP_AUTO(skep_object) *object = app_open("faults_core.bpf.o");

	assert_ok(skep_program_enable(skep_object_program(object, "on_core"), false));
	assert_ok(skep_program_enable(skep_object_program(object, "on_module"), true));
	assert_true(skep_object_load(object) < 0);
	app_assert_says("module skep_no_such, of which nothing_there is, is not loaded");
	app_assert_hints("modprobe skep_no_such");
}

/* In a mount namespace of its own, gone with the child. */
static int pin_where_nothing_may_be(void)
{
	struct skep_object *object = fault_open(fault_family("on_raw_tp"));
	struct skep_link *link = NULL;
	char folder[256];

	snprintf(folder, sizeof(folder), "%s/bpf", test_tmpdir());
	if (mkdir(folder, 0700) || unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", folder, "bpf", MS_RDONLY, NULL))
		return 2;
	strcat(folder, "/x");
	if (skep_object_load(object) ||
	    skep_attach(&link, skep_object_program(object, "on_raw_tp")))
		return 3;
	if (skep_link_pin(link, folder) != -EROFS || !strstr(skep_error_last()->hint, "remount,rw"))
		return 4;
	if (skep_map_pin(skep_object_map(object, "pinned"), folder) != -EROFS ||
	    !strstr(skep_error_last()->hint, "remount,rw"))
		return 5;
	skep_link_free(link);
	skep_object_free(object);
	return 0;
}

TEST(read_only_bpffs_is_named_by_pins_with_the_command)
{
	int status;
	pid_t child;

	require_root();
	fflush(stdout);
	child = fork();
	if (!child)
		_exit(pin_where_nothing_may_be());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* So that `room` more descriptors can be had. */
static void leave_room(struct rlimit *before, unsigned int room)
{
	struct rlimit low;
	int first = dup(0);

	assert_int_equal(getrlimit(RLIMIT_NOFILE, before), 0);
	low = *before;
	low.rlim_cur = (rlim_t)first + room;
	close(first);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
}

static void check_exhausted(const char *program, unsigned int room, int err)
{
	const struct skep_error *error = skep_error_last();

	if (err != -EMFILE ||
	    (!strstr(error->message, "descriptor") && !strstr(error->message, "more than")) ||
	    !error->hint || !strstr(error->hint, "ulimit -n"))
		fail_msg("%s, room for %u: %d: %s [%s]", program, room, err, error->message,
			 error->hint ? error->hint : "");
}

#define MOST_ROOM 64 /* descriptors, for a few processors' events */

TEST_WITH(descriptors_that_run_out_are_named_at_each_step_of_attach, fault_start, fault_stop)
{
	for (size_t i = 0; i < fault_family_count; i++) {
		const struct fault_family *family = &fault_families[i];
		const struct skep_program *program;
		SKEP_AUTO(skep_object) *object = NULL;
		struct skep_link *link = NULL;
		unsigned int room = 0;
		int fds, err = 1;

		if (!hook_fires(family->hook))
			continue;
		object = fault_open(family);
		assert_ok(skep_object_load(object));
		program = skep_object_program(object, family->program);
		/* What is remembered of the kernel is looked up here, and not without room. */
		assert_ok(family->attach(&link, program));
		skep_link_free(link);
		assert_ok(skep_attach_wait(-1));
		link = NULL;
		fds = app_open_fds();
		for (; err && room < MOST_ROOM; room++) {
			struct rlimit before;

			leave_room(&before, room);
			err = family->attach(&link, program);
			assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
			if (!err)
				break;
			check_exhausted(family->program, room, err);
			assert_null(link);
			assert_ok(skep_attach_wait(-1)); /* some are closed off this thread */
			assert_int_equal(app_open_fds(), fds);
		}
		printf("# %s needs %u descriptors\n", family->program, room);
		assert_int_equal(err, 0);
		skep_link_free(link);
		assert_ok(skep_attach_wait(-1));
	}
}

/* In a child: libbpf remembers for good what it could not try. */
static int load_with_little_room(const char *program)
{
	int err = 1;

	for (unsigned int room = 0; err && room < MOST_ROOM; room++) {
		int fds = app_open_fds();
		struct skep_object *object = fault_open(fault_family(program));
		struct rlimit before;

		leave_room(&before, room);
		err = skep_object_load(object);
		setrlimit(RLIMIT_NOFILE, &before);
		if (err)
			check_exhausted(program, room, err);
		skep_object_free(object);
		if (app_open_fds() != fds)
			return 2;
	}
	return !!err;
}

TEST(descriptors_that_run_out_are_named_at_each_step_of_load)
{
	static const char *const programs[] = { "on_raw_tp", "on_tp_btf", "on_xdp", "on_core" };

	require_root();
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		pid_t child;
		int status;

		fflush(stdout);
		child = fork();
		if (!child)
			_exit(load_with_little_room(programs[i]));
		assert_int_equal(waitpid(child, &status, 0), child);
		if (status)
			fail_msg("%s: status %#x", programs[i], (unsigned int)status);
	}
}

/* --- a process that ends between two steps of attach --- */

static pid_t victim;

int __real_skep_uprobe_pmu(void);
int __wrap_skep_uprobe_pmu(void);
int __wrap_skep_uprobe_pmu(void)
{
	if (victim) {
		kill(victim, SIGKILL);
		waitpid(victim, NULL, 0);
		victim = 0;
	}
	return __real_skep_uprobe_pmu();
}

static pid_t start_victim(void)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	assert_true(pid >= 0);
	while (!pid)
		pause();
	return pid;
}

TEST(process_that_ends_while_it_is_attached_to_is_named)
{
	SKEP_AUTO(skep_object) *object = fault_open(fault_family("on_uprobe"));
	const struct skep_program *program;
	struct skep_link *link = NULL;
	pid_t pid = start_victim();
	int fds;

	assert_ok(skep_object_load(object));
	program = skep_object_program(object, "on_uprobe");
	fds = app_open_fds();
	victim = pid;
	assert_error(
		skep_attach_uprobe(&link, program, "libc.so.6",
				   SKEP_OPTS(skep_uprobe_opts, .symbol = "getppid", .pid = pid)),
		ESRCH);
	assert_int_equal(victim, 0);
	assert_null(link);
	app_assert_says("ended");
	assert_int_equal(app_open_fds(), fds);
}

TEST(process_may_end_at_any_moment_of_a_multi_link)
{
	SKEP_AUTO(skep_object) *object = NULL;
	const struct skep_program *program;
	struct snapshot before;

	if (!hook_fires("uprobe.multi"))
		test_skip("this kernel has no uprobe.multi");
	snapshot_take(&before);
	object = fault_open(fault_family("on_uprobe_multi"));
	assert_ok(skep_object_load(object));
	program = skep_object_program(object, "on_uprobe_multi");
	for (int round = 0; round < 20; round++) {
		const char *const names[] = { "getppid" };
		struct skep_link *link = NULL;
		pid_t pid = start_victim(), killer;
		int err;

		killer = fork();
		if (!killer) {
			for (volatile int i = 0; i < round * round * 1000; i++)
				;
			_exit(kill(pid, SIGKILL));
		}
		err = skep_attach_uprobe_multi(&link, program, "libc.so.6",
					       SKEP_OPTS(skep_uprobe_multi_opts, .symbols = names,
							 .count = 1, .pid = pid));
		if (err && err != -ESRCH)
			fail_msg("%d: %s", err, skep_error_last()->message);
		skep_link_free(link);
		waitpid(killer, NULL, 0);
		waitpid(pid, NULL, 0);
	}
	skep_object_free(SKEP_TAKE(object));
	assert_ok(skep_attach_wait(-1));
	snapshot_assert_unchanged(&before);
}
