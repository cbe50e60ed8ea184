/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The probe can wait. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

extern int bpf_copy_from_user_str(void *to, __u32 bytes, const void *from, __u64 flags) __ksym;

char last[64];

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, __u64);
} addresses SEC(".maps");

SEC("uprobe.s")
int copy_title(void *ctx)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	__u64 *address = bpf_map_lookup_elem(&addresses, &pid);

	if (!address)
		return 0;
	bpf_copy_from_user_str(last, sizeof(last), (void *)*address, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
