/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} attempts SEC(".maps");

static __always_inline void count(__u32 write)
{
	__u64 *seen = bpf_map_lookup_elem(&attempts, &write);

	if (seen)
		__sync_fetch_and_add(seen, 1);
}

static __always_inline int is_kernel_setting(const char *name)
{
	return name[0] == 'k' && name[1] == 'e' && name[2] == 'r' && name[3] == 'n';
}

SEC("cgroup/sysctl")
int guard_sysctl(struct bpf_sysctl *ctx)
{
	char name[32] = {};

	count(!!ctx->write);
	if (!ctx->write)
		return 1;
	if (bpf_sysctl_get_name(ctx, name, sizeof(name), 0) < 0)
		return 1;
	if (is_kernel_setting(name))
		return 0;
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
