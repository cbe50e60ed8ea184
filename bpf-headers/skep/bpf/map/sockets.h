/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_MAP_SOCKETS_H
#define SKEP_BPF_MAP_SOCKETS_H
/**
 * @file bpf/map/sockets.h
 * Maps of sockets: data goes from one to another without user space, and a reuseport group's
 * member is chosen. Part of bpf/map.h.
 *
 * @code{.c}
 * SKEP_SOCKMAP(peers, 2);
 *
 * SEC("sk_skb/stream_verdict")
 * int splice(struct __sk_buff *skb)
 * {
 *         __u32 to = 1;
 *
 *         return skep_redirect_skb(skb, &peers, &to, 0);
 * }
 * @endcode
 */
#include <skep/bpf/map/kind.h>

/** Sockets by a number below `entries`. In user space: `SKEP_SOCKET_MAP(__u32)`. @kernel{4.14} */
#define SKEP_SOCKMAP(name, entries, ...)                                                           \
	SKEP_MAP_DEFINE_(name,                                                                     \
			 SKEP_MEMBERS_(BPF_MAP_TYPE_SOCKMAP, __u32, __u64, entries, __VA_ARGS__))

/** Sockets by a key K, at most `entries`. In user space: `SKEP_SOCKET_MAP(K)`. @kernel{4.18} */
#define SKEP_SOCKHASH(name, K, entries, ...)                                                       \
	SKEP_MAP_DEFINE_(name, SKEP_MEMBERS_(BPF_MAP_TYPE_SOCKHASH, K, __u64, entries, __VA_ARGS__))

/**
 * Sockets of one SO_REUSEPORT group, of which a program of SEC("sk_reuseport") chooses. In user
 * space: `SKEP_SOCKET_MAP(__u32)`. @kernel{4.19}
 */
#define SKEP_REUSEPORT_SOCKARRAY(name, entries, ...)                                               \
	SKEP_MAP_DEFINE_(name, SKEP_MEMBERS_(BPF_MAP_TYPE_REUSEPORT_SOCKARRAY, __u32, __u64,       \
					     entries, __VA_ARGS__))

#define SKEP_NEED_SOCKETS_(map)                                                                    \
	SKEP_NEED_(map, SKEP_BIT_(SOCKMAP) | SKEP_BIT_(SOCKHASH),                                  \
		   "skep: this is not a map of SKEP_SOCKMAP() or SKEP_SOCKHASH()")
#define SKEP_CONTEXT_(ctx, type, sentence)                                                         \
	SKEP_REQUIRE_(__builtin_types_compatible_p(typeof(*(ctx)), struct type), sentence)
/* Sockmaps have numbers as keys, which helpers want by value: a __u32 anyhow, or it was refused. */
#define SKEP_NUMBER_(map, k) (*(const __u32 *)SKEP_KEY_(map, k))

/**
 * In SEC("sk_msg"): what was sent goes to the socket of `*k`; `flags` is 0 or BPF_F_INGRESS.
 * @return what the program is to return: SK_PASS, or SK_DROP where there is no such socket
 * @kernel{4.18, SKEP_SOCKHASH(); for SKEP_SOCKMAP() 4.17}
 */
#define skep_redirect_msg(msg, map, k, flags)                                                      \
	(SKEP_NEED_SOCKETS_(map),                                                                  \
	 SKEP_CONTEXT_(msg, sk_msg_md, "skep: this is not the context of an sk_msg program"),      \
	 SKEP_IN_(map, SKEP_BIT_(SOCKMAP))                                                         \
		 ? bpf_msg_redirect_map((msg), (map), SKEP_NUMBER_(map, k), (flags))               \
		 : bpf_msg_redirect_hash((msg), (map), (void *)SKEP_KEY_(map, k), (flags)))

/**
 * In SEC("sk_skb/..."): what was received goes to the socket of `*k`; `flags` is 0 or
 * BPF_F_INGRESS.
 * @return what the program is to return: SK_PASS, or SK_DROP where there is no such socket
 * @kernel{4.18, SKEP_SOCKHASH(); for SKEP_SOCKMAP() 4.14}
 */
#define skep_redirect_skb(skb, map, k, flags)                                                      \
	(SKEP_NEED_SOCKETS_(map),                                                                  \
	 SKEP_CONTEXT_(skb, __sk_buff, "skep: this is not the context of an sk_skb program"),      \
	 SKEP_IN_(map, SKEP_BIT_(SOCKMAP))                                                         \
		 ? bpf_sk_redirect_map((skb), (map), SKEP_NUMBER_(map, k), (flags))                \
		 : bpf_sk_redirect_hash((skb), (map), (void *)SKEP_KEY_(map, k), (flags)))

/**
 * In SEC("sockops"): puts the program's socket in the map under `*k`; `flags` is BPF_ANY,
 * BPF_NOEXIST or BPF_EXIST.
 * @return 0 or a negative errno
 * @kernel{4.18, SKEP_SOCKHASH(); for SKEP_SOCKMAP() 4.14}
 */
#define skep_socket_put(ops, map, k, flags)                                                        \
	(SKEP_NEED_SOCKETS_(map),                                                                  \
	 SKEP_CONTEXT_(ops, bpf_sock_ops, "skep: this is not the context of a sockops program"),   \
	 SKEP_IN_(map, SKEP_BIT_(SOCKMAP))                                                         \
		 ? bpf_sock_map_update((ops), (map), (void *)SKEP_KEY_(map, k), (flags))           \
		 : bpf_sock_hash_update((ops), (map), (void *)SKEP_KEY_(map, k), (flags)))

/** Removes the socket of `*k`. @return 0 or a negative errno @kernel{4.18} */
#define skep_socket_del(map, k)                                                                    \
	(SKEP_NEED_SOCKETS_(map), (int)bpf_map_delete_elem((map), SKEP_KEY_(map, k)))

/**
 * In SEC("sk_reuseport"): the socket of `*k` gets the packet or the connection. `map` is of
 * SKEP_REUSEPORT_SOCKARRAY(); sockmaps and sockhashes since 5.7.
 * @return 0, -ENOENT when there is no such socket, -EBADF when it is of another group
 * @kernel{4.19}
 */
#define skep_select_socket(ctx, map, k)                                                            \
	(SKEP_NEED_(map, SKEP_BIT_(REUSEPORT) | SKEP_BIT_(SOCKMAP) | SKEP_BIT_(SOCKHASH),          \
		    "skep: this is not a map of SKEP_REUSEPORT_SOCKARRAY()"),                      \
	 SKEP_CONTEXT_(ctx, sk_reuseport_md,                                                       \
		       "skep: this is not the context of an sk_reuseport program"),                \
	 bpf_sk_select_reuseport((ctx), (map), (void *)SKEP_KEY_(map, k), 0))

#endif
