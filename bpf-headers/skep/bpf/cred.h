/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_CRED_H
#define SKEP_BPF_CRED_H
/**
 * @file bpf/cred.h
 * On whose behalf: users, groups and capabilities of a task, and what changed between two of them.
 *
 * @code{.c}
 * #include <skep/bpf/core.h>
 * #include <skep/bpf/cred.h>
 *
 * SKEP_LICENSE("GPL");
 * static __u64 raised;
 *
 * SEC("lsm/task_fix_setuid")
 * int on_setuid(__u64 *ctx)
 * {
 *         struct skep_cred before, after;
 *
 *         if (!skep_cred_read((void *)ctx[1], &before) && !skep_cred_read((void *)ctx[0], &after) &&
 *             skep_cred_changes(&before, &after) & SKEP_CRED_BECAME_ROOT)
 *                 raised++;
 *         return 0;
 * }
 * @endcode
 *
 * Numbers are those of the initial user namespace, whatever the task sees: root of a container that
 * has a namespace of its own is not user 0 here. Its capabilities count in that namespace only:
 * skep_cred_is_capable() says whether they do in the initial one.
 *
 * A struct skep_cred is 88 bytes, 17 reads, about 350 ns.
 *
 * @kernel{5.5, with BTF}
 */
#include <skep/bpf/base.h>
#include <skep/types/security.h>

#include <bpf/bpf_core_read.h>

/** The user changed: real, effective, saved or that for files. */
#define SKEP_CRED_USER        1
/** The group changed: real, effective, saved or that for files. */
#define SKEP_CRED_GROUP       2
/** One of the sets of capabilities changed. */
#define SKEP_CRED_CAPS        4
/** The user namespace changed. */
#define SKEP_CRED_NAMESPACE   8
/** The securebits changed. */
#define SKEP_CRED_SECUREBITS  16
/** The effective user is 0 now, and was not. */
#define SKEP_CRED_BECAME_ROOT 32
/** There are capabilities in the effective set that were not there. */
#define SKEP_CRED_GAINED      64

/** @cond */
struct skep_number_ {
	__u32 val;
};

struct ns_common___skep_cred {
	unsigned int inum;
} __attribute__((preserve_access_index));

struct user_namespace___skep {
	int level;
	struct ns_common___skep_cred ns;
} __attribute__((preserve_access_index));

/* Each 4 or 8 bytes, whatever struct the kernel has around them. */
struct cred___skep {
	struct {
	} uid, euid, suid, fsuid, gid, egid, sgid, fsgid;
	unsigned int securebits;
	struct {
	} cap_inheritable, cap_permitted, cap_effective, cap_bset, cap_ambient;
	struct user_namespace___skep *user_ns;
} __attribute__((preserve_access_index));

struct task_struct___skep_cred {
	const struct cred___skep *real_cred;
	const struct cred___skep *cred;
} __attribute__((preserve_access_index));

#define SKEP_CRED_COPY_(to, from, field)                                                           \
	bpf_probe_read_kernel(&(to), sizeof(to),                                                   \
			      (const void *)(from) + bpf_core_field_offset((from)->field))
/** @endcond */

/**
 * Reads credentials: those that hooks such as task_fix_setuid, bprm_creds_from_file and the function
 * commit_creds() are given.
 *
 * @param cred a `struct cred *` of the kernel
 * @param to   where to
 * @return 0; or -EFAULT: this is no such thing, and `to` is zeroed
 * @kernel{5.5, with BTF}
 */
SKEP_INLINE_ long skep_cred_read(const void *cred, struct skep_cred *to)
{
	const struct cred___skep *from = cred;
	struct user_namespace___skep *ns;

	SKEP_CRED_COPY_(to->uid, from, uid);
	SKEP_CRED_COPY_(to->euid, from, euid);
	SKEP_CRED_COPY_(to->suid, from, suid);
	SKEP_CRED_COPY_(to->fsuid, from, fsuid);
	SKEP_CRED_COPY_(to->gid, from, gid);
	SKEP_CRED_COPY_(to->egid, from, egid);
	SKEP_CRED_COPY_(to->sgid, from, sgid);
	SKEP_CRED_COPY_(to->fsgid, from, fsgid);
	SKEP_CRED_COPY_(to->cap_inheritable, from, cap_inheritable);
	SKEP_CRED_COPY_(to->cap_permitted, from, cap_permitted);
	SKEP_CRED_COPY_(to->cap_effective, from, cap_effective);
	SKEP_CRED_COPY_(to->cap_bounding, from, cap_bset);
	SKEP_CRED_COPY_(to->cap_ambient, from, cap_ambient);
	ns = BPF_CORE_READ(from, user_ns);
	to->user_ns = BPF_CORE_READ(ns, ns.inum);
	to->user_ns_level = BPF_CORE_READ(ns, level);
	to->securebits = BPF_CORE_READ(from, securebits);
	to->zero = 0;
	return ns ? 0 : -14; /* EFAULT */
}

/**
 * The credentials that a task acts by.
 *
 * @param task a `struct task_struct *`, or NULL for the current one
 * @param to   where to
 * @return as skep_cred_read()
 * @kernel{5.5, with BTF}
 */
SKEP_INLINE_ long skep_task_cred(const void *task, struct skep_cred *to)
{
	const struct task_struct___skep_cred *of = task ? task : (void *)bpf_get_current_task();

	return skep_cred_read(BPF_CORE_READ(of, cred), to);
}

/**
 * The credentials that others see a task by: as skep_task_cred(), but where the kernel acts for it by
 * others for a moment.
 *
 * @param task a `struct task_struct *`, or NULL for the current one
 * @param to   where to
 * @return as skep_cred_read()
 * @kernel{5.5, with BTF}
 */
SKEP_INLINE_ long skep_task_real_cred(const void *task, struct skep_cred *to)
{
	const struct task_struct___skep_cred *of = task ? task : (void *)bpf_get_current_task();

	return skep_cred_read(BPF_CORE_READ(of, real_cred), to);
}

/**
 * What of credentials changed.
 *
 * @param before what they were
 * @param after  what they are
 * @return SKEP_CRED_USER, SKEP_CRED_BECAME_ROOT and so on, 0 for nothing
 * @kernel{any}
 */
SKEP_INLINE_ __u32 skep_cred_changes(const struct skep_cred *before, const struct skep_cred *after)
{
	__u32 what = 0;

	if (before->uid != after->uid || before->euid != after->euid ||
	    before->suid != after->suid || before->fsuid != after->fsuid)
		what |= SKEP_CRED_USER;
	if (before->gid != after->gid || before->egid != after->egid ||
	    before->sgid != after->sgid || before->fsgid != after->fsgid)
		what |= SKEP_CRED_GROUP;
	if (before->cap_inheritable != after->cap_inheritable ||
	    before->cap_permitted != after->cap_permitted ||
	    before->cap_effective != after->cap_effective ||
	    before->cap_bounding != after->cap_bounding ||
	    before->cap_ambient != after->cap_ambient)
		what |= SKEP_CRED_CAPS;
	if (before->user_ns != after->user_ns)
		what |= SKEP_CRED_NAMESPACE;
	if (before->securebits != after->securebits)
		what |= SKEP_CRED_SECUREBITS;
	if (before->euid && !after->euid)
		what |= SKEP_CRED_BECAME_ROOT;
	if (after->cap_effective & ~before->cap_effective)
		what |= SKEP_CRED_GAINED;
	return what;
}

/**
 * Whether credentials have a capability that counts in the initial user namespace.
 *
 * @param cred credentials that were read
 * @param cap  its number: 21 is CAP_SYS_ADMIN
 * @return 1 or 0, also where it is in a user namespace of the task's own only
 * @kernel{any}
 */
SKEP_INLINE_ int skep_cred_is_capable(const struct skep_cred *cred, __u32 cap)
{
	return !cred->user_ns_level && cap < 64 && (cred->cap_effective >> cap & 1);
}

/**
 * Whether the current task has a capability that counts in the initial user namespace.
 *
 * @param cap its number: 21 is CAP_SYS_ADMIN
 * @return 1 or 0
 * @kernel{5.5, with BTF}
 */
SKEP_INLINE_ int skep_current_is_capable(__u32 cap)
{
	struct task_struct___skep_cred *task = (void *)bpf_get_current_task();
	const struct cred___skep *cred = BPF_CORE_READ(task, cred);
	__u64 effective = 0;

	if (cap >= 64 || SKEP_CRED_COPY_(effective, cred, cap_effective))
		return 0;
	return !BPF_CORE_READ(cred, user_ns, level) && (effective >> cap & 1);
}

#endif
