/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What bpf_net.bpf.c found in a packet, and what it is asked to do with one. */
#ifndef SKEP_TESTS_BPF_NET_H
#define SKEP_TESTS_BPF_NET_H
#include <skep/types/flow.h>

/* A stack of headers from Ethernet up to TCP; 0 where there is none. */
struct net_layers {
	__u32 src[4];
	__u32 dst[4];
	__u32 at;   /* where parsing ended */
	__u32 next; /* what would be there */
	__u32 vni;
	__u16 type; /* of Ethernet */
	__u16 vlan;
	__u16 src_port;
	__u16 dst_port;
	__u16 mss;
	__u8 vlans;
	__u8 version;
	__u8 ttl;
	__u8 is_fragment;
	__u8 proto; /* of the transport header that was there */
	__u8 flags; /* of TCP; type of ICMP; operation of ARP */
	__u8 tunnel;
	__u8 is_bad;
	__u8 zero[2];
};

enum {
	NET_VXLAN = 1,
	NET_GENEVE,
	NET_GRE,
	NET_IP
};

struct net_result {
	struct net_layers outer;
	struct net_layers inner;
};

enum {
	NET_MAC = 1,
	NET_SRC = 2,
	NET_DST = 4,
	NET_SRC_PORT = 8,
	NET_DST_PORT = 16,
	NET_TTL = 32,
	NET_PUSH = 64,
	NET_POP = 128,
	NET_ROOM = 256,
	NET_UNROOM = 512,
	NET_NOT_L4 = 1024,
	NET_DST_MAC = 2048,
	NET_MUCH_ROOM = 4096,
	NET_IS_IP = 8192,
	NET_LIMIT = 16384,
};

struct net_asked {
	__u32 src[4];
	__u32 dst[4];
	__u32 what;
	__u32 bytes;
	__u64 now;
	__u16 src_port;
	__u16 dst_port;
	__u16 tci;
	__u8 ttl;
	__u8 mac[12];
	__u8 zero[5];
};

/* Of a packet that was pulled, and skipped in. */
struct net_found {
	__s32 whole; /* whether all of it could be read before */
	__s32 err;
	__s32 skipped;
	__u32 at;
	__u32 runs;
	__u8 last;   /* that was asked for */
	__u8 behind; /* what was skipped */
	__u8 zero[2];
};

#define NET_RULES 200

/* Of a filter, in network order but for the ports. */
struct net_rule {
	__u32 src;
	__u32 src_mask;
	__u32 dst;
	__u32 dst_mask;
	__u16 from; /* ports of the receiver */
	__u16 to;
	__u8 proto;
	__u8 proto_mask;
	__u8 zero[2];
};

#endif
