/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Programs on control groups. Public side: <skep/attach/cgroup.h>. */
#ifndef SKEP_ATTACH_CGROUP_INNER_H
#define SKEP_ATTACH_CGROUP_INNER_H

#include <skep/attach/cgroup.h>

#include "attach.h"

/* What is to be attached, and where. */
struct skep_cgroup_place {
	const struct skep_program *program;
	int fd;            /* of the group's folder, borrowed */
	const char *name;  /* of the group, for messages: its path */
	unsigned int type; /* enum bpf_attach_type */
};

/* --- cgroup_find.c --- */

/* Opens a group's folder; -errno in words. `path` gets where it is. */
int skep_cgroup_open(const char *cgroup, char *path, size_t size);

/* The same for one that is open: finds out its path, and whether it is a group at all. */
int skep_cgroup_look(int fd, char *where, size_t size);

/* --- cgroup_query.c --- */

#define SKEP_CGROUP_PROGRAMS 64 /* that the kernel takes at one hook of one group */

struct skep_cgroup_list {
	uint32_t ids[SKEP_CGROUP_PROGRAMS];
	uint32_t count;
	uint32_t flags; /* BPF_F_ALLOW_..., as the first of them was attached */
};

/* What is attached to this group itself; 0 or -errno, without words. */
int skep_cgroup_list(int fd, unsigned int type, struct skep_cgroup_list *list);
bool skep_cgroup_has(const struct skep_cgroup_list *list, uint32_t id);

/* The kernel's id of a program; 0 where it does not tell. */
uint32_t skep_cgroup_program_id(int prog_fd);

/*
 * Whether a program of this group, or of one above, forbids others beside it: then fails with
 * -EBUSY in words that name it. 0: there is none.
 */
int skep_cgroup_blocked(const struct skep_cgroup_place *place);

/* --- cgroup_legacy.c: without links --- */

int skep_cgroup_attach_legacy(struct skep_link **out, const struct skep_cgroup_place *place,
			      enum skep_cgroup_mode mode, uint32_t replaces);

/* --- cgroup.c --- */

/* Whether it is of a type that is attached to groups. */
bool skep_cgroup_takes(const struct skep_program *program);

/* Fails with the true reason for which the kernel did not attach it. */
int skep_cgroup_refuse(const struct skep_cgroup_place *place, int err);

#endif
