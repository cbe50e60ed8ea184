// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What goes wrong with tracing hooks: one line that says what, and one that says what to do. */
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app.h"
#include "attach_trace.h"
#include "attach_trace.skep.h"
#include "attach_trace_btf.skep.h"
#include "hooks.h"

#define FUNCTION "security_task_getsid"

static struct attach_trace *plain;
static struct skep_link *link_;

static struct attach_trace *get_plain(void)
{
	require_root();
	link_ = NULL;
	if (!plain) {
		assert_ok(attach_trace_open(&plain, NULL));
		assert_ok(attach_trace_load(plain));
	}
	return plain;
}

/* Only where there are probes can a function be told to be none of those that can be probed. */
static void need_kprobes(void)
{
	get_plain();
	if (!hook_fires("kprobe"))
		test_skip("this kernel has no kprobes");
}

static int probe(const char *function)
{
	return skep_attach_kprobe(&link_, attach_trace_program_probe(get_plain()), function, NULL);
}

static int probe_many(const char *pattern, const struct skep_kprobe_multi_opts *opts)
{
	return skep_attach_kprobe_multi(&link_, attach_trace_program_multi(get_plain()), pattern,
					opts);
}

TEST(missing_function_names_the_nearest)
{
	need_kprobes();
	assert_error(probe("security_task_getsidd"), ENOENT);
	app_assert_says("this kernel has no function security_task_getsidd");
	app_assert_hints(FUNCTION);
	assert_null(link_);
}

TEST(functions_of_modules_are_told_from_modules_that_are_not_loaded)
{
	need_kprobes();
	assert_error(probe("no_such_module:no_such_function"), ENOENT);
	app_assert_says("module no_such_module");
	app_assert_says("is not loaded");
	app_assert_hints("modprobe no_such_module");
	assert_error(probe_many("no_such_module:*", NULL), ENOENT);
}

TEST(functions_of_modules_are_probed)
{
	need_kprobes();
	if (access("/sys/module/veth/initstate", F_OK))
		test_skip("there is no module veth");
	assert_ok(probe("veth:veth_xmit"));
	skep_link_free(link_);
	assert_error(probe("vmlinux:veth_xmit"), ENOENT);
	assert_error(probe("veth:veth_xmitt"), ENOENT);
	app_assert_says("module veth has no function");
	app_assert_hints("veth_xmit");
	assert_ok(probe("vmlinux:" FUNCTION));
	skep_link_free(link_);
	if (!hook_fires("kprobe.multi"))
		return;
	assert_ok(probe_many("veth:veth_x*", NULL));
	skep_link_free(link_);
	assert_ok(skep_attach_wait(-1));
}

/* The first line of /proc/kallsyms of whose name `wanted` is true. */
static bool find_line(bool (*wanted)(const char *name, const char *before), char *name)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	char line[1024], before[512] = "", type;
	bool found = false;

	assert_non_null(file);
	while (!found && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%*x %c %511s", &type, name) != 2 || !strchr("tT", type))
			continue;
		found = wanted(name, before);
		snprintf(before, sizeof(before), "%s", name);
	}
	fclose(file);
	return found;
}

static bool is_part(const char *name, const char *before)
{
	const char *dot = strstr(name, ".isra.0");

	/* Not one that has the plain name too. */
	return dot && !dot[7] && strncmp(before, name, (size_t)(dot - name)) != 0;
}

TEST(parts_that_the_compiler_made_are_named)
{
	char name[512], plain_name[512];

	need_kprobes();
	if (!find_line(is_part, name))
		test_skip("this kernel has no .isra functions");
	snprintf(plain_name, sizeof(plain_name), "%.*s", (int)strcspn(name, "."), name);
	assert_error(probe(plain_name), ENOENT);
	app_assert_says("the compiler made");
	app_assert_says(name);
}

static const char *const namesakes[] = { "t_start",   "t_next",    "s_start",
					 "type_show", "name_show", "state_show" };

/* One of those that kernels have several of. */
static const char *find_namesake(void)
{
	for (size_t i = 0; i < sizeof(namesakes) / sizeof(namesakes[0]); i++) {
		FILE *file = fopen("/proc/kallsyms", "re");
		char line[1024], name[512];
		int count = 0;

		assert_non_null(file);
		while (fgets(line, sizeof(line), file))
			count += sscanf(line, "%*x %*c %511s", name) == 1 &&
				 !strcmp(name, namesakes[i]);
		fclose(file);
		if (count > 1)
			return namesakes[i];
	}
	return NULL;
}

TEST(several_functions_of_a_name_are_told_with_their_addresses)
{
	const char *name;
	const char *list[1];

	need_kprobes();
	name = find_namesake();
	assert_non_null(name);
	assert_error(probe(name), ENOTUNIQ);
	app_assert_says(name);
	app_assert_hints(".address");
	app_assert_hints("0xffff");
	if (!hook_fires("kprobe.multi"))
		return;
	list[0] = name;
	assert_error(
		probe_many(NULL, SKEP_OPTS(skep_kprobe_multi_opts, .functions = list, .count = 1)),
		ENOTUNIQ);
	if (probe_many(NULL, SKEP_OPTS(skep_kprobe_multi_opts, .functions = list, .count = 1,
				       .every = true)))
		fail_msg("%s: %s", skep_error_last()->message, skep_error_last()->hint);
	skep_link_free(link_);
}

TEST(what_may_not_be_probed_is_told_as_such)
{
	need_kprobes();
	assert_error(probe("get_kprobe"), EINVAL);
	app_assert_says("forbids to probe get_kprobe");
}

TEST(offsets_are_instructions_of_the_function)
{
	need_kprobes();
	assert_error(probe(FUNCTION "+0x400000"), EINVAL);
	app_assert_says("behind the end of " FUNCTION);
	assert_error(skep_attach_kprobe(&link_, attach_trace_program_probe_ret(plain),
					FUNCTION "+4", NULL),
		     EINVAL);
	assert_error(probe(FUNCTION "+"), EINVAL);
	assert_error(probe(FUNCTION "+4z"), EINVAL);
	app_assert_says("is no number");
	assert_error(skep_attach_kprobe(&link_, attach_trace_program_probe(plain), NULL,
					SKEP_OPTS(skep_kprobe_opts, .address = 4096)),
		     EINVAL);
	app_assert_says("0x1000");
}

TEST(what_is_missing_or_too_much_is_einval)
{
	static const char *const list[] = { FUNCTION };
	const uint64_t address = 1;

	assert_error(probe(NULL), EINVAL);
	assert_error(probe(""), EINVAL);
	assert_error(skep_attach_kprobe(&link_, attach_trace_program_probe(get_plain()), FUNCTION,
					SKEP_OPTS(skep_kprobe_opts, .address = 1)),
		     EINVAL);
	assert_error(probe_many(NULL, NULL), EINVAL);
	assert_error(probe_many("", NULL), EINVAL);
	assert_error(
		probe_many("x", SKEP_OPTS(skep_kprobe_multi_opts, .functions = list, .count = 1)),
		EINVAL);
	assert_error(probe_many(NULL, SKEP_OPTS(skep_kprobe_multi_opts, .functions = list)),
		     EINVAL);
	assert_error(probe_many("x", SKEP_OPTS(skep_kprobe_multi_opts, .cookies = &address)),
		     EINVAL);
	assert_error(skep_attach_perf_event(
			     &link_, attach_trace_program_sample(plain),
			     SKEP_OPTS(skep_perf_event_opts, .frequency = 1, .period = 1)),
		     EINVAL);
	assert_error(skep_attach_tracepoint(&link_, attach_trace_program_point(plain), NULL, NULL),
		     EINVAL);
	assert_error(skep_attach_raw_tracepoint(&link_, attach_trace_program_raw(plain), "", NULL),
		     EINVAL);
}

TEST(programs_of_another_type_are_told_where_they_belong)
{
	const struct skep_program *raw = attach_trace_program_raw(get_plain());

	assert_error(skep_attach_kprobe(&link_, raw, FUNCTION, NULL), EPROTOTYPE);
	assert_error(skep_attach_kprobe(&link_, attach_trace_program_multi(plain), FUNCTION, NULL),
		     EPROTOTYPE);
	app_assert_hints("skep_attach_kprobe_multi()");
	assert_error(
		skep_attach_kprobe_multi(&link_, attach_trace_program_probe(plain), FUNCTION, NULL),
		EPROTOTYPE);
	assert_error(skep_attach_kprobe_session(&link_, attach_trace_program_multi(plain), FUNCTION,
						NULL),
		     EPROTOTYPE);
	assert_error(skep_attach_ksyscall(&link_, raw, "getsid", NULL), EPROTOTYPE);
	assert_error(skep_attach_tracepoint(&link_, raw, "sched/sched_switch", NULL), EPROTOTYPE);
	assert_error(skep_attach_perf_event(&link_, raw, NULL), EPROTOTYPE);
	assert_error(skep_attach_tracing(&link_, raw, NULL), EPROTOTYPE);
	assert_error(skep_attach_lsm(&link_, raw, NULL), EPROTOTYPE);
	assert_error(skep_attach_freplace(&link_, raw, NULL), EPROTOTYPE);
	assert_error(skep_attach_iter(&link_, raw, NULL), EPROTOTYPE);
	assert_null(link_);
}

TEST(a_program_without_a_target_says_how_to_give_it_one)
{
	struct attach_trace_btf *app = NULL;

	require_root();
	assert_ok(attach_trace_btf_open(&app, NULL));
	assert_error(attach_trace_btf_load(app), EINVAL);
	app_assert_says("point_later");
	app_assert_hints("skep_program_set_target()");
	attach_trace_btf_free(app);
}

TEST(targets_are_checked_before_load)
{
	struct attach_trace_btf *app = NULL;
	struct skep_program *point;

	require_root();
	assert_ok(attach_trace_btf_open(&app, NULL));
	point = attach_trace_btf_program_point_later(app);
	assert_error(skep_attach_tracing(&link_, point, NULL), EBADF);
	assert_error(skep_program_set_target(point, "sched_process_exek"), ENOENT);
	app_assert_hints("sched_process_exec");
	assert_error(skep_program_set_target(point, "no_such_module:sched_process_exec"), ENOENT);
	app_assert_hints("modprobe");
	assert_error(skep_program_set_target(point, ""), EINVAL);
	assert_error(skep_program_set_target_fd(point, 0, "x"), EBADF);
	assert_error(skep_program_set_target(attach_trace_program_probe(get_plain()), FUNCTION),
		     EPROTOTYPE);
	assert_ok(skep_program_set_target(point, "sched_process_exec"));
	assert_ok(attach_trace_btf_load(app));
	assert_error(skep_program_set_target(point, "sched_process_exec"), EBUSY);
	attach_trace_btf_free(app);
}

TEST(sections_without_a_place_name_the_helper)
{
	static const struct {
		const char *program, *helper;
	} cases[] = {
		{ "probe", "skep_attach_kprobe()" },
		{ "multi", "skep_attach_kprobe_multi()" },
		{ "point_anywhere", "skep_attach_tracepoint()" },
		{ "raw", "skep_attach_raw_tracepoint()" },
		{ "sample", "skep_attach_perf_event()" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct skep_object *object = attach_trace_object(get_plain());

		assert_error(skep_attach(&link_, skep_object_program(object, cases[i].program)),
			     EDESTADDRREQ);
		app_assert_hints(cases[i].helper);
	}
}

TEST(samples_tell_what_they_cannot_have)
{
	const struct skep_program *sample = attach_trace_program_sample(get_plain());
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_error(
		skep_attach_perf_event(&link_, sample, SKEP_OPTS(skep_perf_event_opts, .pid = pid)),
		ESRCH);
	app_assert_says("there is no process");
	assert_error(skep_attach_perf_event(
			     &link_, sample,
			     SKEP_OPTS(skep_perf_event_opts, .only_cpu = true, .cpu = 4000)),
		     ENODEV);
	app_assert_hints("online are: 0");
	assert_error(
		skep_attach_perf_event(&link_, sample,
				       SKEP_OPTS(skep_perf_event_opts, .frequency = 1000000000)),
		EINVAL);
	app_assert_says("samples a second are more than");
	assert_error(skep_attach_perf_event(
			     &link_, sample,
			     SKEP_OPTS(skep_perf_event_opts, .event = SKEP_PERF_RAW, .type = 2)),
		     EINVAL);
	app_assert_says("skep_attach_tracepoint()");
	assert_null(link_);
}

TEST(running_out_of_files_is_told_with_the_limit)
{
	const struct skep_program *sample = attach_trace_program_sample(get_plain());
	struct rlimit limit, few;
	int fds = app_open_fds(), probe_fd = dup(0), err;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	few = limit;
	few.rlim_cur = (rlim_t)probe_fd; /* the lowest free one: nothing more fits */
	close(probe_fd);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	err = skep_attach_perf_event(&link_, sample, NULL);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(err, -EMFILE);
	app_assert_says("may not open more than");
	app_assert_hints("ulimit -n");
	assert_int_equal(app_open_fds(), fds);
}

static void without_privilege(const struct skep_program *sample)
{
	struct skep_link *none = NULL;
	int err;

	if (setgid(65534) || setuid(65534))
		_exit(2);
	err = skep_attach_perf_event(&none, sample, NULL);
	_exit(err == -EPERM || err == -EACCES ? 0 : 1);
}

TEST(without_privilege_it_is_eperm)
{
	const struct skep_program *sample = attach_trace_program_sample(get_plain());
	int status;
	pid_t pid = fork();

	if (!pid)
		without_privilege(sample);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

TEST(without_tracefs_a_tracepoint_says_how_to_get_it)
{
	const struct skep_program *point = attach_trace_program_point_anywhere(get_plain());

	assert_int_equal(unshare(CLONE_NEWNS), 0);
	assert_int_equal(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	umount2("/sys/kernel/debug/tracing", MNT_DETACH);
	umount2("/sys/kernel/debug", MNT_DETACH);
	umount2("/sys/kernel/tracing", MNT_DETACH);
	assert_error(skep_attach_tracepoint(&link_, point, "sched/sched_process_exec", NULL),
		     ENOENT);
	app_assert_says("tracefs is not mounted");
	app_assert_hints("mount -t tracefs");
	if (!hook_fires("kprobe.multi"))
		return;
	/* What can be traced is not known then: the kernel is asked. */
	assert_ok(probe_many(FUNCTION, NULL));
	skep_link_free(link_);
}

TEST(ten_thousand_functions_are_one_link)
{
	struct snapshot before;

	need_kprobes();
	if (!hook_fires("kprobe.multi"))
		test_skip("this kernel has no multi links");
	snapshot_take(&before);
	assert_ok(probe_many("[a-d]*", NULL));
	assert_string_equal(skep_link_way(link_), "kprobe.multi");
	assert_true(skep_link_fd(link_) >= 0);
	skep_link_free(link_);
	snapshot_assert_unchanged(&before);
}
