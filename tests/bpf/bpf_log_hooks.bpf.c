/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A message from each type of program. */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <skep/bpf/core.h>
#include <skep/bpf/log.h>

SKEP_LICENSE("GPL");

#define HOOK(section, name, result)                                                                \
	SEC(section) int name(void *ctx)                                                           \
	{                                                                                          \
		skep_info("%s says %d", #name, (result));                                          \
		return (result);                                                                   \
	}

HOOK("socket", on_socket, 0)
HOOK("cgroup_skb/egress", on_cgroup_skb, 1)
HOOK("cgroup/connect4", on_connect4, 1)
HOOK("cgroup/sock_create", on_sock_create, 1)
HOOK("cgroup/sysctl", on_sysctl, 1)
HOOK("cgroup/dev", on_dev, 1)
HOOK("cgroup/getsockopt", on_getsockopt, 1)
HOOK("sockops", on_sockops, 1)
HOOK("sk_skb/stream_verdict", on_sk_skb, 1)
HOOK("sk_msg", on_sk_msg, 1)
HOOK("sk_lookup", on_sk_lookup, 1)
HOOK("sk_reuseport", on_reuseport, 1)
HOOK("lwt_in", on_lwt_in, 0)
HOOK("flow_dissector", on_flow, 0)
HOOK("perf_event", on_perf, 0)
HOOK("raw_tp/sys_enter", on_raw_tp, 0)
HOOK("tp/syscalls/sys_enter_getpid", on_tp, 0)
HOOK("tp_btf/sys_enter", on_tp_btf, 0)
HOOK("syscall", on_syscall, 0)
HOOK("uprobe", on_uprobe, 0)

/* What a packet has is copied from there. */
#define PACKET_HOOK(section, type, name, result)                                                   \
	SEC(section) int name(struct type *ctx)                                                    \
	{                                                                                          \
		struct ethhdr *eth = (void *)(long)ctx->data;                                      \
		struct iphdr *ip = (void *)(eth + 1);                                              \
                                                                                                   \
		if ((void *)(ip + 1) > (void *)(long)ctx->data_end)                                \
			return result;                                                             \
		skep_info("%s says %pM %pI4 %d", #name, eth->h_source, &ip->saddr, ip->ihl);       \
		return result;                                                                     \
	}

PACKET_HOOK("xdp", xdp_md, on_xdp, 2)
PACKET_HOOK("tc", __sk_buff, on_tc, 0)

/* What the kernel's types have is read through its pointers. */
struct task_struct {
	int pid;
	char comm[SKEP_COMM_BYTES];
	struct task_struct *real_parent;
} __attribute__((preserve_access_index));

struct bpf_iter__task {
	void *meta;
	struct task_struct *task;
} __attribute__((preserve_access_index));

SEC("iter/task")
int on_iter(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;

	/* "skep-log-iter" */
	if (task && task->comm[4] == '-' && task->comm[8] == '-' && task->comm[12] == 'r')
		skep_info("on_iter says %s, %s, below %d", task->comm, skep_str(task->comm),
			  task->real_parent->pid > 0);
	return 0;
}

/* Those that not every kernel takes. */
HOOK("?kprobe/do_sys_openat2", on_kprobe, 0)
HOOK("?fentry/bpf_fentry_test1", on_fentry, 0)
HOOK("?fexit/bpf_fentry_test1", on_fexit, 0)
HOOK("?lsm/file_open", on_lsm, 0)
HOOK("?lsm.s/file_open", on_lsm_sleepable, 0)
