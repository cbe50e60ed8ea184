/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What single features are said to be, against what these kernels are known to have. */
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/capability.h>

#include <skep/error.h>
#include <skep/kernel.h>

/* All but helpers and kfuncs: some 150. */
#define FEW_KINDS (~(1U << SKEP_FEATURE_HELPER | 1U << SKEP_FEATURE_KFUNC))
#define FEW_MAX   512

struct few {
	char names[FEW_MAX][64];
	enum skep_answer answers[FEW_MAX];
	size_t count;
};

static int collect(const struct skep_feature *f, void *ctx)
{
	struct few *few = ctx;

	assert_true(few->count < FEW_MAX);
	snprintf(few->names[few->count], sizeof(few->names[0]), "%s", f->name);
	few->answers[few->count++] = f->answer;
	return 0;
}

static void ask_few(struct few *few)
{
	memset(few, 0, sizeof(*few));
	skep_kernel_forget();
	assert_ok(skep_kernel_features(collect, few,
				       SKEP_OPTS(skep_features_opts, .kinds = FEW_KINDS)));
}

static int open_fds(void)
{
	int count = 0;

	for (int fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

struct tally {
	size_t kinds[SKEP_FEATURE_KFUNC + 1];
	size_t answers[3];
};

static int count(const struct skep_feature *f, void *ctx)
{
	struct tally *tally = ctx;

	assert_non_null(f->name);
	assert_true(f->kind <= SKEP_FEATURE_KFUNC);
	assert_true(f->answer <= SKEP_YES);
	assert_true((f->kind >= SKEP_FEATURE_HELPER) == (f->program_type != NULL));
	assert_true(f->answer != SKEP_UNKNOWN || f->why);
	assert_true(f->answer != SKEP_YES || !f->why);
	tally->kinds[f->kind]++;
	tally->answers[f->answer]++;
	return 0;
}

TEST(every_feature_has_an_answer_and_nothing_is_left_behind)
{
	struct skep_features_opts opts = { .sz = sizeof(opts) };
	struct tally tally = { 0 };
	struct snapshot before;
	int fds;

	require_root();
	snapshot_take(&before);
	fds = open_fds();
	skep_kernel_forget();
	/* The whole matrix takes emulated machines long. */
	opts.program_type = test_is_full() ? NULL : "xdp";
	opts.kinds = ~FEW_KINDS;
	assert_ok(skep_kernel_features(count, &tally, &opts));
	opts = (struct skep_features_opts){ .sz = sizeof(opts), .kinds = FEW_KINDS };
	assert_ok(skep_kernel_features(count, &tally, &opts));
	assert_int_equal(open_fds(), fds);
	snapshot_assert_unchanged(&before);
	printf("# %zu yes, %zu no, %zu unknown\n", tally.answers[SKEP_YES], tally.answers[SKEP_NO],
	       tally.answers[SKEP_UNKNOWN]);
	for (int i = 0; i < SKEP_FEATURE_KFUNC; i++)
		assert_true(tally.kinds[i] > 0);
	/* Marked from 6.10 on, where the kernel was built with tools that do so. */
	if (kernel_at_least(6, 18))
		assert_true(tally.kinds[SKEP_FEATURE_KFUNC] > 0);
}

static void assert_from(const char *name, int major, int minor)
{
	enum skep_answer expected = kernel_at_least(major, minor) ? SKEP_YES : SKEP_NO;

	if (skep_kernel_has(name) != expected)
		fail_msg("%s: %d, not %d", name, skep_kernel_has(name), expected);
}

/* Not all: gotol came with 6.6, and was carried back to 6.1. */
TEST(what_came_with_a_kernel_is_there_from_it_on)
{
	require_root();
	assert_from("mcpu=v3", 5, 1);
	assert_from("mcpu=v4", 6, 6);
	assert_from("insn=movsx", 6, 6);
	assert_from("insn=may_goto", 6, 9);
	assert_from("bounded loops", 5, 3);
	assert_from("large programs", 5, 2);
	assert_from("BTF_KIND_TYPE_TAG", 5, 17);
	assert_from("BTF_KIND_ENUM64", 6, 0);
	assert_from("BPF_TOKEN_CREATE", 6, 9);
	assert_from("BPF_CGROUP_INET_INGRESS", 4, 10);
	assert_from("BPF_LSM_CGROUP", 6, 0);
	assert_from("BPF_TCX_INGRESS", 6, 6);
	assert_from("BPF_CGROUP_UNIX_CONNECT", 6, 7);
	assert_from("BPF_LINK_TYPE_PERF_EVENT", 5, 15);
	assert_from("BPF_LINK_TYPE_STRUCT_OPS", 6, 4);
	assert_from("BPF_LINK_TYPE_SOCKMAP", 6, 10);
	assert_from("bpf_cgrp_storage_get", 6, 2);
	assert_int_equal(skep_kernel_has("insn=honey"), SKEP_UNKNOWN);
	assert_int_equal(skep_kernel_has(NULL), SKEP_UNKNOWN);
}

static void assert_helper(const char *helper, const char *type, enum skep_answer expected)
{
	enum skep_answer answer = skep_kernel_has_helper(helper, type);

	if (answer != expected)
		fail_msg("%s by %s: %d, not %d", helper ? helper : "none", type ? type : "any",
			 answer, expected);
}

/* Kernels say it in three ways: as 6.1, as 6.12, and as 7.3 reports. */
TEST(helpers_are_for_some_types_of_programs)
{
	require_root();
	assert_helper("bpf_map_lookup_elem", "xdp", SKEP_YES);
	assert_helper("bpf_skb_pull_data", "BPF_PROG_TYPE_SCHED_CLS", SKEP_YES);
	assert_helper("bpf_skb_pull_data", "xdp", SKEP_NO);
	assert_helper("bpf_xdp_adjust_head", "xdp", SKEP_YES);
	assert_helper("bpf_xdp_adjust_head", "raw_tracepoint", SKEP_NO);
	assert_helper("bpf_loop", "socket_filter", SKEP_YES);
	assert_helper("bpf_get_stackid", "tracing", SKEP_YES);
	assert_helper("bpf_get_stackid", "xdp", SKEP_NO);
	assert_helper("bpf_sys_bpf", "syscall", SKEP_YES);
	assert_helper("bpf_cgrp_storage_get", "raw_tracepoint",
		      kernel_at_least(6, 2) ? SKEP_YES : SKEP_NO);
}

TEST(what_cannot_be_tried_is_unknown)
{
	require_root();
	assert_helper("bpf_trace_printk", "kprobe", SKEP_UNKNOWN); /* warns */
	assert_helper("bpf_trace_printk", NULL, SKEP_YES);
	assert_helper("bpf_map_lookup_elem", "ext",
		      SKEP_UNKNOWN); /* without a program to replace */
	assert_helper("bpf_honey", "xdp", SKEP_UNKNOWN);
	assert_helper("bpf_loop", "honey", SKEP_UNKNOWN);
	assert_helper(NULL, "xdp", SKEP_UNKNOWN);
	assert_int_equal(skep_kernel_has_kfunc(NULL, NULL), SKEP_UNKNOWN);
}

TEST(kfuncs_are_for_some_types_of_programs)
{
	require_root();
	if (skep_kernel_can(SKEP_CAN_STRUCT_OPS) != SKEP_YES)
		test_skip("this kernel has no struct_ops, the oldest to call kfuncs");
	assert_int_equal(skep_kernel_has_kfunc("tcp_slow_start", "struct_ops"), SKEP_YES);
	assert_int_equal(skep_kernel_has_kfunc("tcp_slow_start", NULL), SKEP_YES);
	assert_int_equal(skep_kernel_has_kfunc("tcp_slow_start", "xdp"), SKEP_NO);
	assert_int_equal(skep_kernel_has_kfunc("do_exit", "xdp"), SKEP_NO);
	assert_int_not_equal(skep_kernel_has_kfunc("do_exit", NULL), SKEP_YES);
	assert_int_equal(skep_kernel_has_kfunc("skep_no_such_kfunc", NULL), SKEP_NO);
}

static int stop(const struct skep_feature *f, void *ctx)
{
	(void)f;
	return ++*(int *)ctx == 3 ? -ECANCELED : 0;
}

static int only_xdp(const struct skep_feature *f, void *ctx)
{
	if (f->program_type)
		assert_string_equal(f->program_type, "BPF_PROG_TYPE_XDP");
	if (f->kind == SKEP_FEATURE_PROGRAM_TYPE)
		assert_string_equal(f->name, "BPF_PROG_TYPE_XDP");
	++*(int *)ctx;
	return 0;
}

TEST(iteration_can_be_stopped_and_narrowed)
{
	int calls = 0;

	require_root();
	assert_error(skep_kernel_features(stop, &calls, NULL), ECANCELED);
	assert_int_equal(calls, 3);
	calls = 0;
	assert_ok(skep_kernel_features(
		only_xdp, &calls,
		SKEP_OPTS(skep_features_opts, .program_type = "xdp",
			  .kinds = 1U << SKEP_FEATURE_PROGRAM_TYPE | 1U << SKEP_FEATURE_HELPER)));
	assert_true(calls > 200);
	assert_error(skep_kernel_features(NULL, NULL, NULL), EINVAL);
	assert_error(skep_kernel_features(only_xdp, &calls,
					  SKEP_OPTS(skep_features_opts, .program_type = "honey")),
		     ENOENT);
	assert_string_equal(skep_feature_kind_name((enum skep_feature_kind)99), "unknown");
}

/* In a child, whose exit status says whether some yes of ours became a no. */
static int worst_of(void (*change)(void))
{
	static struct few ours, theirs;
	int status;
	pid_t child;

	ask_few(&ours);
	fflush(stdout);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		change();
		ask_few(&theirs);
		for (size_t i = 0; i < ours.count && i < theirs.count; i++)
			if (ours.answers[i] == SKEP_YES && theirs.answers[i] == SKEP_NO) {
				printf("# %s became a no\n", ours.names[i]);
				fflush(stdout);
				_exit(1);
			}
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void drop_capabilities(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct none[2] = { { 0 }, { 0 } };

	if (syscall(SYS_capset, &header, none))
		_exit(2);
}

TEST(without_privilege_no_yes_becomes_a_no)
{
	require_root();
	assert_int_equal(worst_of(drop_capabilities), 0);
}

static void leave_no_fds(void)
{
	struct rlimit none = { 3, 3 };

	if (setrlimit(RLIMIT_NOFILE, &none))
		_exit(2);
}

TEST(without_file_descriptors_no_yes_becomes_a_no)
{
	require_root();
	assert_int_equal(worst_of(leave_no_fds), 0);
}
