/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Another option is to be answered than the one that was asked for. */
#include <linux/bpf.h>
#include <linux/in.h>
#include <linux/tcp.h>
#include <bpf/bpf_helpers.h>

#define OPT_COMPANY_MSS 0xc0de

struct asked {
	__u64 times;
	__u32 last_level;
	__u32 last_name;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct asked);
} askers SEC(".maps");

static __always_inline void remember(const struct bpf_sockopt *ctx, __u32 uid)
{
	struct asked *asked = bpf_map_lookup_elem(&askers, &uid);
	struct asked fresh = { .times = 1 };

	if (!asked) {
		bpf_map_update_elem(&askers, &uid, &fresh, BPF_ANY);
		return;
	}
	asked->times++;
	asked->last_level = ctx->level;
	asked->last_name = ctx->optname;
}

SEC("cgroup/getsockopt")
int map_option(struct bpf_sockopt *ctx)
{
	__u32 uid = bpf_get_current_uid_gid();

	if (ctx->level != IPPROTO_TCP || ctx->optname != OPT_COMPANY_MSS)
		return 1;
	remember(ctx, uid);
	ctx->optname = TCP_MAXSEG; /* refused */
	ctx->retval = 0;
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
