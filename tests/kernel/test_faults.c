// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Processes that lack something: each family's call and doctor name it. */
#include "harness/machine.h"
#include "harness/test.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/capability.h>

#include "app.h"
#include "faults.h"
#include "group.h"
#include "hooks.h"
#include "net.h"

static int nothing(void)
{
	return 0;
}
static int keep_three(void)
{
	return fault_keep_capabilities(3, (const int[]){ CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN });
}
static int no_bpf(void)
{
	return fault_keep_capabilities(2, (const int[]){ CAP_PERFMON, CAP_NET_ADMIN });
}
static int no_perfmon(void)
{
	return fault_keep_capabilities(2, (const int[]){ CAP_BPF, CAP_NET_ADMIN });
}
static int no_net(void)
{
	return fault_keep_capabilities(2, (const int[]){ CAP_BPF, CAP_PERFMON });
}
static int sys_only(void)
{
	return fault_keep_capabilities(1, (const int[]){ CAP_SYS_ADMIN });
}
static int nobody(void)
{
	return setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534) ? 80 : 0;
}
static int userns(void)
{
	return unshare(CLONE_NEWUSER) ? 81 : 0;
}
static int sec_eperm(void)
{
	return fault_filter(SYS_bpf, EPERM);
}
static int sec_enosys(void)
{
	return fault_filter(SYS_bpf, ENOSYS);
}
static int sec_perf(void)
{
	return fault_filter(SYS_perf_event_open, EPERM);
}
static int no_btf(void)
{
	return fault_hide("/sys/kernel/btf");
}
static int no_sys(void)
{
	return fault_hide("/sys");
}
static int no_kallsyms(void)
{
	return fault_hide("/proc/kallsyms");
}
static int no_config(void)
{
	return fault_hide("/proc/config.gz");
}
static int no_proc(void)
{
	return fault_hide("/proc");
}
static int memlock(void)
{
	struct rlimit l = { 0, 0 };
	return setrlimit(RLIMIT_MEMLOCK, &l);
}

static void all(const char *name, int (*f)(void), enum fault_when w)
{
	char path[GROUP_PATH];
	snprintf(path, sizeof(path), "%s/skep-faults-%d", cgroup2_root(), (int)getpid());
	mkdir(path, 0755);
	printf("# === %s\n", name);
	net_enter();
	net_set_up("lo");
	for (size_t i = 0; i < fault_family_count; i++)
		fault_try(&fault_families[i], f, w);
	rmdir(path);
}
#define X(f)                                                                                       \
	TEST(a_##f)                                                                                \
	{                                                                                          \
		all(#f, f, FAULT_BEFORE_LOAD);                                                     \
	}                                                                                          \
	TEST(b_##f)                                                                                \
	{                                                                                          \
		all(#f " late", f, FAULT_BEFORE_ATTACH);                                           \
	}
X(nothing)
X(keep_three) X(no_bpf) X(no_perfmon) X(no_net) X(sys_only) X(nobody) X(userns) X(sec_eperm)
	X(sec_enosys) X(sec_perf) X(no_btf) X(no_sys) X(no_kallsyms) X(no_config) X(no_proc)
		X(memlock)
