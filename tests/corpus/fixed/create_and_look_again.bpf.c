/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* An entry that was just created is looked up again, and checked again. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define MAX_OPENS 100000
#define EPERM     1

struct file;

struct usage {
	__u64 opens;
	__u64 first_ns;
	__u64 last_ns;
	char comm[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, struct usage);
} usages SEC(".maps");

static __always_inline struct usage *get_usage(__u32 tgid)
{
	struct usage fresh = {}, *usage;

	usage = bpf_map_lookup_elem(&usages, &tgid);
	if (usage)
		return usage;
	fresh.first_ns = bpf_ktime_get_ns();
	bpf_get_current_comm(fresh.comm, sizeof(fresh.comm));
	bpf_map_update_elem(&usages, &tgid, &fresh, BPF_NOEXIST);
	return bpf_map_lookup_elem(&usages, &tgid);
}

SEC("lsm/file_open")
int BPF_PROG(limit_opens, struct file *file)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;
	struct usage *usage;

	if (!tgid)
		return 0;
	usage = get_usage(tgid);
	if (!usage)
		return 0;
	usage->opens++;
	usage->last_ns = bpf_ktime_get_ns();
	return usage->opens > MAX_OPENS ? -EPERM : 0;
}

char LICENSE[] SEC("license") = "GPL";
