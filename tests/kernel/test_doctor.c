/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Findings about this kernel agree with what trying does, and trying leaves nothing. */
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <linux/capability.h>
#include <sys/syscall.h>

#include <skep/kernel.h>

#include "kernel/reason.h"

#define LAST_ABILITY SKEP_CAN_SECURITYFS

static const struct bpf_insn nothing[] = {
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
	{ .code = BPF_JMP | BPF_EXIT },
};

static int open_fds(void)
{
	int count = 0;

	for (int fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

TEST(trying_everything_leaves_nothing_behind)
{
	struct snapshot before;
	int fds;

	require_root();
	snapshot_take(&before);
	fds = open_fds();
	skep_kernel_forget();
	for (int i = 0; i <= LAST_ABILITY; i++)
		(void)skep_kernel_can((enum skep_ability)i);
	assert_int_equal(open_fds(), fds);
	snapshot_assert_unchanged(&before);
}

TEST(every_no_and_unknown_has_a_reason)
{
	require_root();
	for (int i = 0; i <= LAST_ABILITY; i++) {
		const struct skep_finding *f = skep_kernel_finding((enum skep_ability)i);

		printf("# %-14s %s %s\n", f->name,
		       f->answer == SKEP_YES  ? "yes"
		       : f->answer == SKEP_NO ? "no"
					      : "unknown",
		       f->why ? f->why : "");
		assert_true((f->answer == SKEP_YES) == !f->why);
		assert_null(f->why ? strstr(f->why, "ulimit") : NULL);
	}
}

TEST(ability_that_is_not_known_is_unknown_with_words)
{
	assert_int_equal(skep_kernel_can((enum skep_ability)9999), SKEP_UNKNOWN);
	assert_non_null(skep_kernel_finding((enum skep_ability)9999)->why);
}

static int load(enum bpf_prog_type type, enum bpf_attach_type attach, const char *name,
		unsigned int kind)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = attach);
	struct btf *btf = NULL;
	int fd;

	if (name) {
		btf = btf__load_vmlinux_btf();
		opts.attach_btf_id = (__u32)btf__find_by_name_kind(btf, name, kind);
	}
	fd = bpf_prog_load(type, NULL, "GPL", nothing, 2, &opts);
	btf__free(btf);
	return fd;
}

static void assert_agrees(enum skep_ability ability, bool works)
{
	const struct skep_finding *f = skep_kernel_finding(ability);

	if ((f->answer == SKEP_YES) != works)
		fail_msg("%s: trying says %s, the finding says otherwise (%s)", f->name,
			 works ? "yes" : "no", f->why ? f->why : "yes");
}

TEST(ring_buffer_finding_agrees_with_creating_one)
{
	int fd;

	require_root();
	fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, NULL, 0, 0, 4096, NULL);
	assert_agrees(SKEP_CAN_RINGBUF, fd >= 0);
	close(fd);
}

TEST(fentry_finding_agrees_with_attaching)
{
	int prog, link = -1;

	require_root();
	prog = load(BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, "bpf_fentry_test1", BTF_KIND_FUNC);
	if (prog >= 0)
		link = bpf_raw_tracepoint_open(NULL, prog);
	assert_agrees(SKEP_CAN_FENTRY, link >= 0);
	close(link);
	close(prog);
}

TEST(btf_tracepoint_finding_agrees_with_attaching)
{
	int prog, link = -1;

	require_root();
	prog = load(BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP, "btf_trace_sched_process_exec",
		    BTF_KIND_TYPEDEF);
	if (prog >= 0)
		link = bpf_raw_tracepoint_open(NULL, prog);
	assert_agrees(SKEP_CAN_BTF_TRACEPOINT, link >= 0);
	close(link);
	close(prog);
}

TEST(kernel_has_what_it_gives)
{
	require_root();
	assert_int_equal(skep_kernel_has("BPF_MAP_TYPE_HASH"), SKEP_YES);
	assert_int_equal(skep_kernel_has("BPF_PROG_TYPE_XDP"), SKEP_YES);
	assert_int_equal(skep_kernel_has("BPF_HONEY"), SKEP_UNKNOWN);
	if (kernel_at_least(6, 9))
		assert_int_equal(skep_kernel_has("BPF_MAP_TYPE_ARENA"), SKEP_YES);
	else
		assert_int_equal(skep_kernel_has("BPF_MAP_TYPE_ARENA"), SKEP_NO);
}

TEST(version_is_that_of_the_machine)
{
	uint32_t version = skep_kernel_version();

	assert_true(kernel_at_least((int)(version >> 16), (int)(version >> 8 & 255)));
	assert_false(kernel_at_least((int)(version >> 16), (int)(version >> 8 & 255) + 1));
}

static bool reason(const struct skep_refusal *refusal, char *both, size_t size)
{
	char why[400], hint[300];
	bool known = skep_kernel_reason(refusal, why, sizeof(why), hint, sizeof(hint));

	snprintf(both, size, "%s; %s", why, hint);
	printf("# %s\n", both);
	return known;
}

TEST(reason_of_a_missing_kprobe_configuration_names_the_option)
{
	struct skep_refusal refusal = SKEP_REFUSAL(SKEP_REQUEST_ATTACH, -ENOENT);
	char both[800];

	if (skep_kernel_config("CONFIG_KPROBES") != SKEP_CONFIG_OFF)
		test_skip("this kernel has kprobes");
	refusal.prog_type = BPF_PROG_TYPE_KPROBE;
	refusal.section = "kprobe/do_unlinkat";
	assert_true(reason(&refusal, both, sizeof(both)));
	assert_non_null(strstr(both, "CONFIG_KPROBES is not set"));
}

TEST(reason_of_a_missing_function_suggests_the_nearest)
{
	struct skep_refusal refusal = SKEP_REFUSAL(SKEP_REQUEST_LOAD, -ESRCH);
	char both[800];

	if (skep_kernel_can(SKEP_CAN_BTF) != SKEP_YES)
		test_skip("this kernel has no BTF");
	refusal.prog_type = BPF_PROG_TYPE_TRACING;
	refusal.attach_type = BPF_TRACE_FENTRY;
	refusal.section = "fentry/bpf_fentry_tst1";
	assert_true(reason(&refusal, both, sizeof(both)));
	assert_non_null(strstr(both, "bpf_fentry_test1"));
}

TEST(reason_of_a_missing_raw_tracepoint_suggests_the_nearest)
{
	struct skep_refusal refusal = SKEP_REFUSAL(SKEP_REQUEST_ATTACH, -ENOENT);
	char both[800];

	if (skep_kernel_can(SKEP_CAN_BTF) != SKEP_YES)
		test_skip("this kernel has no BTF");
	refusal.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT;
	refusal.section = "raw_tp/sched_proces_exec";
	assert_true(reason(&refusal, both, sizeof(both)));
	assert_non_null(strstr(both, "sched_process_exec"));
}

TEST(reason_of_a_missing_interface_names_those_there_are)
{
	struct skep_refusal refusal = SKEP_REFUSAL(SKEP_REQUEST_ATTACH, -ENODEV);
	char both[800];

	refusal.prog_type = BPF_PROG_TYPE_XDP;
	refusal.target = "honey0";
	assert_true(reason(&refusal, both, sizeof(both)));
	assert_non_null(strstr(both, "no network interface honey0; there are: lo"));
}

TEST(reason_of_a_new_map_type_names_the_kernel_that_has_it)
{
	struct skep_refusal refusal = SKEP_REFUSAL(SKEP_REQUEST_MAP, -EINVAL);
	char both[800];

	if (kernel_at_least(6, 19))
		test_skip("this kernel has every type of the table");
	refusal.map_type = 34;
	assert_true(reason(&refusal, both, sizeof(both)));
	assert_non_null(strstr(both, "BPF_MAP_TYPE_INSN_ARRAY came with Linux 6.19; this is "));
}

TEST(reason_is_silent_when_it_knows_nothing)
{
	struct skep_refusal refusal = SKEP_REFUSAL(SKEP_REQUEST_LOAD, -EACCES);
	char why[8] = "x", hint[8] = "x";

	refusal.prog_type = BPF_PROG_TYPE_XDP;
	errno = ENOTTY;
	assert_false(skep_kernel_reason(&refusal, why, sizeof(why), hint, sizeof(hint)));
	assert_string_equal(why, "");
	assert_string_equal(hint, "");
	assert_int_equal(errno, ENOTTY);
}

/* In a child: what is dropped does not come back. Exit status 0: as it should be. */
static void drop_capabilities(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct none[2] = { { 0 }, { 0 } };

	if (syscall(SYS_capset, &header, none))
		_exit(2);
}

TEST(without_capabilities_the_reason_names_them)
{
	int status;
	pid_t child;

	require_root();
	fflush(stdout);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		const struct skep_finding *f;

		drop_capabilities();
		skep_kernel_forget();
		f = skep_kernel_finding(SKEP_CAN_RAW_TRACEPOINT);
		_exit(!(f->answer == SKEP_NO && f->code == EPERM && f->why && f->remedy &&
			!strcmp(f->why, "this process lacks CAP_BPF and CAP_PERFMON") &&
			!strcmp(f->remedy, "run it with sudo, or grant cap_bpf,cap_perfmon")));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void *ask_everything(void *answers)
{
	for (int i = 0; i <= LAST_ABILITY; i++)
		((enum skep_answer *)answers)[i] = skep_kernel_can((enum skep_ability)i);
	return NULL;
}

TEST(threads_that_ask_together_get_the_same_answers)
{
	static enum skep_answer answers[4][LAST_ABILITY + 1];
	pthread_t threads[4];

	require_root();
	skep_kernel_forget();
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, ask_everything, answers[i]), 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	for (int i = 1; i < 4; i++)
		assert_memory_equal(answers[0], answers[i], sizeof(answers[0]));
}
