// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Processes that may not: the call that fails and doctor name the one thing that they lack. */
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/capability.h>

#include "app.h"
#include "faults.h"
#include "hooks.h"

#define KEEP(...)                                                                                  \
	fault_keep_capabilities(sizeof((int[]){ __VA_ARGS__ }) / sizeof(int),                      \
				(const int[]){ __VA_ARGS__ })

static int keep_three(void)
{
	return KEEP(CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN);
}

static int without_bpf(void)
{
	return KEEP(CAP_PERFMON, CAP_NET_ADMIN);
}

static int without_perfmon(void)
{
	return KEEP(CAP_BPF, CAP_NET_ADMIN);
}

static int without_net_admin(void)
{
	return KEEP(CAP_BPF, CAP_PERFMON);
}

static int keep_sys_admin(void)
{
	return KEEP(CAP_SYS_ADMIN);
}

static int become_nobody(void)
{
	return setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534) ? 80 : 0;
}

static int enter_user_namespace(void)
{
	return unshare(CLONE_NEWUSER) ? 81 : 0;
}

static int refuse_bpf(void)
{
	return fault_filter(SYS_bpf, EPERM);
}

/* As some runtimes do with calls that their profile has never heard of. */
static int hide_bpf(void)
{
	return fault_filter(SYS_bpf, ENOSYS);
}

static int refuse_perf(void)
{
	return fault_filter(SYS_perf_event_open, EPERM);
}

static int hide_perf(void)
{
	return fault_filter(SYS_perf_event_open, ENOSYS);
}

/* Distributions have a level that kernels of kernel.org do not. */
static bool is_perf_closed(void)
{
	FILE *file = fopen("/proc/sys/kernel/perf_event_paranoid", "r");
	int level = 0;

	if (file && fscanf(file, "%d", &level) != 1)
		level = 0;
	if (file)
		fclose(file);
	return level > 2;
}

/* With all others withheld, CAP_SYS_ADMIN and CAP_SYS_RESOURCE among them. */
/* Whether it came to what three capabilities allow. */
static bool is_allowed(const struct fault_family *family, const struct fault_result *result)
{
	if (family->needs & FAULT_PERF && is_perf_closed())
		return strstr(result->message, "kernel.perf_event_paranoid is");
	if (!strcmp(family->program, "on_uprobe") && result->err == -EPERM)
		return strstr(result->message, "lacks CAP_SYS_ADMIN") &&
		       strstr(result->hint, "uprobe.multi");
	return !result->err;
}

TEST_WITH(three_capabilities_suffice_for_all_but_uprobes_through_perf, fault_start, fault_stop)
{
	const struct rlimit none = { 0, 0 };
	struct snapshot before;
	int others = 0;

	assert_int_equal(setrlimit(RLIMIT_MEMLOCK, &none), 0);
	snapshot_take(&before);
	for (size_t i = 0; i < fault_family_count; i++) {
		const struct fault_family *family = &fault_families[i];
		struct fault_result result;

		if (!hook_fires(family->hook))
			continue;
		result = fault_try(family, keep_three, FAULT_BEFORE_ATTACH);
		if (is_allowed(family, &result))
			continue;
		printf("# not as it should be: %s\n", family->program);
		others++;
	}
	assert_int_equal(others, 0);
	snapshot_assert_unchanged(&before);
}

/* Those families that need it are refused with its name; `any` of them is enough. */
static void withhold(unsigned int needed, int (*fault)(void), const char *name, bool any)
{
	char says[64];

	snprintf(says, sizeof(says), "this process lacks CAP_%s", name);
	for (size_t i = 0; i < fault_family_count; i++) {
		const struct fault_family *family = &fault_families[i];
		struct fault_result result;

		/* Kernels are slow where each is asked; of several with one name the first. */
		if (!(family->needs & needed) || !hook_fires(family->hook) || (any && i % 6) ||
		    (i && family->ability == fault_families[i - 1].ability &&
		     family->ability != SKEP_CAN_BPF))
			continue;
		result = fault_try(family, fault, FAULT_BEFORE_LOAD);
		fault_expect(family, &result, EPERM, says, "sudo");
		assert_int_equal(result.step, needed == FAULT_NET && family->needs & FAULT_LATE
						      ? FAULT_ATTACHING
						      : FAULT_LOADING);
		if (family->ability != SKEP_CAN_BPF || needed == FAULT_BPF)
			fault_expect_doctor(family, &result, says);
	}
}

TEST_WITH(without_cap_bpf_it_is_named, fault_start, fault_stop)
{
	withhold(FAULT_BPF, without_bpf, "BPF", true);
}

TEST_WITH(without_cap_perfmon_it_is_named, fault_start, fault_stop)
{
	withhold(FAULT_PERFMON, without_perfmon, "PERFMON", false);
}

TEST_WITH(without_cap_net_admin_it_is_named, fault_start, fault_stop)
{
	withhold(FAULT_NET, without_net_admin, "NET_ADMIN", false);
}

/* Loaded with the capability, attached without. */
static void expect_late(const char *program, int (*fault)(void), int code, const char *says,
			const char *hints)
{
	const struct fault_family *family = fault_family(program);
	struct fault_result result;

	if (!hook_fires(family->hook))
		return;
	result = fault_try(family, fault, FAULT_BEFORE_ATTACH);
	fault_expect(family, &result, code, says, hints);
	assert_int_equal(result.step, FAULT_ATTACHING);
}

TEST_WITH(capability_dropped_after_load_is_named_by_attach, fault_start, fault_stop)
{
	expect_late("on_tp", without_perfmon, EACCES, "lacks CAP_PERFMON", "sudo");
	expect_late("on_sample", without_perfmon, EACCES, "lacks CAP_PERFMON", "sudo");
	expect_late("on_uprobe", without_perfmon, EPERM, "lacks CAP_PERFMON", "sudo");
	expect_late("on_tc", without_net_admin, EPERM, "lacks CAP_NET_ADMIN", "sudo");
	expect_late("on_route", without_net_admin, EPERM, "lacks CAP_NET_ADMIN", "sudo");
	expect_late("on_egress", without_net_admin, EPERM, "lacks CAP_NET_ADMIN", "sudo");
	expect_late("on_tc", keep_sys_admin, EPERM, "lacks CAP_NET_ADMIN", "sudo");
	expect_late("on_tp", become_nobody, EACCES, "may not read tracefs", "raw_tp");
	expect_late("on_sample", become_nobody, EACCES, "lacks CAP_PERFMON", "sudo");
}

static void expect_early(const char *program, int (*fault)(void), int code, const char *says,
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

TEST_WITH(user_without_privilege_is_told_what_is_lacking, fault_start, fault_stop)
{
	expect_early("on_raw_tp", become_nobody, EPERM, "lacks CAP_BPF", "sudo");
	expect_early("on_xdp", become_nobody, EPERM, "lacks CAP_BPF", "sudo");
	expect_early("on_egress", become_nobody, EPERM, "lacks CAP_BPF", "sudo");
}

TEST_WITH(root_of_a_user_namespace_is_told_that_it_does_not_count, fault_start, fault_stop)
{
	const char *says = "does not accept the capabilities of a user namespace";

	expect_early("on_raw_tp", enter_user_namespace, EPERM, says, "outside of");
	expect_early("on_xdp", enter_user_namespace, EPERM, says, "outside of");
	expect_late("on_tc", enter_user_namespace, EPERM, says, "outside of");
	expect_late("on_sample", enter_user_namespace, EACCES, says, "outside of");
}

TEST_WITH(seccomp_is_named_with_the_call_that_it_refuses, fault_start, fault_stop)
{
	static const char *const by_bpf[] = { "on_raw_tp", "on_iter",  "on_uprobe_multi",
					      "on_xdp",    "on_tcx",   "on_connect4",
					      "on_multi",  "on_fentry" };
	static const char *const by_perf[] = { "on_tp", "on_kprobe", "on_uprobe", "on_sample" };

	expect_early("on_raw_tp", refuse_bpf, EPERM, "a seccomp filter", "seccomp profile");
	expect_early("on_tp_btf", hide_bpf, ENOSYS, "a seccomp filter", "seccomp profile");
	expect_early("on_xdp", hide_bpf, ENOSYS, "a seccomp filter", "seccomp profile");
	for (size_t i = 0; i < sizeof(by_bpf) / sizeof(by_bpf[0]); i++)
		expect_late(by_bpf[i], i % 2 ? hide_bpf : refuse_bpf, i % 2 ? ENOSYS : EPERM,
			    "a seccomp filter on this process refuses bpf()", "seccomp profile");
	for (size_t i = 0; i < sizeof(by_perf) / sizeof(by_perf[0]); i++)
		expect_early(by_perf[i], i % 2 ? hide_perf : refuse_perf, i % 2 ? ENOSYS : EPERM,
			     "a seccomp filter on this process refuses perf_event_open()",
			     "seccomp profile");
}
