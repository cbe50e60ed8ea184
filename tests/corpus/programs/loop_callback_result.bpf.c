/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A callback of bpf_loop() returns what it found, instead of 0 or 1. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct rule {
	__u32 port;
	__u32 verdict;
};

struct search {
	__u32 port;
	__u32 found;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, struct rule);
} rules SEC(".maps");

static long match(__u32 index, struct search *s)
{
	struct rule *r = bpf_map_lookup_elem(&rules, &index);

	if (!r)
		return 1;
	if (r->port != s->port)
		return 0;
	s->found = index;
	return r->verdict; /* cause */
} /* refused */

SEC("cgroup/connect4")
int check_connect(struct bpf_sock_addr *ctx)
{
	struct search s = { .port = ctx->user_port, .found = 64 };
	struct rule *r;

	bpf_loop(64, match, &s, 0);
	if (s.found >= 64)
		return 1;
	r = bpf_map_lookup_elem(&rules, &s.found);
	return r && r->verdict ? 1 : 0;
}

char LICENSE[] SEC("license") = "GPL";
