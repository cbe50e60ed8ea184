/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A packet is read at an offset from a map that has only an upper limit. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __s64);
} shift SEC(".maps");

SEC("xdp")
int drop_marked(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	void *data = (void *)(long)ctx->data;
	__u32 zero = 0;
	__s64 *off = bpf_map_lookup_elem(&shift, &zero);
	__u32 *mark;

	if (!off || *off > 64) /* cause */
		return XDP_PASS;
	mark = data + *off; /* refused */
	if ((void *)(mark + 1) > data_end)
		return XDP_PASS;
	return *mark == 0xdeadbeef ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
