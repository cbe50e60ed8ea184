// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Tracing hooks: each fires, or is refused for the reason that hooks.tsv has. */
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "app.h"
#include "attach_trace.h"
#include "attach_trace.skep.h"
#include "attach_trace_base.skep.h"
#include "attach_trace_btf.skep.h"
#include "attach_trace_call.skep.h"
#include "attach_trace_replace.skep.h"
#include "hooks.h"

#define FUNCTION "security_task_getsid"

/* Loading costs more than all the cases do: once for all of them. */
static struct attach_trace *plain;
static struct attach_trace_btf *typed;

static struct attach_trace *get_plain(void)
{
	require_root();
	if (!plain) {
		assert_ok(attach_trace_open(&plain, NULL));
		assert_ok(attach_trace_load(plain));
		attach_trace_bss(plain)->me = (__u32)getpid();
	}
	return plain;
}

static struct attach_trace_btf *get_typed(void)
{
	require_root();
	if (!typed) {
		assert_ok(attach_trace_btf_open(&typed, NULL));
		assert_ok(skep_program_set_target(attach_trace_btf_program_point_later(typed),
						  "sched_process_exec"));
		assert_ok(attach_trace_btf_load(typed));
	}
	return typed;
}

/* What is looked up in tracefs needs it; it is this process's own where it was not there. */
static void need_tracefs(void)
{
	if (skep_kernel_can(SKEP_CAN_TRACEFS) == SKEP_YES)
		return;
	require_root();
	assert_int_equal(unshare(CLONE_NEWNS), 0);
	assert_int_equal(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	assert_int_equal(mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL), 0);
}

/* Comes by FUNCTION, getsid() and the security hooks that the programs are on. */
static void act(void)
{
	struct statfs fs;

	assert_true(getsid(getpid()) >= 0);
	assert_int_equal(statfs("/", &fs), 0);
}

static uint64_t count_of(enum hit hit)
{
	return attach_trace_bss(get_plain())->hits[hit];
}

/* Acts while it is attached, and frees it. */
static void expect(const char *hook, int err, struct skep_link **link, enum hit hit)
{
	uint64_t before = count_of(hit);

	if (!err)
		act();
	hook_expect(hook, err, count_of(hit) - before);
	skep_link_free(*link);
	*link = NULL;
}

TEST(kprobes_fire_by_name_and_address)
{
	const struct skep_program *probe = attach_trace_program_probe(get_plain());
	struct skep_link *link = NULL;
	int err;

	expect("kprobe", skep_attach_kprobe(&link, probe, FUNCTION, NULL), &link, HIT_KPROBE);
	expect("kretprobe",
	       skep_attach_kprobe(&link, attach_trace_program_probe_ret(plain), FUNCTION, NULL),
	       &link, HIT_KPROBE);
	err = skep_attach_kprobe(&link, probe, FUNCTION "+0",
				 SKEP_OPTS(skep_kprobe_opts, .cookie = 77));
	expect("kprobe with cookie", err, &link, HIT_KPROBE);
	if (!err)
		assert_int_equal(attach_trace_bss(plain)->last_cookie, 77);
	expect("kprobe", skep_attach(&link, attach_trace_program_probe_said(plain)), &link,
	       HIT_KPROBE);
}

/* An address as root sees it; 0: none. */
static uint64_t address_of(const char *function)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	unsigned long long address = 0, found = 0;
	char name[512], line[1024];

	assert_non_null(file);
	while (!found && fgets(line, sizeof(line), file))
		if (sscanf(line, "%llx %*c %511s", &address, name) == 2 && !strcmp(name, function))
			found = address;
	fclose(file);
	return found;
}

TEST(kprobe_fires_by_an_address)
{
	struct skep_link *link = NULL;
	uint64_t address = address_of(FUNCTION);

	assert_true(address);
	expect("kprobe by address",
	       skep_attach_kprobe(&link, attach_trace_program_probe(get_plain()), NULL,
				  SKEP_OPTS(skep_kprobe_opts, .address = address)),
	       &link, HIT_KPROBE);
}

TEST(system_calls_are_probed_by_their_names)
{
	struct skep_link *link = NULL;

	get_plain();
	expect("ksyscall", skep_attach(&link, attach_trace_program_call(plain)), &link, HIT_KPROBE);
	expect("kretsyscall",
	       skep_attach_ksyscall(&link, attach_trace_program_call_ret(plain), "getsid", NULL),
	       &link, HIT_KPROBE);
	assert_error(skep_attach_ksyscall(&link, attach_trace_program_call(plain), "getsidd", NULL),
		     ENOENT);
	app_assert_says("no system call getsidd");
	app_assert_hints("getsid");
}

static void note_skip(const char *function, const char *why, void *ctx)
{
	assert_non_null(strstr(why, "no function"));
	assert_string_equal(function, "no_such_function_at_all");
	++*(int *)ctx;
}

TEST(multi_links_fire_for_patterns_and_lists)
{
	static const char *const list[] = { "no_such_function_at_all", FUNCTION };
	const struct skep_program *multi = attach_trace_program_multi(get_plain());
	struct skep_link *link = NULL;
	int skipped = 0, err;

	need_tracefs();
	err = skep_attach_kprobe_multi(&link, multi, "security_task_getsi*", NULL);
	if (!err)
		assert_string_equal(skep_link_way(link), "kprobe.multi");
	expect("kprobe.multi", err, &link, HIT_MULTI);
	expect("kretprobe.multi",
	       skep_attach_kprobe_multi(&link, attach_trace_program_multi_ret(plain), FUNCTION,
					NULL),
	       &link, HIT_MULTI);
	expect("kprobe.multi", skep_attach(&link, attach_trace_program_multi_said(plain)), &link,
	       HIT_MULTI);
	expect("kprobe.multi",
	       skep_attach_kprobe_multi(&link, multi, NULL,
					SKEP_OPTS(skep_kprobe_multi_opts, .functions = list,
						  .count = 2, .skip = true, .on_skip = note_skip,
						  .ctx = &skipped)),
	       &link, HIT_MULTI);
	assert_int_equal(skipped, 1);
	assert_error(skep_attach_kprobe_multi(
			     &link, multi, NULL,
			     SKEP_OPTS(skep_kprobe_multi_opts, .functions = list, .count = 2)),
		     ENOENT);
	app_assert_says("no_such_function_at_all");
}

TEST(where_there_are_no_multi_links_single_probes_do_if_allowed)
{
	struct skep_link *link = NULL;
	int err = skep_attach_kprobe_multi(&link, attach_trace_program_multi(get_plain()),
					   "security_task_getsi*",
					   SKEP_OPTS(skep_kprobe_multi_opts, .fallback = true));

	if (!err)
		assert_string_equal(skep_link_way(link),
				    hook_fires("kprobe.multi") ? "kprobe.multi" : "kprobe");
	expect("kprobe.multi or kprobes", err, &link, HIT_MULTI);
	/* Some kernels have no cookies for single probes of such a program: then they say so. */
	err = skep_attach_kprobe_multi(
		&link, attach_trace_program_multi(plain), FUNCTION,
		SKEP_OPTS(skep_kprobe_multi_opts, .fallback = true, .cookie = 5));
	if (err)
		assert_error(err, EOPNOTSUPP);
	skep_link_free(link);
}

TEST(session_runs_at_both_ends)
{
	const struct skep_program *session = attach_trace_program_session(get_plain());
	struct skep_link *link = NULL;
	uint64_t before = count_of(HIT_SESSION);
	int err = skep_attach_kprobe_session(&link, session, FUNCTION, NULL);

	expect("kprobe.session", err, &link, HIT_SESSION);
	if (!err)
		assert_int_equal(count_of(HIT_SESSION) - before, 2);
	expect("kprobe.session", skep_attach(&link, session), &link, HIT_SESSION);
}

TEST(tracepoints_fire)
{
	struct skep_link *link = NULL;
	int err;

	need_tracefs();
	err = skep_attach(&link, attach_trace_program_point(get_plain()));
	if (!err)
		run_true(1);
	hook_expect("tracepoint", err, count_of(HIT_TRACEPOINT));
	skep_link_free(link);
	link = NULL;
	assert_ok(skep_attach_wait(-1));
	attach_trace_bss(plain)->hits[HIT_TRACEPOINT] = 0;
	err = skep_attach_tracepoint(&link, attach_trace_program_point_anywhere(plain),
				     "sched/sched_process_exec", NULL);
	if (!err)
		run_true(1);
	hook_expect("tracepoint", err, count_of(HIT_TRACEPOINT));
	skep_link_free(link);
	link = NULL;
	assert_error(skep_attach_tracepoint(&link, attach_trace_program_point_anywhere(plain),
					    "sched/sched_process_exek", NULL),
		     ENOENT);
	app_assert_hints("sched/sched_process_exec");
	assert_error(skep_attach_tracepoint(&link, attach_trace_program_point_anywhere(plain),
					    "../sched/sched_process_exec", NULL),
		     EINVAL);
}

TEST(raw_and_typed_tracepoints_fire)
{
	struct skep_link *link = NULL, *typed_link = NULL;
	int err = skep_attach_raw_tracepoint(&link, attach_trace_program_raw(get_plain()),
					     "sched_process_exec", NULL);
	int typed_err = skep_attach_tracing(
		&typed_link, attach_trace_btf_program_point_later(get_typed()), NULL);

	run_true(1);
	hook_expect("raw_tp", err, count_of(HIT_RAW));
	hook_expect("tp_btf", typed_err, attach_trace_btf_bss(typed)->hits[HIT_BTF]);
	skep_link_free(link);
	skep_link_free(typed_link);
	link = NULL;
	assert_error(skep_attach_raw_tracepoint(&link, attach_trace_program_raw(plain),
						"sched_process_exek", NULL),
		     ENOENT);
	app_assert_hints("sched_process_exec");
}

static bool was_sampled(void *ctx)
{
	(void)ctx;
	for (volatile int i = 0; i < 1000000; i++)
		;
	return count_of(HIT_SAMPLE) > 0;
}

TEST(clocks_are_sampled)
{
	struct skep_link_info info = { .sz = sizeof(info) };
	const struct skep_program *sample = attach_trace_program_sample(get_plain());
	struct skep_link *link = NULL;
	int err = skep_attach_perf_event(&link, sample,
					 SKEP_OPTS(skep_perf_event_opts, .frequency = 999));

	if (!err)
		wait_until(was_sampled, NULL, 5000);
	hook_expect("perf_event cpu-clock", err, count_of(HIT_SAMPLE));
	assert_ok(skep_link_info(link, &info));
	assert_int_equal(info.count, sysconf(_SC_NPROCESSORS_ONLN));
	skep_link_free(link);
	link = NULL;
	attach_trace_bss(plain)->hits[HIT_SAMPLE] = 0;
	assert_ok(skep_attach_perf_event(&link, sample,
					 SKEP_OPTS(skep_perf_event_opts,
						   .event = SKEP_PERF_TASK_CLOCK, .pid = getpid(),
						   .period = 1000000)));
	assert_true(wait_until(was_sampled, NULL, 5000));
	skep_link_free(link);
}

TEST(counters_that_a_machine_lacks_are_told)
{
	const struct skep_program *sample = attach_trace_program_sample(get_plain());
	struct skep_link *link = NULL;
	int err;

	attach_trace_bss(plain)->hits[HIT_SAMPLE] = 0;
	err = skep_attach_perf_event(&link, sample,
				     SKEP_OPTS(skep_perf_event_opts, .event = SKEP_PERF_CYCLES));
	if (!err)
		wait_until(was_sampled, NULL, 5000);
	hook_expect("perf_event cycles", err, count_of(HIT_SAMPLE));
	skep_link_free(link);
}

/* Each alone, for a machine that refuses some of them. */
static void try_call(const char *hook, const char *program, const char *target, enum hit hit)
{
	struct attach_trace_call *app = NULL;
	struct skep_link *link = NULL;
	struct skep_program *wanted;
	struct skep_object *object;
	int err;

	require_root();
	assert_ok(attach_trace_call_open(&app, NULL));
	object = attach_trace_call_object(app);
	wanted = skep_object_program(object, program);
	for (struct skep_program *p = NULL; (p = skep_object_next_program(object, p));)
		assert_ok(skep_program_enable(p, p == wanted));
	err = target ? skep_program_set_target(wanted, target) : 0;
	if (!err)
		err = attach_trace_call_load(app);
	if (!err) {
		attach_trace_call_bss(app)->me = (__u32)getpid();
		err = hit >= HIT_LSM ? skep_attach_lsm(&link, wanted, NULL)
				     : skep_attach_tracing(&link, wanted, NULL);
	}
	if (!err)
		act();
	hook_expect(hook, err, err ? 0 : attach_trace_call_bss(app)->hits[hit]);
	skep_link_free(link);
	attach_trace_call_free(app);
}

TEST(fentry_fires_on_a_target_chosen_at_run_time)
{
	try_call("fentry", "enter", FUNCTION, HIT_FENTRY);
}

TEST(fexit_fires)
{
	try_call("fexit", "leave", NULL, HIT_FEXIT);
}

TEST(fmod_ret_fires)
{
	try_call("fmod_ret", "modify", FUNCTION, HIT_FMOD_RET);
}

/* It is the kernel's to say of which functions; the reason must not sound like a fault of the program. */
static const char *refuse_to_modify(const char *target)
{
	struct attach_trace_call *app = NULL;
	struct skep_object *object;

	assert_ok(attach_trace_call_open(&app, NULL));
	object = attach_trace_call_object(app);
	for (struct skep_program *p = NULL; (p = skep_object_next_program(object, p));)
		assert_ok(skep_program_enable(p, p == attach_trace_call_program_modify(app)));
	assert_ok(skep_program_set_target(attach_trace_call_program_modify(app), target));
	assert_int_equal(attach_trace_call_load(app),
			 !strncmp(target, "__", 2) ? -EOPNOTSUPP : -EACCES);
	attach_trace_call_free(app);
	return skep_error_last()->message;
}

TEST(fmod_ret_of_what_the_kernel_does_not_let_change_is_told_so)
{
	require_root();
	if (skep_kernel_can(SKEP_CAN_FENTRY) != SKEP_YES)
		test_skip("%s", skep_kernel_finding(SKEP_CAN_FENTRY)->why);
	assert_non_null(
		strstr(refuse_to_modify("vfs_read"), "what vfs_read() returns cannot be changed"));
	assert_non_null(strstr(skep_error_last()->hint, "security_"));
	assert_non_null(strstr(skep_error_last()->log, "not modifiable"));
	if (skep_kernel_version() >= SKEP_KERNEL_VERSION(7, 0, 0) ||
	    skep_kernel_config("CONFIG_FUNCTION_ERROR_INJECTION") != SKEP_CONFIG_OFF)
		return; /* it lets system calls change */
	assert_non_null(strstr(refuse_to_modify("__x64_sys_mkdirat"),
			       "what __x64_sys_mkdirat() returns (CONFIG_FUNCTION_ERROR"));
	assert_non_null(strstr(skep_error_last()->hint, "security_inode_mkdir"));
}

TEST(lsm_fires)
{
	try_call("lsm", "ask", NULL, HIT_LSM);
}

TEST(sleepable_lsm_fires)
{
	try_call("lsm.s", "ask_sleepable", NULL, HIT_LSM_SLEEPABLE);
}

static uint32_t verdict(const struct skep_program *program)
{
	unsigned char packet[64] = { 0 };
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = packet, .data_size_in = sizeof(packet));

	assert_int_equal(bpf_prog_test_run_opts(skep_program_fd(program), &run), 0);
	return run.retval;
}

TEST(freplace_takes_a_functions_place_until_it_is_freed)
{
	struct attach_trace_base *base = NULL;
	struct attach_trace_replace *app = NULL;
	struct skep_program *program, *target;
	struct skep_link *link = NULL;
	int err;

	require_root();
	assert_ok(attach_trace_base_open(&base, NULL));
	target = attach_trace_base_program_base(base);
	assert_ok(attach_trace_replace_open(&app, NULL));
	program = attach_trace_replace_program_choose_instead(app);
	assert_error(skep_program_set_target_program(program, target, "choose"), EBADF);
	assert_ok(attach_trace_base_load(base));
	assert_error(skep_program_set_target_program(program, target, "chose"), ENOENT);
	app_assert_hints("choose");
	assert_error(skep_program_set_target(program, "choose"), EPROTOTYPE);
	assert_ok(skep_program_set_target_program(program, target, "choose"));
	assert_int_equal(verdict(target), 1);
	err = attach_trace_replace_load(app);
	if (!err)
		err = skep_attach_freplace(&link, program, NULL);
	if (!err)
		assert_int_equal(verdict(target), 2);
	hook_expect("freplace", err, err ? 0 : attach_trace_replace_bss(app)->hits[HIT_REPLACED]);
	skep_link_free(link);
	assert_int_equal(verdict(target), 1);
	attach_trace_replace_free(app);
	attach_trace_base_free(base);
}

TEST(nothing_is_left_of_probes_and_samples)
{
	struct skep_link *links[4] = { NULL };
	struct snapshot before;
	int fds, err[4];

	get_plain();
	need_tracefs();
	assert_ok(skep_attach_wait(-1));
	fds = app_open_fds();
	snapshot_take(&before);
	err[0] = skep_attach_kprobe(&links[0], attach_trace_program_probe(plain), FUNCTION, NULL);
	err[1] = skep_attach_tracepoint(&links[1], attach_trace_program_point_anywhere(plain),
					"sched/sched_process_exec", NULL);
	err[2] = skep_attach_perf_event(&links[2], attach_trace_program_sample(plain), NULL);
	err[3] = skep_attach_kprobe_multi(&links[3], attach_trace_program_multi(plain), FUNCTION,
					  NULL);
	for (int i = 0; i < 4; i++) {
		assert_true(!err[i] == (links[i] != NULL));
		skep_link_free(links[i]);
	}
	assert_int_equal(err[1], 0);
	assert_int_equal(err[2], 0);
	assert_ok(skep_attach_wait(-1));
	assert_int_equal(app_open_fds(), fds);
	snapshot_assert_unchanged(&before);
}
