/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_ATTACH_CGROUP_H
#define SKEP_ATTACH_CGROUP_H
/**
 * @file skep/attach/cgroup.h
 * Programs on control groups: packets, sockets, addresses, socket options, sysctls, devices,
 * sockops and security hooks, of the processes of one group. Part of attach.h.
 *
 * @code{.c}
 * struct skep_program *count = skep_object_program(object, "count"); // SEC("cgroup_skb/egress")
 * SKEP_AUTO(skep_link) *link = NULL;
 *
 * if (skep_attach_cgroup(&link, count, "/sys/fs/cgroup/system.slice", NULL))
 *         return skep_perror("count");
 * @endcode
 *
 * By default a program is attached by a link, and shares the hook with all others: those of this
 * group, above and below. It ends with its link, with its process, or with the group. Attaching
 * costs one system call, and an event what the program costs.
 */
#include <skep/base.h>
#include <skep/link.h>

SKEP_BEGIN_DECLS

struct skep_object;
struct skep_program;

/** How a program is attached to a group. All but the first stay when their process is killed. */
enum skep_cgroup_mode {
	SKEP_CGROUP_LINK,      /**< by a link, beside others */
	SKEP_CGROUP_MULTI,     /**< as before there were links (5.7), beside others */
	SKEP_CGROUP_OVERRIDE,  /**< the only one; groups below may have another instead */
	SKEP_CGROUP_EXCLUSIVE, /**< the only one, and groups below have none */
};

/** How to attach a program to a group. At most one of the members that order may be set. */
struct skep_cgroup_opts {
	size_t sz;                  /**< set by SKEP_OPTS() */
	enum skep_cgroup_mode mode; /**< default: SKEP_CGROUP_LINK */
	bool egress;                /**< for SEC("cgroup/skb"), which does not say: what is sent */
	bool first;                 /**< before all others of this group (6.17); default: last */
	bool preorder;              /**< before those of the groups below (6.15) */
	uint32_t before_id;         /**< before the program of the link with this id (6.17) */
	uint32_t after_id;          /**< behind it (6.17) */
	const struct skep_link *before; /**< before the program of this link (6.17) */
	const struct skep_link *after;  /**< behind it (6.17) */
	uint32_t replaces;              /**< not for links: id of the program that gives way */
};

/**
 * Attaches a program to a control group: SEC("cgroup_skb/..."), SEC("cgroup/..."),
 * SEC("sockops"), SEC("lsm_cgroup/...").
 *
 * A mode without link stays in place when the process is killed, and is then taken off with
 * `bpftool cgroup detach`. With SKEP_CGROUP_OVERRIDE and SKEP_CGROUP_EXCLUSIVE the kernel would
 * drop a program that is there without a word; here that is EBUSY, unless it is the one that
 * `.replaces` names.
 *
 * @param[out] out     the link
 * @param      program of a loaded object
 * @param      cgroup  the group's folder; one that does not begin with '/' is looked for where cgroup v2 is mounted
 * @param      opts    or NULL
 * @return 0 or a negative errno
 * @err{ENOENT, there is no such group: the hint names the nearest, or tells how to mount cgroup v2. Or it was removed meanwhile; or what is to be replaced or stood beside is not there}
 * @err{EINVAL, not a group of cgroup v2 (a file, a group of v1): the hint says where v2 is mounted. Or options that do not go together}
 * @err{EPROTOTYPE, the program is of a type that is not attached to groups: the hint names the sections}
 * @err{EBADF, the program is not loaded}
 * @err{EBUSY, a program is there, or above, that does not share: the message names it}
 * @err{EEXIST, SKEP_CGROUP_MULTI, and this program is attached here already}
 * @err{E2BIG, the group has as many programs at this hook as the kernel takes}
 * @err{EMFILE, no file descriptor is free: close some, or raise `ulimit -n`}
 * @err{EOPNOTSUPP, this kernel lacks that hook, or the order that is asked for: the message names it}
 * @err{EPERM, privilege is missing: the message tells which}
 * @ownership{the caller frees the link with skep_link_free(), which detaches; the group may be removed before}
 * @threads{one at a time per program}
 * @kernel{5.7, for links}
 * @caps{CAP_NET_ADMIN; CAP_SYS_ADMIN before 5.8}
 */
SKEP_API SKEP_MUST_USE int skep_attach_cgroup(struct skep_link **out,
					      const struct skep_program *program,
					      const char *cgroup,
					      const struct skep_cgroup_opts *opts);

/**
 * skep_attach_cgroup() for a group whose folder is open.
 *
 * @param[out] out     the link
 * @param      program of a loaded object
 * @param      fd      the group's folder, from open() without O_PATH; stays the caller's
 * @param      opts    or NULL
 * @return 0 or a negative errno as skep_attach_cgroup(), and
 * @err{EBADF, `fd` is not open, or is O_PATH}
 * @ownership{the caller frees the link with skep_link_free(), which detaches}
 * @threads{one at a time per program}
 * @kernel{5.7, for links}
 * @caps{CAP_NET_ADMIN; CAP_SYS_ADMIN before 5.8}
 */
SKEP_API SKEP_MUST_USE int skep_attach_cgroup_fd(struct skep_link **out,
						 const struct skep_program *program, int fd,
						 const struct skep_cgroup_opts *opts);

/**
 * Attaches all programs of a loaded object that are for control groups to one of them, by links; those
 * of other kinds are left to skep_object_attach(). All, or none, as there; skep_program_set_optional()
 * counts here too. The object owns the links: skep_program_link() tells them, and skep_object_detach()
 * takes them off, as does skep_object_attach() where it fails.
 *
 * @param object a loaded object
 * @param cgroup as for skep_attach_cgroup(): "." is the root
 * @return 0 or a negative errno as skep_attach_cgroup(), and
 * @err{EALREADY, they are attached by this object: skep_object_detach() comes first}
 * @err{ENOENT, the object has no such program; or there is no such group: the hint names the nearest}
 * @err{EBADF, the object is not loaded: call skep_object_load() first}
 * @ownership{the object owns the links}
 * @threads{one at a time per object}
 * @kernel{5.7, for links}
 * @caps{CAP_NET_ADMIN; CAP_SYS_ADMIN before 5.8}
 */
SKEP_API SKEP_MUST_USE int skep_object_attach_cgroup(struct skep_object *object,
						     const char *cgroup);

/** Which programs of a group skep_cgroup_programs() tells. */
enum skep_cgroup_which {
	SKEP_CGROUP_ATTACHED,  /**< attached to this group */
	SKEP_CGROUP_EFFECTIVE, /**< what runs for its processes, those of groups above too */
};

/**
 * The programs at one hook of a group, in the order in which they run.
 *
 * @param         cgroup  as for skep_attach_cgroup()
 * @param         section the hook, as in SEC(): `"cgroup_skb/egress"`
 * @param         which   the group's own, or those in effect
 * @param[out]    ids     the kernel's ids of programs; NULL where `*count` is 0
 * @param[in,out] count   how many ids there is room for; then, how many there are
 * @return 0 or a negative errno
 * @err{E2BIG, there are more than fit: `ids` has the first, and `*count` says how many: call again}
 * @err{ENOENT, there is no such group: the hint names the nearest}
 * @err{EINVAL, not a group of cgroup v2, or not a section of a hook of groups}
 * @err{EOPNOTSUPP, this kernel lacks that hook}
 * @err{EPERM, CAP_NET_ADMIN is missing}
 * @threads{any}
 * @kernel{4.15}
 * @caps{CAP_NET_ADMIN}
 */
SKEP_API SKEP_MUST_USE int skep_cgroup_programs(const char *cgroup, const char *section,
						enum skep_cgroup_which which, uint32_t *ids,
						size_t *count);

SKEP_END_DECLS

#endif
