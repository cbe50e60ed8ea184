/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A device guard returns -EPERM, where 0 is "no". */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define EPERM 1

struct device {
	__u32 major;
	__u32 minor;
};

struct rule {
	__u16 type;
	__u16 access;
	__u64 refused;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 128);
	__type(key, struct device);
	__type(value, struct rule);
} rules SEC(".maps");

SEC("cgroup/dev")
int guard(struct bpf_cgroup_dev_ctx *ctx)
{
	struct device dev = { .major = ctx->major, .minor = ctx->minor };
	__u16 access = ctx->access_type >> 16;
	__u16 type = ctx->access_type & 0xffff;
	struct rule *rule = bpf_map_lookup_elem(&rules, &dev);

	if (!rule)
		return 1;
	if (rule->type == type && (rule->access & access) == access)
		return 1;
	rule->refused++;
	return -EPERM; /* cause */
} /* refused */

char LICENSE[] SEC("license") = "GPL";
