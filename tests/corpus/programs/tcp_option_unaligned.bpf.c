/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A TCP option is put together on the stack: its four bytes of value start at the third byte. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define OPTION_KIND 253
#define OPTION_LEN  6

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u32);
} tokens SEC(".maps");

static __always_inline void put_value(__u8 *to, __u32 value)
{
	*(__u32 *)to = value; /* refused */
}

static __always_inline void write_option(struct bpf_sock_ops *ops)
{
	__u32 peer = ops->remote_ip4;
	__u8 option[8] = {};
	__u32 *token;

	token = bpf_map_lookup_elem(&tokens, &peer);
	if (!token)
		return;
	option[0] = OPTION_KIND;
	option[1] = OPTION_LEN;
	put_value(&option[2], *token); /* cause */
	bpf_store_hdr_opt(ops, option, OPTION_LEN, 0);
}

SEC("sockops")
int token_option(struct bpf_sock_ops *ops)
{
	switch (ops->op) {
	case BPF_SOCK_OPS_TCP_CONNECT_CB:
		bpf_sock_ops_cb_flags_set(ops, BPF_SOCK_OPS_WRITE_HDR_OPT_CB_FLAG);
		break;
	case BPF_SOCK_OPS_HDR_OPT_LEN_CB:
		bpf_reserve_hdr_opt(ops, OPTION_LEN, 0);
		break;
	case BPF_SOCK_OPS_WRITE_HDR_OPT_CB:
		write_option(ops);
		break;
	}
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
