/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The plainest program of each type, and how one is loaded to hear what the verifier says. */
#include "facts.h"
#include "newer.h"
#include "probe_parts.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	bool known;
	int tracepoint, lsm_hook, tcp_ops; /* ids in the kernel's BTF; 0: it has none */
	int tcp_member;                    /* a function of tcp_congestion_ops */
} targets;
static enum skep_answer privileged; /* UNKNOWN: not looked yet */

bool skep_probe_is_passing(int code)
{
	return code == ENOMEM || code == EMFILE || code == ENFILE || code == EINTR ||
	       code == EAGAIN || code == E2BIG || code == ENOSPC;
}

static int member_index(const struct btf *btf, int id, const char *name)
{
	const struct btf_type *type = id ? btf__type_by_id(btf, (__u32)id) : NULL;

	for (int i = 0; type && i < btf_vlen(type); i++) {
		const char *member = btf__name_by_offset(btf, btf_members(type)[i].name_off);

		if (member && !strcmp(member, name))
			return i;
	}
	return 0;
}

static void find_targets(void)
{
	struct btf *btf;

	if (!skep_kernel_btf_load(&btf)) {
		targets.tracepoint =
			skep_kernel_btf_id(btf, "btf_trace_sched_process_exec", BTF_KIND_TYPEDEF);
		targets.lsm_hook = skep_kernel_btf_id(btf, "bpf_lsm_settime", BTF_KIND_FUNC);
		targets.tcp_ops = skep_kernel_btf_id(btf, "tcp_congestion_ops", BTF_KIND_STRUCT);
		targets.tcp_member = member_index(btf, targets.tcp_ops, "ssthresh");
		btf__free(btf);
	}
	targets.known = true;
}

static int *target_of(int prog_type)
{
	switch (prog_type) {
	case BPF_PROG_TYPE_TRACING:
		return &targets.tracepoint;
	case BPF_PROG_TYPE_LSM:
		return &targets.lsm_hook;
	case BPF_PROG_TYPE_STRUCT_OPS:
		return &targets.tcp_ops;
	default:
		return NULL;
	}
}

static const struct skep_trivial plainest[] = {
	[BPF_PROG_TYPE_CGROUP_SKB] = { .attach_type = BPF_CGROUP_INET_INGRESS, .returns = 1 },
	[BPF_PROG_TYPE_CGROUP_SOCK] = { .attach_type = BPF_CGROUP_INET_SOCK_CREATE, .returns = 1 },
	[BPF_PROG_TYPE_CGROUP_SOCK_ADDR] = { .attach_type = BPF_CGROUP_INET4_CONNECT,
					     .returns = 1 },
	[BPF_PROG_TYPE_CGROUP_SOCKOPT] = { .attach_type = BPF_CGROUP_GETSOCKOPT, .returns = 1 },
	[BPF_PROG_TYPE_CGROUP_SYSCTL] = { .attach_type = BPF_CGROUP_SYSCTL, .returns = 1 },
	[BPF_PROG_TYPE_CGROUP_DEVICE] = { .attach_type = BPF_CGROUP_DEVICE, .returns = 1 },
	[BPF_PROG_TYPE_SK_LOOKUP] = { .attach_type = BPF_SK_LOOKUP, .returns = 1 },
	[BPF_PROG_TYPE_TRACING] = { .attach_type = BPF_TRACE_RAW_TP },
	[BPF_PROG_TYPE_LSM] = { .attach_type = BPF_LSM_MAC },
	[BPF_PROG_TYPE_SYSCALL] = { .sleepable = true },
	[SKEP_BPF_PROG_TYPE_NETFILTER] = { .attach_type = SKEP_BPF_ATTACH_NETFILTER, .returns = 1 },
};

bool skep_probe_setting(int prog_type, struct skep_trivial *setting)
{
	int *target;

	if (prog_type <= 0 || prog_type == BPF_PROG_TYPE_EXT)
		return false;
	*setting = (struct skep_trivial){ 0 };
	if ((size_t)prog_type < sizeof(plainest) / sizeof(plainest[0]))
		*setting = plainest[prog_type];
	setting->prog_type = prog_type;
	target = target_of(prog_type);
	if (!target)
		return true;
	pthread_mutex_lock(&lock);
	if (!targets.known)
		find_targets();
	setting->btf_id = *target;
	if (prog_type == BPF_PROG_TYPE_STRUCT_OPS)
		setting->attach_type = targets.tcp_member;
	pthread_mutex_unlock(&lock);
	return setting->btf_id != 0;
}

int skep_probe_load(const struct skep_trivial *setting, const struct bpf_insn *insns, size_t count,
		    char *log, size_t log_size)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		    .expected_attach_type = (enum bpf_attach_type)setting->attach_type,
		    .attach_btf_id = (__u32)setting->btf_id,
		    .prog_flags = setting->sleepable ? BPF_F_SLEEPABLE : 0);
	int fd;

	if (log) {
		log[0] = '\0';
		opts.log_buf = log;
		opts.log_size = (__u32)log_size;
		opts.log_level = 1;
	}
	fd = bpf_prog_load((enum bpf_prog_type)setting->prog_type, "skep_try", "GPL", insns, count,
			   &opts);
	if (log)
		log[log_size - 1] = '\0';
	if (fd < 0)
		return -fd;
	close(fd);
	return 0;
}

bool skep_probe_is_privileged(void)
{
	bool yes;

	pthread_mutex_lock(&lock);
	if (privileged == SKEP_UNKNOWN)
		privileged = skep_kernel_has_capability("cap_sys_admin") == SKEP_YES ||
					     (skep_kernel_has_capability("cap_bpf") == SKEP_YES &&
					      skep_kernel_has_capability("cap_perfmon") == SKEP_YES)
				     ? SKEP_YES
				     : SKEP_NO;
	yes = privileged == SKEP_YES;
	pthread_mutex_unlock(&lock);
	return yes;
}

bool skep_probe_may_try_all(void)
{
	return skep_probe_is_privileged() &&
	       (skep_kernel_has_capability("cap_net_admin") == SKEP_YES ||
		skep_kernel_has_capability("cap_sys_admin") == SKEP_YES);
}

const char *skep_probe_words_of_eperm(void)
{
	return skep_probe_may_try_all()
		       ? "the kernel refuses it (EPERM), although the privilege is there"
		       : "to try it takes CAP_BPF, and CAP_PERFMON or CAP_NET_ADMIN, which this "
			 "process lacks";
}

void skep_probe_forget_settings(void)
{
	pthread_mutex_lock(&lock);
	targets.known = false;
	privileged = SKEP_UNKNOWN;
	pthread_mutex_unlock(&lock);
}
