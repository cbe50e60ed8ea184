/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Counts what is opened below /etc: the path is copied before it is compared. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define PREFIX_LEN 5

struct sys_enter_openat {
	__u64 common;
	long nr;
	long dfd;
	const char *filename;
	long flags;
	long mode;
};

struct opens {
	__u64 count;
	__u64 last_ns;
	char comm[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct opens);
} openers SEC(".maps");

static __always_inline int has_prefix(const char *path, const char *prefix)
{
	int i;

	for (i = 0; i < PREFIX_LEN; i++)
		if (path[i] != prefix[i])
			return 0;
	return 1;
}

SEC("tp/syscalls/sys_enter_openat")
int on_openat(struct sys_enter_openat *ctx)
{
	char path[PREFIX_LEN] = {};
	struct opens fresh = { .count = 1 }, *opens;
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;

	if (bpf_probe_read_user(path, sizeof(path), ctx->filename))
		return 0;
	if (!has_prefix(path, "/etc/"))
		return 0;
	opens = bpf_map_lookup_elem(&openers, &tgid);
	if (opens) {
		opens->count++;
		opens->last_ns = bpf_ktime_get_ns();
		return 0;
	}
	fresh.last_ns = bpf_ktime_get_ns();
	bpf_get_current_comm(fresh.comm, sizeof(fresh.comm));
	bpf_map_update_elem(&openers, &tgid, &fresh, BPF_NOEXIST);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
