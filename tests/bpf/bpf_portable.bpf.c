// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* All that <skep/bpf/portable.h> has, in programs that compile for Linux and for eBPF for Windows. */
#include <skep/bpf/portable.h>

#include "bpf_portable.h"

SKEP_LICENSE("GPL");

/* Each kind of map, with the key that its name says. */
SKEP_PERCPU_ARRAY(packets, __u64, 2);
SKEP_ARRAY(verdicts, __u32, 4);
SKEP_HASH(of_type, __u16, __u64, 64);
SKEP_PERCPU_HASH(bytes_of_type, __u16, __u64, 64);
SKEP_LRU_HASH(last_of_type, __u16, __u64, 64);
SKEP_LRU_PERCPU_HASH(here_of_type, __u16, __u64, 64);
SKEP_LPM_TRIE(networks, struct skep_lpm4, __u32, 16);
SKEP_QUEUE(waiting, struct packet_seen, 8);
SKEP_STACK(newest, struct packet_seen, 8);
SKEP_RINGBUF(seen, struct packet_seen, 4096);
SKEP_PERF_EVENT_ARRAY(events, 64);
SKEP_INNER(table, ARRAY, __u64, 4);
SKEP_INNER_MAP(first_table, table);
SKEP_ARRAY_OF_MAPS(tables, struct table, 2) SKEP_VALUES([0] = &first_table);
SKEP_HASH_OF_MAPS(named_tables, __u32, struct table, 2);

int reply(struct skep_xdp_md *ctx);
SKEP_PROG_ARRAY(stages, struct skep_xdp_md, 2) SKEP_VALUES([1] = &reply);

struct ethernet {
	__u8 to[6], from[6];
	__u16 type;
};

static __always_inline void count(struct packet_seen *one)
{
	__u32 zero = 0, second = 1;
	__u64 now = bpf_ktime_get_ns(), *at, *cell;
	struct table *table;

	skep_map_add(&packets, &zero, 1);
	skep_map_add(&of_type, &one->type, 1);
	skep_map_add(&bytes_of_type, &one->type, one->bytes);
	skep_map_put(&last_of_type, &one->type, &now);
	at = skep_map_get_or_put(&here_of_type, &one->type, &now);
	if (at)
		*at = now;
	table = skep_map_get(&tables, &zero);
	cell = table ? skep_map_get(table, &second) : NULL;
	if (cell)
		skep_atomic_add(cell, one->bytes);
	table = skep_map_get(&named_tables, &second);
	cell = table ? skep_map_get(table, &zero) : NULL;
	if (cell)
		skep_atomic_add(cell, 1);
	if (skep_queue_push(&waiting, one))
		skep_map_add(&packets, &second, 1);
	skep_queue_push_evict(&newest, one);
	skep_ring_output(&seen, one);
}

SEC("xdp")
int on_packet(struct skep_xdp_md *ctx)
{
	struct ethernet *ethernet = skep_xdp_data(ctx);
	struct packet_seen one = { .bytes = skep_xdp_bytes(ctx) };
	struct skep_lpm4 network = { .prefixlen = 32 };
	__u32 *verdict, *number;

	if ((void *)(ethernet + 1) > skep_xdp_data_end(ctx))
		return XDP_DROP;
	one.type = __builtin_bswap16(ethernet->type);
	one.interface = ctx->ingress_ifindex;
	count(&one);
	skep_perf_output(ctx, &events, &one);
	if (one.type == 0x9999)
		bpf_printk("%d bytes of type %x at %d", one.bytes, one.type, one.interface);
	/* Not an address, but it is as long. */
	__builtin_memcpy(network.addr, ethernet->to, sizeof(network.addr));
	number = skep_map_get(&networks, &network);
	if (number && skep_bound(*number, 4)) {
		__u32 index = *number;

		verdict = skep_bound(index, 4) ? skep_map_get(&verdicts, &index) : NULL;
		if (verdict && *verdict)
			return XDP_DROP;
	}
	skep_tail_call(ctx, &stages, 1);
	return XDP_PASS;
}

/* Sends back what begins with 0x02, with the addresses exchanged; takes four bytes off the rest. */
SEC("xdp")
int reply(struct skep_xdp_md *ctx)
{
	struct ethernet *ethernet = skep_xdp_data(ctx);
	__u8 to[6];

	if ((void *)(ethernet + 1) > skep_xdp_data_end(ctx))
		return XDP_DROP;
	if (ethernet->to[0] != 2)
		return bpf_xdp_adjust_head(ctx, 4) ? XDP_DROP : XDP_PASS;
	__builtin_memcpy(to, ethernet->to, sizeof(to));
	__builtin_memcpy(ethernet->to, ethernet->from, sizeof(to));
	__builtin_memcpy(ethernet->from, to, sizeof(to));
	return XDP_TX;
}

/* Helpers that need no packet. */
SEC("xdp")
int numbers(struct skep_xdp_md *ctx)
{
	__u32 words[2] = { bpf_get_prandom_u32(), (__u32)bpf_get_smp_processor_id() }, zero = 0;
	__u64 boot = bpf_ktime_get_boot_ns();
	struct packet_seen one = {};
	__s64 sum = bpf_csum_diff(words, 0, words, sizeof(words), 0);

	skep_queue_peek(&waiting, &one);
	skep_queue_pop(&newest, &one);
	skep_map_del(&of_type, &one.type);
	skep_map_put(&verdicts, &zero, &words[0]);
	return sum >= 0 && boot ? XDP_PASS : XDP_DROP;
}

SKEP_HASH(refused, __u16, __u64, 16);
SKEP_LRU_HASH(cookies, __u64, __u32, 64);

/* Refuses connections to the ports in `refused`, and counts them. */
SEC("cgroup/connect4")
int on_connect(struct skep_sock_addr *ctx)
{
	__u16 port = __builtin_bswap16((__u16)ctx->user_port);
	__u64 *times = skep_map_get(&refused, &port), cookie = bpf_get_socket_cookie(ctx);
	__u32 address = ctx->user_ip4;

	skep_map_put(&cookies, &cookie, &address);
	if (!times || ctx->protocol != 6)
		return 1;
	skep_atomic_add(times, 1);
	return 0;
}

SKEP_HASH(established, __u32, __u64, 16);

SEC("sockops")
int on_socket(struct skep_sock_ops *ctx)
{
	__u32 port;

	if (ctx->op != BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB)
		return 0;
	port = skep_sock_ops_local_port(ctx);
	skep_map_add(&established, &port, 1);
	return 0;
}
