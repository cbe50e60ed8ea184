/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_PORTABLE_CONTEXT_H
#define SKEP_BPF_PORTABLE_CONTEXT_H
/**
 * @file bpf/portable/context.h
 * The contexts of portable programs: on Linux the kernel's own, where members that Windows does not
 * have are there for their sentence only. Part of bpf/portable.h.
 *
 * @code{.c}
 * #include <skep/bpf/portable.h>
 *
 * SEC("cgroup/connect4")
 * int only_web(struct skep_sock_addr *ctx)
 * {
 *         return ctx->user_port == __builtin_bswap16(443);
 * }
 * @endcode
 */
#ifdef SKEP_USER_SIDE
#error "skep: <skep/bpf/...> is for BPF programs; user space includes <skep/...>"
#endif
#ifdef __VMLINUX_H__
#error "skep: vmlinux.h describes Linux: a portable program does without"
#endif
#include <skep/types.h>

#ifdef SKEP_WINDOWS
#define SKEP_LINUX_ONLY_
#define skep_xdp_md    xdp_md_
#define skep_sock_addr bpf_sock_addr
#define skep_sock_ops  _bpf_sock_ops
#else
/** @cond */
#define SKEP_LINUX_ONLY_                                                                           \
	__attribute__((                                                                            \
		unavailable("skep: this member is not in eBPF for Windows, or not the same")))
/** @endcond */

/** The context of an XDP program. For the packet: skep_xdp_data() and skep_xdp_data_end(). */
struct skep_xdp_md {
	__u32 data;                            /**< take skep_xdp_data() */
	__u32 data_end;                        /**< take skep_xdp_data_end() */
	__u32 data_meta;                       /**< what lies in front of the packet */
	__u32 ingress_ifindex;                 /**< the interface */
	__u32 rx_queue_index SKEP_LINUX_ONLY_; /**< not portable */
	__u32 egress_ifindex SKEP_LINUX_ONLY_; /**< not portable */
};

/**
 * The context of SEC("cgroup/connect4") and SEC("cgroup/connect6"). A program returns 1 to go on, 0 to
 * refuse.
 */
struct skep_sock_addr {
	__u32 user_family SKEP_LINUX_ONLY_;    /**< take `family` */
	__u32 user_ip4;                        /**< where to, in network order */
	__u32 user_ip6[4];                     /**< where to, in network order */
	__u32 user_port;                       /**< where to, in network order: the lower 16 bits */
	__u32 family;                          /**< of addresses; the numbers differ for IPv6 */
	__u32 type SKEP_LINUX_ONLY_;           /**< not portable */
	__u32 protocol;                        /**< such as IPPROTO_TCP */
	__u32 msg_src_ip4 SKEP_LINUX_ONLY_;    /**< on Linux for sendmsg only */
	__u32 msg_src_ip6[4] SKEP_LINUX_ONLY_; /**< on Linux for sendmsg only */
	__u64 sk SKEP_LINUX_ONLY_;             /**< not portable */
};

/** The context of SEC("sockops"). */
struct skep_sock_ops {
	__u32 op; /**< BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB, BPF_SOCK_OPS_PASSIVE_..., others */
	union {
		__u32 args[4] SKEP_LINUX_ONLY_;      /**< not portable */
		__u32 reply SKEP_LINUX_ONLY_;        /**< not portable */
		__u32 replylong[4] SKEP_LINUX_ONLY_; /**< not portable */
	};
	__u32 family;        /**< of addresses; the numbers differ for IPv6 */
	__u32 remote_ip4;    /**< in network order */
	__u32 local_ip4;     /**< in network order */
	__u32 remote_ip6[4]; /**< in network order */
	__u32 local_ip6[4];  /**< in network order */
	__u32 remote_port;   /**< in network order */
	__u32 local_port;    /**< take skep_sock_ops_local_port(): the orders differ */
	/** @cond */
	__u32 is_fullsock SKEP_LINUX_ONLY_;
	__u32 snd_cwnd SKEP_LINUX_ONLY_;
	__u32 srtt_us SKEP_LINUX_ONLY_;
	__u32 bpf_sock_ops_cb_flags SKEP_LINUX_ONLY_;
	__u32 state SKEP_LINUX_ONLY_;
	__u32 rtt_min SKEP_LINUX_ONLY_;
	__u32 snd_ssthresh SKEP_LINUX_ONLY_;
	__u32 rcv_nxt SKEP_LINUX_ONLY_;
	__u32 snd_nxt SKEP_LINUX_ONLY_;
	__u32 snd_una SKEP_LINUX_ONLY_;
	__u32 mss_cache SKEP_LINUX_ONLY_;
	__u32 ecn_flags SKEP_LINUX_ONLY_;
	__u32 rate_delivered SKEP_LINUX_ONLY_;
	__u32 rate_interval_us SKEP_LINUX_ONLY_;
	__u32 packets_out SKEP_LINUX_ONLY_;
	__u32 retrans_out SKEP_LINUX_ONLY_;
	__u32 total_retrans SKEP_LINUX_ONLY_;
	__u32 segs_in SKEP_LINUX_ONLY_;
	__u32 data_segs_in SKEP_LINUX_ONLY_;
	__u32 segs_out SKEP_LINUX_ONLY_;
	__u32 data_segs_out SKEP_LINUX_ONLY_;
	__u32 lost_out SKEP_LINUX_ONLY_;
	__u32 sacked_out SKEP_LINUX_ONLY_;
	__u32 sk_txhash SKEP_LINUX_ONLY_;
	__u64 bytes_received SKEP_LINUX_ONLY_;
	__u64 bytes_acked SKEP_LINUX_ONLY_;
	__u64 sk SKEP_LINUX_ONLY_, skb_data SKEP_LINUX_ONLY_, skb_data_end SKEP_LINUX_ONLY_;
	__u32 skb_len SKEP_LINUX_ONLY_, skb_tcp_flags SKEP_LINUX_ONLY_;
	/** @endcond */
};
#endif

#endif
