/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_OWNER_H
#define SKEP_BPF_OWNER_H
/**
 * @file bpf/owner.h
 * Whose packet it is. Where packets are seen the current process is any; where an address is given, by
 * connect() or sendto(), it is the one that asks for it, and is noted then for the socket.
 *
 * @code{.c}
 * #include <skep/bpf/core.h>
 * #include <skep/bpf/owner.h>
 *
 * SKEP_LICENSE("GPL");
 * SKEP_OWNERS(owners, 16384);
 * const volatile __u32 wanted;
 * static __u64 bytes;
 *
 * SKEP_ON_ADDRESS(on_address, ctx)
 * {
 *         skep_owner_set(&owners, ctx);
 *         return 1; // it may go on
 * }
 *
 * SEC("cgroup_skb/egress")
 * int on_egress(struct __sk_buff *ctx)
 * {
 *         struct skep_who *owner = skep_owner_get(&owners, ctx);
 *
 *         if (owner && owner->pid == wanted)
 *                 skep_atomic_add(&bytes, ctx->len);
 *         return 1;
 * }
 * @endcode
 *
 * All of them are for control groups: skep_object_attach_cgroup(). Sockets that are older than the
 * program, those that a connection from outside made, and raw ones have no owner here. One that is
 * handed to another process is that one's from its next connect() or sendto() on. To note costs a map's
 * update, about 100 ns; to ask a lookup, about 30.
 *
 * @kernel{5.7, for the current process at hooks of addresses}
 */
#include <skep/bpf/map/keyed.h>
#include <skep/bpf/task.h>

/**
 * A map of who owns which socket, as `struct skep_who`; of more sockets than `most`, those that were
 * silent for longest are forgotten. Calls name it as `&name`. @kernel{4.10}
 */
#define SKEP_OWNERS(name, most) SKEP_LRU_HASH(name, __u64, struct skep_who, most)

/** @cond */
SKEP_INLINE_ long skep_owner_set_(void *map, __u64 socket)
{
	struct skep_who who;

	skep_current_who(&who);
	return bpf_map_update_elem(map, &socket, &who, BPF_ANY);
}

SKEP_INLINE_ struct skep_who *skep_owner_get_(void *map, __u64 socket)
{
	return bpf_map_lookup_elem(map, &socket);
}

#define SKEP_NEED_OWNERS_(map)                                                                     \
	SKEP_REQUIRE_(SKEP_SAME_((map)->value, (struct skep_who *)0),                              \
		      "skep: this is not a SKEP_OWNERS()")

#define SKEP_AT_ADDRESS_(name, hook)                                                               \
	SEC("cgroup/" #hook)                                                                       \
	int name##_##hook(struct bpf_sock_addr *ctx)                                               \
	{                                                                                          \
		return name##__body(ctx);                                                          \
	}
/** @endcond */

/**
 * Notes the current process as the owner of the socket of `ctx`, a `struct bpf_sock_addr`.
 * @return 0 or a negative errno: there was no memory
 * @kernel{5.7, for the current process at hooks of addresses}
 */
#define skep_owner_set(map, ctx)                                                                   \
	(SKEP_NEED_OWNERS_(map), skep_owner_set_((map), bpf_get_socket_cookie(ctx)))

/**
 * Who owns the socket of `ctx`: a packet's, or one at another hook that bpf_get_socket_cookie() is for.
 * @return a `struct skep_who *`, or NULL
 * @kernel{4.12}
 */
#define skep_owner_get(map, ctx)                                                                   \
	(SKEP_NEED_OWNERS_(map), skep_owner_get_((map), bpf_get_socket_cookie(ctx)))

/**
 * Programs for where an address is given, `NAME_connect4`, `NAME_connect6`, `NAME_sendmsg4` and
 * `NAME_sendmsg6`, with one body; `ctx` is a `struct bpf_sock_addr *`. What it returns is 1 to let the
 * call go on, or 0 to refuse it. @kernel{4.18}
 */
#define SKEP_ON_ADDRESS(name, ctx)                                                                 \
	SKEP_INLINE_ int name##__body(struct bpf_sock_addr *ctx);                                  \
	SKEP_AT_ADDRESS_(name, connect4)                                                           \
	SKEP_AT_ADDRESS_(name, connect6)                                                           \
	SKEP_AT_ADDRESS_(name, sendmsg4)                                                           \
	SKEP_AT_ADDRESS_(name, sendmsg6)                                                           \
	SKEP_INLINE_ int name##__body(struct bpf_sock_addr *ctx)

#endif
