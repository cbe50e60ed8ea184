/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_PORTABLE_OUTSIDE_H
#define SKEP_BPF_PORTABLE_OUTSIDE_H
/**
 * @file bpf/portable/outside.h
 * What Linux has and eBPF for Windows has not, each with its sentence. Part of bpf/portable.h.
 *
 * @code{.c}
 * // error: ... skep: bpf_ringbuf_reserve() is not in eBPF for Windows; write records with skep_ring_output()
 * @endcode
 *
 * One macro for each row of tests/compile/portable.tsv that says "linux", which names the sources; and for
 * skep's own names that stand on those.
 */
#include <skep/bpf/portable.h>

/** @cond */
/* clang-format off */
/* A call: the sentence, and the call behind it, so that nothing else is wrong with the statement. */
#define SKEP_NOT_THERE_ " is not in eBPF for Windows"
#define SKEP_NO_CALL_(name, call, hint)                                                            \
	(SKEP_REQUIRE_(0, "skep: " name "()" SKEP_NOT_THERE_ hint), call)
/* A number, also in declarations. */
#define SKEP_NO_VALUE_(name, n, hint)                                                              \
	sizeof(struct {                                                                            \
		_Static_assert(0, "skep: " name SKEP_NOT_THERE_ hint);                             \
		char x_[n];                                                                        \
	})

/* ---- kinds of maps ---- */
#define BPF_MAP_TYPE_STACK_TRACE SKEP_NO_VALUE_("BPF_MAP_TYPE_STACK_TRACE", 7, "")
#define BPF_MAP_TYPE_CGROUP_ARRAY SKEP_NO_VALUE_("BPF_MAP_TYPE_CGROUP_ARRAY", 8, "")
#define BPF_MAP_TYPE_DEVMAP SKEP_NO_VALUE_("BPF_MAP_TYPE_DEVMAP", 14, "")
#define BPF_MAP_TYPE_SOCKMAP SKEP_NO_VALUE_("BPF_MAP_TYPE_SOCKMAP", 15, "")
#define BPF_MAP_TYPE_CPUMAP SKEP_NO_VALUE_("BPF_MAP_TYPE_CPUMAP", 16, "")
#define BPF_MAP_TYPE_XSKMAP SKEP_NO_VALUE_("BPF_MAP_TYPE_XSKMAP", 17, "")
#define BPF_MAP_TYPE_SOCKHASH SKEP_NO_VALUE_("BPF_MAP_TYPE_SOCKHASH", 18, "")
#define BPF_MAP_TYPE_CGROUP_STORAGE SKEP_NO_VALUE_("BPF_MAP_TYPE_CGROUP_STORAGE", 19, "")
#define BPF_MAP_TYPE_REUSEPORT_SOCKARRAY SKEP_NO_VALUE_("BPF_MAP_TYPE_REUSEPORT_SOCKARRAY", 20, "")
#define BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE SKEP_NO_VALUE_("BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE", 21, "")
#define BPF_MAP_TYPE_SK_STORAGE SKEP_NO_VALUE_("BPF_MAP_TYPE_SK_STORAGE", 24, "")
#define BPF_MAP_TYPE_DEVMAP_HASH SKEP_NO_VALUE_("BPF_MAP_TYPE_DEVMAP_HASH", 25, "")
#define BPF_MAP_TYPE_STRUCT_OPS SKEP_NO_VALUE_("BPF_MAP_TYPE_STRUCT_OPS", 26, "")
#define BPF_MAP_TYPE_INODE_STORAGE SKEP_NO_VALUE_("BPF_MAP_TYPE_INODE_STORAGE", 28, "")
#define BPF_MAP_TYPE_TASK_STORAGE SKEP_NO_VALUE_("BPF_MAP_TYPE_TASK_STORAGE", 29, "")
#define BPF_MAP_TYPE_BLOOM_FILTER SKEP_NO_VALUE_("BPF_MAP_TYPE_BLOOM_FILTER", 30, "")
#define BPF_MAP_TYPE_USER_RINGBUF SKEP_NO_VALUE_("BPF_MAP_TYPE_USER_RINGBUF", 31, "")
#define BPF_MAP_TYPE_CGRP_STORAGE SKEP_NO_VALUE_("BPF_MAP_TYPE_CGRP_STORAGE", 32, "")
#define BPF_MAP_TYPE_ARENA SKEP_NO_VALUE_("BPF_MAP_TYPE_ARENA", 33, "")
#define BPF_MAP_TYPE_INSN_ARRAY SKEP_NO_VALUE_("BPF_MAP_TYPE_INSN_ARRAY", 34, "")

/* ---- kinds of maps and of programs, of headers that are not included ---- */
#define SKEP_ARENA(...) SKEP_NO_SENTENCE_("SKEP_ARENA() is")
#define SKEP_CGROUP_STORAGE(...) SKEP_NO_SENTENCE_("SKEP_CGROUP_STORAGE() is")
#define SKEP_CPUMAP(...) SKEP_NO_SENTENCE_("SKEP_CPUMAP() is")
#define SKEP_DEVMAP(...) SKEP_NO_SENTENCE_("SKEP_DEVMAP() is")
#define SKEP_DEVMAP_HASH(...) SKEP_NO_SENTENCE_("SKEP_DEVMAP_HASH() is")
#define SKEP_INODE_STORAGE(...) SKEP_NO_SENTENCE_("SKEP_INODE_STORAGE() is")
#define SKEP_REUSEPORT_SOCKARRAY(...) SKEP_NO_SENTENCE_("SKEP_REUSEPORT_SOCKARRAY() is")
#define SKEP_RINGBUF_VAR(...) SKEP_NO_SENTENCE_("SKEP_RINGBUF_VAR() is")
#define SKEP_SCRATCH(...) SKEP_NO_SENTENCE_("SKEP_SCRATCH() is")
#define SKEP_SK_STORAGE(...) SKEP_NO_SENTENCE_("SKEP_SK_STORAGE() is")
#define SKEP_SOCKHASH(...) SKEP_NO_SENTENCE_("SKEP_SOCKHASH() is")
#define SKEP_SOCKMAP(...) SKEP_NO_SENTENCE_("SKEP_SOCKMAP() is")
#define SKEP_STACK_TRACE(...) SKEP_NO_SENTENCE_("SKEP_STACK_TRACE() is")
#define SKEP_TASK_STORAGE(...) SKEP_NO_SENTENCE_("SKEP_TASK_STORAGE() is")
#define SKEP_USER_RINGBUF(...) SKEP_NO_SENTENCE_("SKEP_USER_RINGBUF() is")
#define SKEP_XSKMAP(...) SKEP_NO_SENTENCE_("SKEP_XSKMAP() is")
#define SKEP_NO_PROGRAM_(what, name, ...)                                                          \
	name##__not_here;                                                                          \
	SKEP_NO_SENTENCE_(what "(): programs for this are");                                       \
	int name(__attribute__((unused)) void *ctx, ##__VA_ARGS__)
#define SKEP_FENTRY(...) SKEP_NO_PROGRAM_("SKEP_FENTRY", __VA_ARGS__)
#define SKEP_FEXIT(...) SKEP_NO_PROGRAM_("SKEP_FEXIT", __VA_ARGS__)
#define SKEP_KPROBE(...) SKEP_NO_PROGRAM_("SKEP_KPROBE", __VA_ARGS__)
#define SKEP_KRETPROBE(...) SKEP_NO_PROGRAM_("SKEP_KRETPROBE", __VA_ARGS__)
#define SKEP_KSYSCALL(...) SKEP_NO_PROGRAM_("SKEP_KSYSCALL", __VA_ARGS__)
#define SKEP_LSM(...) SKEP_NO_PROGRAM_("SKEP_LSM", __VA_ARGS__)
#define SKEP_RAW_TP(...) SKEP_NO_PROGRAM_("SKEP_RAW_TP", __VA_ARGS__)
#define SKEP_SYS_ENTER(...) SKEP_NO_PROGRAM_("SKEP_SYS_ENTER", __VA_ARGS__)
#define SKEP_SYS_EXIT(...) SKEP_NO_PROGRAM_("SKEP_SYS_EXIT", __VA_ARGS__)
#define SKEP_UPROBE(...) SKEP_NO_PROGRAM_("SKEP_UPROBE", __VA_ARGS__)
#define SKEP_URETPROBE(...) SKEP_NO_PROGRAM_("SKEP_URETPROBE", __VA_ARGS__)
#define SKEP_USDT(...) SKEP_NO_PROGRAM_("SKEP_USDT", __VA_ARGS__)
/* ---- a struct whose places the loader looks up ---- */
#define preserve_access_index           unavailable("skep: CO-RE is not in eBPF for Windows")

/* ---- values ---- */
#define XDP_ABORTED SKEP_NO_VALUE_("XDP_ABORTED", 1, "; return XDP_DROP")
#define XDP_REDIRECT SKEP_NO_VALUE_("XDP_REDIRECT", 4, "; return XDP_TX, XDP_PASS or XDP_DROP")
#define BPF_F_LOCK SKEP_NO_VALUE_("BPF_F_LOCK", 4, "; use atomic additions or per-CPU maps")

/* ---- helpers: what to do instead, where there is something ---- */
#define SKEP_DO_RING_ "; write records with skep_ring_output()"
#define SKEP_DO_LOOP_ "; write a loop that the compiler unrolls"
#define SKEP_DO_READ_ "; read the context, packets and maps only"
#define SKEP_DO_PRINT_ "; use bpf_printk() with at most three arguments"
#define SKEP_DO_PERCPU_ "; use skep_map_get(), which has the value of this processor"
#define SKEP_DO_LOCK_ "; use atomic additions or per-CPU maps"
#define SKEP_DO_TIMER_ "; let user space keep the time"
#define SKEP_DO_REDIRECT_ "; return XDP_TX, XDP_PASS or XDP_DROP"
#define SKEP_DO_TASK_ "; of a task there is bpf_get_current_pid_tgid() only"
#define SKEP_DO_TIME_ "; use bpf_ktime_get_ns() or bpf_ktime_get_boot_ns()"
#define SKEP_DO_CSUM_ "; use bpf_csum_diff()"

#define bpf_probe_read(...) \
	SKEP_NO_CALL_("bpf_probe_read", bpf_probe_read(__VA_ARGS__), SKEP_DO_READ_)
#define bpf_skb_store_bytes(...) \
	SKEP_NO_CALL_("bpf_skb_store_bytes", bpf_skb_store_bytes(__VA_ARGS__), "")
#define bpf_l3_csum_replace(...) \
	SKEP_NO_CALL_("bpf_l3_csum_replace", bpf_l3_csum_replace(__VA_ARGS__), SKEP_DO_CSUM_)
#define bpf_l4_csum_replace(...) \
	SKEP_NO_CALL_("bpf_l4_csum_replace", bpf_l4_csum_replace(__VA_ARGS__), SKEP_DO_CSUM_)
#define bpf_clone_redirect(...) \
	SKEP_NO_CALL_("bpf_clone_redirect", bpf_clone_redirect(__VA_ARGS__), SKEP_DO_REDIRECT_)
#define bpf_get_current_uid_gid(...) \
	SKEP_NO_CALL_("bpf_get_current_uid_gid", bpf_get_current_uid_gid(__VA_ARGS__), SKEP_DO_TASK_)
#define bpf_get_current_comm(...) \
	SKEP_NO_CALL_("bpf_get_current_comm", bpf_get_current_comm(__VA_ARGS__), SKEP_DO_TASK_)
#define bpf_get_cgroup_classid(...) \
	SKEP_NO_CALL_("bpf_get_cgroup_classid", bpf_get_cgroup_classid(__VA_ARGS__), "")
#define bpf_skb_vlan_push(...) \
	SKEP_NO_CALL_("bpf_skb_vlan_push", bpf_skb_vlan_push(__VA_ARGS__), "")
#define bpf_skb_vlan_pop(...) SKEP_NO_CALL_("bpf_skb_vlan_pop", bpf_skb_vlan_pop(__VA_ARGS__), "")
#define bpf_skb_get_tunnel_key(...) \
	SKEP_NO_CALL_("bpf_skb_get_tunnel_key", bpf_skb_get_tunnel_key(__VA_ARGS__), "")
#define bpf_skb_set_tunnel_key(...) \
	SKEP_NO_CALL_("bpf_skb_set_tunnel_key", bpf_skb_set_tunnel_key(__VA_ARGS__), "")
#define bpf_perf_event_read(...) \
	SKEP_NO_CALL_("bpf_perf_event_read", bpf_perf_event_read(__VA_ARGS__), "")
#define bpf_redirect(...) \
	SKEP_NO_CALL_("bpf_redirect", bpf_redirect(__VA_ARGS__), SKEP_DO_REDIRECT_)
#define bpf_get_route_realm(...) \
	SKEP_NO_CALL_("bpf_get_route_realm", bpf_get_route_realm(__VA_ARGS__), "")
#define bpf_skb_load_bytes(...) \
	SKEP_NO_CALL_("bpf_skb_load_bytes", bpf_skb_load_bytes(__VA_ARGS__), "")
#define bpf_get_stackid(...) SKEP_NO_CALL_("bpf_get_stackid", bpf_get_stackid(__VA_ARGS__), "")
#define bpf_skb_get_tunnel_opt(...) \
	SKEP_NO_CALL_("bpf_skb_get_tunnel_opt", bpf_skb_get_tunnel_opt(__VA_ARGS__), "")
#define bpf_skb_set_tunnel_opt(...) \
	SKEP_NO_CALL_("bpf_skb_set_tunnel_opt", bpf_skb_set_tunnel_opt(__VA_ARGS__), "")
#define bpf_skb_change_proto(...) \
	SKEP_NO_CALL_("bpf_skb_change_proto", bpf_skb_change_proto(__VA_ARGS__), "")
#define bpf_skb_change_type(...) \
	SKEP_NO_CALL_("bpf_skb_change_type", bpf_skb_change_type(__VA_ARGS__), "")
#define bpf_skb_under_cgroup(...) \
	SKEP_NO_CALL_("bpf_skb_under_cgroup", bpf_skb_under_cgroup(__VA_ARGS__), "")
#define bpf_get_hash_recalc(...) \
	SKEP_NO_CALL_("bpf_get_hash_recalc", bpf_get_hash_recalc(__VA_ARGS__), "")
#define bpf_get_current_task(...) \
	SKEP_NO_CALL_("bpf_get_current_task", bpf_get_current_task(__VA_ARGS__), SKEP_DO_TASK_)
#define bpf_probe_write_user(...) \
	SKEP_NO_CALL_("bpf_probe_write_user", bpf_probe_write_user(__VA_ARGS__), "")
#define bpf_current_task_under_cgroup(...) \
	SKEP_NO_CALL_("bpf_current_task_under_cgroup", bpf_current_task_under_cgroup(__VA_ARGS__), "")
#define bpf_skb_change_tail(...) \
	SKEP_NO_CALL_("bpf_skb_change_tail", bpf_skb_change_tail(__VA_ARGS__), "")
#define bpf_skb_pull_data(...) \
	SKEP_NO_CALL_("bpf_skb_pull_data", bpf_skb_pull_data(__VA_ARGS__), "")
#define bpf_csum_update(...) \
	SKEP_NO_CALL_("bpf_csum_update", bpf_csum_update(__VA_ARGS__), SKEP_DO_CSUM_)
#define bpf_set_hash_invalid(...) \
	SKEP_NO_CALL_("bpf_set_hash_invalid", bpf_set_hash_invalid(__VA_ARGS__), "")
#define bpf_get_numa_node_id(...) \
	SKEP_NO_CALL_("bpf_get_numa_node_id", bpf_get_numa_node_id(__VA_ARGS__), "")
#define bpf_skb_change_head(...) \
	SKEP_NO_CALL_("bpf_skb_change_head", bpf_skb_change_head(__VA_ARGS__), "")
#define bpf_probe_read_str(...) \
	SKEP_NO_CALL_("bpf_probe_read_str", bpf_probe_read_str(__VA_ARGS__), SKEP_DO_READ_)
#define bpf_get_socket_uid(...) \
	SKEP_NO_CALL_("bpf_get_socket_uid", bpf_get_socket_uid(__VA_ARGS__), "")
#define bpf_set_hash(...) SKEP_NO_CALL_("bpf_set_hash", bpf_set_hash(__VA_ARGS__), "")
#define bpf_setsockopt(...) SKEP_NO_CALL_("bpf_setsockopt", bpf_setsockopt(__VA_ARGS__), "")
#define bpf_skb_adjust_room(...) \
	SKEP_NO_CALL_("bpf_skb_adjust_room", bpf_skb_adjust_room(__VA_ARGS__), "")
#define bpf_redirect_map(...) \
	SKEP_NO_CALL_("bpf_redirect_map", bpf_redirect_map(__VA_ARGS__), SKEP_DO_REDIRECT_)
#define bpf_sk_redirect_map(...) \
	SKEP_NO_CALL_("bpf_sk_redirect_map", bpf_sk_redirect_map(__VA_ARGS__), "")
#define bpf_sock_map_update(...) \
	SKEP_NO_CALL_("bpf_sock_map_update", bpf_sock_map_update(__VA_ARGS__), "")
#define bpf_xdp_adjust_meta(...) \
	SKEP_NO_CALL_("bpf_xdp_adjust_meta", bpf_xdp_adjust_meta(__VA_ARGS__), "")
#define bpf_perf_event_read_value(...) \
	SKEP_NO_CALL_("bpf_perf_event_read_value", bpf_perf_event_read_value(__VA_ARGS__), "")
#define bpf_perf_prog_read_value(...) \
	SKEP_NO_CALL_("bpf_perf_prog_read_value", bpf_perf_prog_read_value(__VA_ARGS__), "")
#define bpf_getsockopt(...) SKEP_NO_CALL_("bpf_getsockopt", bpf_getsockopt(__VA_ARGS__), "")
#define bpf_override_return(...) \
	SKEP_NO_CALL_("bpf_override_return", bpf_override_return(__VA_ARGS__), "")
#define bpf_sock_ops_cb_flags_set(...) \
	SKEP_NO_CALL_("bpf_sock_ops_cb_flags_set", bpf_sock_ops_cb_flags_set(__VA_ARGS__), "")
#define bpf_msg_redirect_map(...) \
	SKEP_NO_CALL_("bpf_msg_redirect_map", bpf_msg_redirect_map(__VA_ARGS__), "")
#define bpf_msg_apply_bytes(...) \
	SKEP_NO_CALL_("bpf_msg_apply_bytes", bpf_msg_apply_bytes(__VA_ARGS__), "")
#define bpf_msg_cork_bytes(...) \
	SKEP_NO_CALL_("bpf_msg_cork_bytes", bpf_msg_cork_bytes(__VA_ARGS__), "")
#define bpf_msg_pull_data(...) \
	SKEP_NO_CALL_("bpf_msg_pull_data", bpf_msg_pull_data(__VA_ARGS__), "")
#define bpf_bind(...) SKEP_NO_CALL_("bpf_bind", bpf_bind(__VA_ARGS__), "")
#define bpf_xdp_adjust_tail(...) \
	SKEP_NO_CALL_("bpf_xdp_adjust_tail", bpf_xdp_adjust_tail(__VA_ARGS__), "")
#define bpf_skb_get_xfrm_state(...) \
	SKEP_NO_CALL_("bpf_skb_get_xfrm_state", bpf_skb_get_xfrm_state(__VA_ARGS__), "")
#define bpf_get_stack(...) SKEP_NO_CALL_("bpf_get_stack", bpf_get_stack(__VA_ARGS__), "")
#define bpf_skb_load_bytes_relative(...) \
	SKEP_NO_CALL_("bpf_skb_load_bytes_relative", bpf_skb_load_bytes_relative(__VA_ARGS__), "")
#define bpf_fib_lookup(...) SKEP_NO_CALL_("bpf_fib_lookup", bpf_fib_lookup(__VA_ARGS__), "")
#define bpf_sock_hash_update(...) \
	SKEP_NO_CALL_("bpf_sock_hash_update", bpf_sock_hash_update(__VA_ARGS__), "")
#define bpf_msg_redirect_hash(...) \
	SKEP_NO_CALL_("bpf_msg_redirect_hash", bpf_msg_redirect_hash(__VA_ARGS__), "")
#define bpf_sk_redirect_hash(...) \
	SKEP_NO_CALL_("bpf_sk_redirect_hash", bpf_sk_redirect_hash(__VA_ARGS__), "")
#define bpf_lwt_push_encap(...) \
	SKEP_NO_CALL_("bpf_lwt_push_encap", bpf_lwt_push_encap(__VA_ARGS__), "")
#define bpf_lwt_seg6_store_bytes(...) \
	SKEP_NO_CALL_("bpf_lwt_seg6_store_bytes", bpf_lwt_seg6_store_bytes(__VA_ARGS__), "")
#define bpf_lwt_seg6_adjust_srh(...) \
	SKEP_NO_CALL_("bpf_lwt_seg6_adjust_srh", bpf_lwt_seg6_adjust_srh(__VA_ARGS__), "")
#define bpf_lwt_seg6_action(...) \
	SKEP_NO_CALL_("bpf_lwt_seg6_action", bpf_lwt_seg6_action(__VA_ARGS__), "")
#define bpf_rc_repeat(...) SKEP_NO_CALL_("bpf_rc_repeat", bpf_rc_repeat(__VA_ARGS__), "")
#define bpf_rc_keydown(...) SKEP_NO_CALL_("bpf_rc_keydown", bpf_rc_keydown(__VA_ARGS__), "")
#define bpf_skb_cgroup_id(...) \
	SKEP_NO_CALL_("bpf_skb_cgroup_id", bpf_skb_cgroup_id(__VA_ARGS__), "")
#define bpf_get_current_cgroup_id(...) \
	SKEP_NO_CALL_("bpf_get_current_cgroup_id", bpf_get_current_cgroup_id(__VA_ARGS__), SKEP_DO_TASK_)
#define bpf_get_local_storage(...) \
	SKEP_NO_CALL_("bpf_get_local_storage", bpf_get_local_storage(__VA_ARGS__), "")
#define bpf_sk_select_reuseport(...) \
	SKEP_NO_CALL_("bpf_sk_select_reuseport", bpf_sk_select_reuseport(__VA_ARGS__), "")
#define bpf_skb_ancestor_cgroup_id(...) \
	SKEP_NO_CALL_("bpf_skb_ancestor_cgroup_id", bpf_skb_ancestor_cgroup_id(__VA_ARGS__), "")
#define bpf_sk_lookup_tcp(...) \
	SKEP_NO_CALL_("bpf_sk_lookup_tcp", bpf_sk_lookup_tcp(__VA_ARGS__), "")
#define bpf_sk_lookup_udp(...) \
	SKEP_NO_CALL_("bpf_sk_lookup_udp", bpf_sk_lookup_udp(__VA_ARGS__), "")
#define bpf_sk_release(...) SKEP_NO_CALL_("bpf_sk_release", bpf_sk_release(__VA_ARGS__), "")
#define bpf_msg_push_data(...) \
	SKEP_NO_CALL_("bpf_msg_push_data", bpf_msg_push_data(__VA_ARGS__), "")
#define bpf_msg_pop_data(...) SKEP_NO_CALL_("bpf_msg_pop_data", bpf_msg_pop_data(__VA_ARGS__), "")
#define bpf_rc_pointer_rel(...) \
	SKEP_NO_CALL_("bpf_rc_pointer_rel", bpf_rc_pointer_rel(__VA_ARGS__), "")
#define bpf_spin_lock(...) SKEP_NO_CALL_("bpf_spin_lock", bpf_spin_lock(__VA_ARGS__), SKEP_DO_LOCK_)
#define bpf_spin_unlock(...) \
	SKEP_NO_CALL_("bpf_spin_unlock", bpf_spin_unlock(__VA_ARGS__), SKEP_DO_LOCK_)
#define bpf_sk_fullsock(...) SKEP_NO_CALL_("bpf_sk_fullsock", bpf_sk_fullsock(__VA_ARGS__), "")
#define bpf_tcp_sock(...) SKEP_NO_CALL_("bpf_tcp_sock", bpf_tcp_sock(__VA_ARGS__), "")
#define bpf_skb_ecn_set_ce(...) \
	SKEP_NO_CALL_("bpf_skb_ecn_set_ce", bpf_skb_ecn_set_ce(__VA_ARGS__), "")
#define bpf_get_listener_sock(...) \
	SKEP_NO_CALL_("bpf_get_listener_sock", bpf_get_listener_sock(__VA_ARGS__), "")
#define bpf_skc_lookup_tcp(...) \
	SKEP_NO_CALL_("bpf_skc_lookup_tcp", bpf_skc_lookup_tcp(__VA_ARGS__), "")
#define bpf_tcp_check_syncookie(...) \
	SKEP_NO_CALL_("bpf_tcp_check_syncookie", bpf_tcp_check_syncookie(__VA_ARGS__), "")
#define bpf_sysctl_get_name(...) \
	SKEP_NO_CALL_("bpf_sysctl_get_name", bpf_sysctl_get_name(__VA_ARGS__), "")
#define bpf_sysctl_get_current_value(...) \
	SKEP_NO_CALL_("bpf_sysctl_get_current_value", bpf_sysctl_get_current_value(__VA_ARGS__), "")
#define bpf_sysctl_get_new_value(...) \
	SKEP_NO_CALL_("bpf_sysctl_get_new_value", bpf_sysctl_get_new_value(__VA_ARGS__), "")
#define bpf_sysctl_set_new_value(...) \
	SKEP_NO_CALL_("bpf_sysctl_set_new_value", bpf_sysctl_set_new_value(__VA_ARGS__), "")
#define bpf_strtol(...) SKEP_NO_CALL_("bpf_strtol", bpf_strtol(__VA_ARGS__), "")
#define bpf_strtoul(...) SKEP_NO_CALL_("bpf_strtoul", bpf_strtoul(__VA_ARGS__), "")
#define bpf_sk_storage_get(...) \
	SKEP_NO_CALL_("bpf_sk_storage_get", bpf_sk_storage_get(__VA_ARGS__), "")
#define bpf_sk_storage_delete(...) \
	SKEP_NO_CALL_("bpf_sk_storage_delete", bpf_sk_storage_delete(__VA_ARGS__), "")
#define bpf_send_signal(...) SKEP_NO_CALL_("bpf_send_signal", bpf_send_signal(__VA_ARGS__), "")
#define bpf_tcp_gen_syncookie(...) \
	SKEP_NO_CALL_("bpf_tcp_gen_syncookie", bpf_tcp_gen_syncookie(__VA_ARGS__), "")
#define bpf_skb_output(...) SKEP_NO_CALL_("bpf_skb_output", bpf_skb_output(__VA_ARGS__), "")
#define bpf_probe_read_user(...) \
	SKEP_NO_CALL_("bpf_probe_read_user", bpf_probe_read_user(__VA_ARGS__), SKEP_DO_READ_)
#define bpf_probe_read_kernel(...) \
	SKEP_NO_CALL_("bpf_probe_read_kernel", bpf_probe_read_kernel(__VA_ARGS__), SKEP_DO_READ_)
#define bpf_probe_read_user_str(...) \
	SKEP_NO_CALL_("bpf_probe_read_user_str", bpf_probe_read_user_str(__VA_ARGS__), SKEP_DO_READ_)
#define bpf_probe_read_kernel_str(...) \
	SKEP_NO_CALL_("bpf_probe_read_kernel_str", bpf_probe_read_kernel_str(__VA_ARGS__), SKEP_DO_READ_)
#define bpf_tcp_send_ack(...) SKEP_NO_CALL_("bpf_tcp_send_ack", bpf_tcp_send_ack(__VA_ARGS__), "")
#define bpf_send_signal_thread(...) \
	SKEP_NO_CALL_("bpf_send_signal_thread", bpf_send_signal_thread(__VA_ARGS__), "")
#define bpf_jiffies64(...) SKEP_NO_CALL_("bpf_jiffies64", bpf_jiffies64(__VA_ARGS__), SKEP_DO_TIME_)
#define bpf_read_branch_records(...) \
	SKEP_NO_CALL_("bpf_read_branch_records", bpf_read_branch_records(__VA_ARGS__), "")
#define bpf_get_ns_current_pid_tgid(...) \
	SKEP_NO_CALL_("bpf_get_ns_current_pid_tgid", bpf_get_ns_current_pid_tgid(__VA_ARGS__), "")
#define bpf_xdp_output(...) SKEP_NO_CALL_("bpf_xdp_output", bpf_xdp_output(__VA_ARGS__), "")
#define bpf_get_netns_cookie(...) \
	SKEP_NO_CALL_("bpf_get_netns_cookie", bpf_get_netns_cookie(__VA_ARGS__), "")
#define bpf_get_current_ancestor_cgroup_id(...) \
	SKEP_NO_CALL_("bpf_get_current_ancestor_cgroup_id", bpf_get_current_ancestor_cgroup_id(__VA_ARGS__), SKEP_DO_TASK_)
#define bpf_sk_assign(...) SKEP_NO_CALL_("bpf_sk_assign", bpf_sk_assign(__VA_ARGS__), "")
#define bpf_seq_printf(...) SKEP_NO_CALL_("bpf_seq_printf", bpf_seq_printf(__VA_ARGS__), "")
#define bpf_seq_write(...) SKEP_NO_CALL_("bpf_seq_write", bpf_seq_write(__VA_ARGS__), "")
#define bpf_sk_cgroup_id(...) SKEP_NO_CALL_("bpf_sk_cgroup_id", bpf_sk_cgroup_id(__VA_ARGS__), "")
#define bpf_sk_ancestor_cgroup_id(...) \
	SKEP_NO_CALL_("bpf_sk_ancestor_cgroup_id", bpf_sk_ancestor_cgroup_id(__VA_ARGS__), "")
#define bpf_ringbuf_reserve(...) \
	SKEP_NO_CALL_("bpf_ringbuf_reserve", bpf_ringbuf_reserve(__VA_ARGS__), SKEP_DO_RING_)
#define bpf_ringbuf_submit(...) \
	SKEP_NO_CALL_("bpf_ringbuf_submit", bpf_ringbuf_submit(__VA_ARGS__), SKEP_DO_RING_)
#define bpf_ringbuf_discard(...) \
	SKEP_NO_CALL_("bpf_ringbuf_discard", bpf_ringbuf_discard(__VA_ARGS__), SKEP_DO_RING_)
#define bpf_ringbuf_query(...) \
	SKEP_NO_CALL_("bpf_ringbuf_query", bpf_ringbuf_query(__VA_ARGS__), SKEP_DO_RING_)
#define bpf_csum_level(...) \
	SKEP_NO_CALL_("bpf_csum_level", bpf_csum_level(__VA_ARGS__), SKEP_DO_CSUM_)
#define bpf_skc_to_tcp6_sock(...) \
	SKEP_NO_CALL_("bpf_skc_to_tcp6_sock", bpf_skc_to_tcp6_sock(__VA_ARGS__), "")
#define bpf_skc_to_tcp_sock(...) \
	SKEP_NO_CALL_("bpf_skc_to_tcp_sock", bpf_skc_to_tcp_sock(__VA_ARGS__), "")
#define bpf_skc_to_tcp_timewait_sock(...) \
	SKEP_NO_CALL_("bpf_skc_to_tcp_timewait_sock", bpf_skc_to_tcp_timewait_sock(__VA_ARGS__), "")
#define bpf_skc_to_tcp_request_sock(...) \
	SKEP_NO_CALL_("bpf_skc_to_tcp_request_sock", bpf_skc_to_tcp_request_sock(__VA_ARGS__), "")
#define bpf_skc_to_udp6_sock(...) \
	SKEP_NO_CALL_("bpf_skc_to_udp6_sock", bpf_skc_to_udp6_sock(__VA_ARGS__), "")
#define bpf_get_task_stack(...) \
	SKEP_NO_CALL_("bpf_get_task_stack", bpf_get_task_stack(__VA_ARGS__), "")
#define bpf_load_hdr_opt(...) SKEP_NO_CALL_("bpf_load_hdr_opt", bpf_load_hdr_opt(__VA_ARGS__), "")
#define bpf_store_hdr_opt(...) \
	SKEP_NO_CALL_("bpf_store_hdr_opt", bpf_store_hdr_opt(__VA_ARGS__), "")
#define bpf_reserve_hdr_opt(...) \
	SKEP_NO_CALL_("bpf_reserve_hdr_opt", bpf_reserve_hdr_opt(__VA_ARGS__), "")
#define bpf_inode_storage_get(...) \
	SKEP_NO_CALL_("bpf_inode_storage_get", bpf_inode_storage_get(__VA_ARGS__), "")
#define bpf_inode_storage_delete(...) \
	SKEP_NO_CALL_("bpf_inode_storage_delete", bpf_inode_storage_delete(__VA_ARGS__), "")
#define bpf_d_path(...) SKEP_NO_CALL_("bpf_d_path", bpf_d_path(__VA_ARGS__), "")
#define bpf_copy_from_user(...) \
	SKEP_NO_CALL_("bpf_copy_from_user", bpf_copy_from_user(__VA_ARGS__), SKEP_DO_READ_)
#define bpf_snprintf_btf(...) SKEP_NO_CALL_("bpf_snprintf_btf", bpf_snprintf_btf(__VA_ARGS__), "")
#define bpf_seq_printf_btf(...) \
	SKEP_NO_CALL_("bpf_seq_printf_btf", bpf_seq_printf_btf(__VA_ARGS__), "")
#define bpf_skb_cgroup_classid(...) \
	SKEP_NO_CALL_("bpf_skb_cgroup_classid", bpf_skb_cgroup_classid(__VA_ARGS__), "")
#define bpf_redirect_neigh(...) \
	SKEP_NO_CALL_("bpf_redirect_neigh", bpf_redirect_neigh(__VA_ARGS__), SKEP_DO_REDIRECT_)
#define bpf_per_cpu_ptr(...) SKEP_NO_CALL_("bpf_per_cpu_ptr", bpf_per_cpu_ptr(__VA_ARGS__), "")
#define bpf_this_cpu_ptr(...) SKEP_NO_CALL_("bpf_this_cpu_ptr", bpf_this_cpu_ptr(__VA_ARGS__), "")
#define bpf_redirect_peer(...) \
	SKEP_NO_CALL_("bpf_redirect_peer", bpf_redirect_peer(__VA_ARGS__), SKEP_DO_REDIRECT_)
#define bpf_task_storage_get(...) \
	SKEP_NO_CALL_("bpf_task_storage_get", bpf_task_storage_get(__VA_ARGS__), "")
#define bpf_task_storage_delete(...) \
	SKEP_NO_CALL_("bpf_task_storage_delete", bpf_task_storage_delete(__VA_ARGS__), "")
#define bpf_get_current_task_btf(...) \
	SKEP_NO_CALL_("bpf_get_current_task_btf", bpf_get_current_task_btf(__VA_ARGS__), SKEP_DO_TASK_)
#define bpf_bprm_opts_set(...) \
	SKEP_NO_CALL_("bpf_bprm_opts_set", bpf_bprm_opts_set(__VA_ARGS__), "")
#define bpf_ktime_get_coarse_ns(...) \
	SKEP_NO_CALL_("bpf_ktime_get_coarse_ns", bpf_ktime_get_coarse_ns(__VA_ARGS__), SKEP_DO_TIME_)
#define bpf_ima_inode_hash(...) \
	SKEP_NO_CALL_("bpf_ima_inode_hash", bpf_ima_inode_hash(__VA_ARGS__), "")
#define bpf_sock_from_file(...) \
	SKEP_NO_CALL_("bpf_sock_from_file", bpf_sock_from_file(__VA_ARGS__), "")
#define bpf_check_mtu(...) SKEP_NO_CALL_("bpf_check_mtu", bpf_check_mtu(__VA_ARGS__), "")
#define bpf_for_each_map_elem(...) \
	SKEP_NO_CALL_("bpf_for_each_map_elem", bpf_for_each_map_elem(__VA_ARGS__), SKEP_DO_LOOP_)
#define bpf_snprintf(...) SKEP_NO_CALL_("bpf_snprintf", bpf_snprintf(__VA_ARGS__), "")
#define bpf_sys_bpf(...) SKEP_NO_CALL_("bpf_sys_bpf", bpf_sys_bpf(__VA_ARGS__), "")
#define bpf_btf_find_by_name_kind(...) \
	SKEP_NO_CALL_("bpf_btf_find_by_name_kind", bpf_btf_find_by_name_kind(__VA_ARGS__), "")
#define bpf_sys_close(...) SKEP_NO_CALL_("bpf_sys_close", bpf_sys_close(__VA_ARGS__), "")
#define bpf_timer_init(...) \
	SKEP_NO_CALL_("bpf_timer_init", bpf_timer_init(__VA_ARGS__), SKEP_DO_TIMER_)
#define bpf_timer_set_callback(...) \
	SKEP_NO_CALL_("bpf_timer_set_callback", bpf_timer_set_callback(__VA_ARGS__), SKEP_DO_TIMER_)
#define bpf_timer_start(...) \
	SKEP_NO_CALL_("bpf_timer_start", bpf_timer_start(__VA_ARGS__), SKEP_DO_TIMER_)
#define bpf_timer_cancel(...) \
	SKEP_NO_CALL_("bpf_timer_cancel", bpf_timer_cancel(__VA_ARGS__), SKEP_DO_TIMER_)
#define bpf_get_func_ip(...) SKEP_NO_CALL_("bpf_get_func_ip", bpf_get_func_ip(__VA_ARGS__), "")
#define bpf_get_attach_cookie(...) \
	SKEP_NO_CALL_("bpf_get_attach_cookie", bpf_get_attach_cookie(__VA_ARGS__), "")
#define bpf_task_pt_regs(...) SKEP_NO_CALL_("bpf_task_pt_regs", bpf_task_pt_regs(__VA_ARGS__), "")
#define bpf_get_branch_snapshot(...) \
	SKEP_NO_CALL_("bpf_get_branch_snapshot", bpf_get_branch_snapshot(__VA_ARGS__), "")
#define bpf_trace_vprintk(...) \
	SKEP_NO_CALL_("bpf_trace_vprintk", bpf_trace_vprintk(__VA_ARGS__), SKEP_DO_PRINT_)
#define bpf_skc_to_unix_sock(...) \
	SKEP_NO_CALL_("bpf_skc_to_unix_sock", bpf_skc_to_unix_sock(__VA_ARGS__), "")
#define bpf_kallsyms_lookup_name(...) \
	SKEP_NO_CALL_("bpf_kallsyms_lookup_name", bpf_kallsyms_lookup_name(__VA_ARGS__), "")
#define bpf_find_vma(...) SKEP_NO_CALL_("bpf_find_vma", bpf_find_vma(__VA_ARGS__), "")
#define bpf_loop(...) SKEP_NO_CALL_("bpf_loop", bpf_loop(__VA_ARGS__), SKEP_DO_LOOP_)
#define bpf_strncmp(...) SKEP_NO_CALL_("bpf_strncmp", bpf_strncmp(__VA_ARGS__), "")
#define bpf_get_func_arg(...) SKEP_NO_CALL_("bpf_get_func_arg", bpf_get_func_arg(__VA_ARGS__), "")
#define bpf_get_func_ret(...) SKEP_NO_CALL_("bpf_get_func_ret", bpf_get_func_ret(__VA_ARGS__), "")
#define bpf_get_func_arg_cnt(...) \
	SKEP_NO_CALL_("bpf_get_func_arg_cnt", bpf_get_func_arg_cnt(__VA_ARGS__), "")
#define bpf_get_retval(...) SKEP_NO_CALL_("bpf_get_retval", bpf_get_retval(__VA_ARGS__), "")
#define bpf_set_retval(...) SKEP_NO_CALL_("bpf_set_retval", bpf_set_retval(__VA_ARGS__), "")
#define bpf_xdp_get_buff_len(...) \
	SKEP_NO_CALL_("bpf_xdp_get_buff_len", bpf_xdp_get_buff_len(__VA_ARGS__), "")
#define bpf_xdp_load_bytes(...) \
	SKEP_NO_CALL_("bpf_xdp_load_bytes", bpf_xdp_load_bytes(__VA_ARGS__), "")
#define bpf_xdp_store_bytes(...) \
	SKEP_NO_CALL_("bpf_xdp_store_bytes", bpf_xdp_store_bytes(__VA_ARGS__), "")
#define bpf_copy_from_user_task(...) \
	SKEP_NO_CALL_("bpf_copy_from_user_task", bpf_copy_from_user_task(__VA_ARGS__), SKEP_DO_READ_)
#define bpf_skb_set_tstamp(...) \
	SKEP_NO_CALL_("bpf_skb_set_tstamp", bpf_skb_set_tstamp(__VA_ARGS__), "")
#define bpf_ima_file_hash(...) \
	SKEP_NO_CALL_("bpf_ima_file_hash", bpf_ima_file_hash(__VA_ARGS__), "")
#define bpf_kptr_xchg(...) SKEP_NO_CALL_("bpf_kptr_xchg", bpf_kptr_xchg(__VA_ARGS__), "")
#define bpf_map_lookup_percpu_elem(...) \
	SKEP_NO_CALL_("bpf_map_lookup_percpu_elem", bpf_map_lookup_percpu_elem(__VA_ARGS__), SKEP_DO_PERCPU_)
#define bpf_skc_to_mptcp_sock(...) \
	SKEP_NO_CALL_("bpf_skc_to_mptcp_sock", bpf_skc_to_mptcp_sock(__VA_ARGS__), "")
#define bpf_dynptr_from_mem(...) \
	SKEP_NO_CALL_("bpf_dynptr_from_mem", bpf_dynptr_from_mem(__VA_ARGS__), "")
#define bpf_ringbuf_reserve_dynptr(...) \
	SKEP_NO_CALL_("bpf_ringbuf_reserve_dynptr", bpf_ringbuf_reserve_dynptr(__VA_ARGS__), SKEP_DO_RING_)
#define bpf_ringbuf_submit_dynptr(...) \
	SKEP_NO_CALL_("bpf_ringbuf_submit_dynptr", bpf_ringbuf_submit_dynptr(__VA_ARGS__), SKEP_DO_RING_)
#define bpf_ringbuf_discard_dynptr(...) \
	SKEP_NO_CALL_("bpf_ringbuf_discard_dynptr", bpf_ringbuf_discard_dynptr(__VA_ARGS__), SKEP_DO_RING_)
#define bpf_dynptr_read(...) SKEP_NO_CALL_("bpf_dynptr_read", bpf_dynptr_read(__VA_ARGS__), "")
#define bpf_dynptr_write(...) SKEP_NO_CALL_("bpf_dynptr_write", bpf_dynptr_write(__VA_ARGS__), "")
#define bpf_dynptr_data(...) SKEP_NO_CALL_("bpf_dynptr_data", bpf_dynptr_data(__VA_ARGS__), "")
#define bpf_tcp_raw_gen_syncookie_ipv4(...) \
	SKEP_NO_CALL_("bpf_tcp_raw_gen_syncookie_ipv4", bpf_tcp_raw_gen_syncookie_ipv4(__VA_ARGS__), "")
#define bpf_tcp_raw_gen_syncookie_ipv6(...) \
	SKEP_NO_CALL_("bpf_tcp_raw_gen_syncookie_ipv6", bpf_tcp_raw_gen_syncookie_ipv6(__VA_ARGS__), "")
#define bpf_tcp_raw_check_syncookie_ipv4(...) \
	SKEP_NO_CALL_("bpf_tcp_raw_check_syncookie_ipv4", bpf_tcp_raw_check_syncookie_ipv4(__VA_ARGS__), "")
#define bpf_tcp_raw_check_syncookie_ipv6(...) \
	SKEP_NO_CALL_("bpf_tcp_raw_check_syncookie_ipv6", bpf_tcp_raw_check_syncookie_ipv6(__VA_ARGS__), "")
#define bpf_ktime_get_tai_ns(...) \
	SKEP_NO_CALL_("bpf_ktime_get_tai_ns", bpf_ktime_get_tai_ns(__VA_ARGS__), SKEP_DO_TIME_)
#define bpf_user_ringbuf_drain(...) \
	SKEP_NO_CALL_("bpf_user_ringbuf_drain", bpf_user_ringbuf_drain(__VA_ARGS__), SKEP_DO_RING_)
#define bpf_cgrp_storage_get(...) \
	SKEP_NO_CALL_("bpf_cgrp_storage_get", bpf_cgrp_storage_get(__VA_ARGS__), "")
#define bpf_cgrp_storage_delete(...) \
	SKEP_NO_CALL_("bpf_cgrp_storage_delete", bpf_cgrp_storage_delete(__VA_ARGS__), "")

/* ---- contexts of programs ---- */
#define SKEP_NO_CONTEXT_(name, hint)                                                               \
	struct skep_no_##name##_ {                                                                 \
		__u32 none;                                                                        \
	} __attribute__((unavailable("skep: struct " #name hint)))
#define SKEP_OTHERS_ SKEP_NOT_THERE_ "; it has programs for XDP, cgroup/connect and sockops"
#define SKEP_DIFFERS_ " differs in eBPF for Windows; take struct "

SKEP_NO_CONTEXT_(__sk_buff, SKEP_OTHERS_);
SKEP_NO_CONTEXT_(bpf_cgroup_dev_ctx, SKEP_OTHERS_);
SKEP_NO_CONTEXT_(bpf_perf_event_data, SKEP_OTHERS_);
SKEP_NO_CONTEXT_(bpf_raw_tracepoint_args, SKEP_OTHERS_);
SKEP_NO_CONTEXT_(bpf_sk_lookup, SKEP_OTHERS_);
SKEP_NO_CONTEXT_(bpf_sockopt, SKEP_OTHERS_);
SKEP_NO_CONTEXT_(bpf_sysctl, SKEP_OTHERS_);
SKEP_NO_CONTEXT_(sk_msg_md, SKEP_OTHERS_);
SKEP_NO_CONTEXT_(sk_reuseport_md, SKEP_OTHERS_);
SKEP_NO_CONTEXT_(xdp_md, SKEP_DIFFERS_ "skep_xdp_md");
SKEP_NO_CONTEXT_(bpf_sock_addr, SKEP_DIFFERS_ "skep_sock_addr");
SKEP_NO_CONTEXT_(bpf_sock_ops, SKEP_DIFFERS_ "skep_sock_ops");
#define __sk_buff skep_no___sk_buff_
#define bpf_cgroup_dev_ctx skep_no_bpf_cgroup_dev_ctx_
#define bpf_perf_event_data skep_no_bpf_perf_event_data_
#define bpf_raw_tracepoint_args skep_no_bpf_raw_tracepoint_args_
#define bpf_sk_lookup skep_no_bpf_sk_lookup_
#define bpf_sockopt skep_no_bpf_sockopt_
#define bpf_sysctl skep_no_bpf_sysctl_
#define sk_msg_md skep_no_sk_msg_md_
#define sk_reuseport_md skep_no_sk_reuseport_md_
#define xdp_md skep_no_xdp_md_
#define bpf_sock_addr skep_no_bpf_sock_addr_
#define bpf_sock_ops skep_no_bpf_sock_ops_
/* clang-format on */
/** @endcond */

#endif
