/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_CONTAINER_H
#define SKEP_BPF_CONTAINER_H
/**
 * @file bpf/container.h
 * In which container the current task runs.
 *
 * @code{.c}
 * #include <skep/bpf/core.h>
 * #include <skep/bpf/container.h>
 *
 * SKEP_LICENSE("GPL");
 *
 * SEC("raw_tp/sched_process_exec")
 * int on_exec(void *ctx)
 * {
 *         char id[SKEP_CONTAINER_ID_BYTES];
 *
 *         return skep_current_container_id(id);       // 1, and the id; or 0
 * }
 * @endcode
 *
 * The kernel knows no containers. What it knows is the task's cgroup, and Docker, containerd, CRI-O and
 * Podman put the container's id, 64 hexadecimal digits, into its name: `docker-ID.scope`,
 * `cri-containerd-ID.scope`, `crio-ID.scope`, `libpod-ID.scope`, or `ID` alone. So that is what is looked
 * for, in the task's cgroup of version 2 and up to SKEP_CONTAINER_DEPTH levels above it, the
 * innermost one. The monitors (`libpod-conmon-ID.scope`) are not in their container.
 *
 * It is a name, not a proof: who may make cgroups can make one of that name. Runtimes that name
 * containers otherwise (LXC, systemd-nspawn, names given by hand to `ctr`) are not recognised, and on
 * machines with cgroups of version 1 only, nothing is. Then take skep_current_cgroup_id() and
 * skep_current_cgroup_name().
 *
 * It costs three helper calls for each level that is looked at, and some hundred instructions for the
 * one that fits: keep it in a storage of the task or a hash by cgroup id where events are many.
 */
#include <skep/bpf/task.h>

/** The size of a container's id, with its NUL. */
#define SKEP_CONTAINER_ID_BYTES 65
/** How many cgroups are looked at: the task's, and those above it. */
#define SKEP_CONTAINER_DEPTH    8

#define SKEP_CONTAINER_NAME_ 128 /* longer names of cgroups have no id as we know them */

/* Whether the 64 bytes are hexadecimal digits. */
SKEP_INLINE_ int skep_container_is_id_(const char *id)
{
#pragma clang loop unroll(disable)
	for (__u64 i = 0; i < SKEP_CONTAINER_ID_BYTES - 1; i++) {
		char c;

		asm volatile("" : "+r"(i));
		if (i >= SKEP_CONTAINER_ID_BYTES - 1)
			break;
		c = id[i];
		if ((c < '0' || c > '9') && (c < 'a' || c > 'f'))
			return 0;
	}
	return 1;
}

/* Whether what stands before the id at `at` is nothing, or a runtime's name and no monitor's. */
SKEP_INLINE_ int skep_container_prefix_(const char *name, __u64 at)
{
	const char monitor[] = { 'c', 'o', 'n', 'm', 'o', 'n' };
	char before[8] = {};

	if (!at)
		return 1;
	if (bpf_probe_read_kernel(before + 7, 1, name + at - 1) ||
	    (before[7] != '-' && before[7] != ':'))
		return 0;
	if (at < sizeof(monitor) + 1)
		return 1;
	if (bpf_probe_read_kernel(before, sizeof(monitor), name + at - 1 - sizeof(monitor)))
		return 0;
#pragma clang loop unroll(full)
	for (__u32 i = 0; i < sizeof(monitor); i++)
		if (before[i] != monitor[i])
			return 1;
	return 0;
}

/* Whether a cgroup's name has an id at its end, or before ".scope"; copies it then. */
SKEP_INLINE_ int skep_container_in_name_(const char *name, char *id)
{
	const char scope[] = { '.', 's', 'c', 'o', 'p', 'e' };
	char text[SKEP_CONTAINER_NAME_];
	char tail[sizeof(scope)] = {};
	__s64 length = bpf_probe_read_kernel_str(text, sizeof(text), name);
	int scoped = 1;

	length--;
	if (length < SKEP_CONTAINER_ID_BYTES - 1 || length >= SKEP_CONTAINER_NAME_ - 1)
		return 0;
	if (bpf_probe_read_kernel(tail, sizeof(tail), name + length - sizeof(scope)))
		return 0;
#pragma clang loop unroll(full)
	for (__u32 i = 0; i < sizeof(scope); i++)
		scoped &= tail[i] == scope[i];
	if (scoped)
		length -= sizeof(scope);
	length -= SKEP_CONTAINER_ID_BYTES - 1;
	if (length < 0 || bpf_probe_read_kernel(id, SKEP_CONTAINER_ID_BYTES - 1, name + length))
		return 0;
	return skep_container_is_id_(id) && skep_container_prefix_(name, length);
}

SKEP_INLINE_ int skep_current_container_id_(char *id)
{
	struct task_struct___skep *task = (void *)bpf_get_current_task();
	struct cgroup___skep *cgroup = BPF_CORE_READ(task, cgroups, dfl_cgrp);

	id[SKEP_CONTAINER_ID_BYTES - 1] = 0;
#pragma clang loop unroll(disable)
	for (__u32 level = 0; level < SKEP_CONTAINER_DEPTH && cgroup; level++) {
		if (skep_container_in_name_(BPF_CORE_READ(cgroup, kn, name), id))
			return 1;
		cgroup = BPF_CORE_READ(cgroup, self.parent, cgroup);
	}
	id[0] = 0;
	return 0;
}

/**
 * Copies the id of the current task's container into a char array of at least SKEP_CONTAINER_ID_BYTES.
 * Needs a GPL-compatible licence.
 *
 * @param array where to
 * @return 1; or 0, and an empty text: the task is in no container that has an id of this kind
 * @kernel{5.5, with BTF and cgroups of version 2}
 */
#define skep_current_container_id(array)                                                           \
	(SKEP_REQUIRE_(sizeof(array) >= SKEP_CONTAINER_ID_BYTES &&                                 \
			       !__builtin_types_compatible_p(typeof(array), char *),               \
		       "skep: a container's id needs a char array of SKEP_CONTAINER_ID_BYTES"),    \
	 skep_current_container_id_(array))

#endif
