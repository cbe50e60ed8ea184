/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Links that have an order among each other: of tcx and netkit. */
#ifndef SKEP_ATTACH_TCX_PRIVATE_H
#define SKEP_ATTACH_TCX_PRIVATE_H

#include <skep/attach/tcx.h>

#include "interface.h"

/* What the options of both kinds say about order. */
struct skep_order_wanted {
	enum skep_order order;
	const struct skep_link *link;
	const struct skep_program *program;
	uint32_t link_id, program_id;
	uint64_t revision;
};

/* -EINVAL in words where that makes no sense. */
int skep_order_check(const struct skep_order_wanted *wanted);

/*
 * BPF_LINK_CREATE as the kernel lays it out; libc's union bpf_attr is older. What the running
 * kernel does not know is zero, which it takes.
 */
struct skep_link_create {
	uint32_t prog_fd;
	uint32_t target;
	uint32_t attach_type;
	uint32_t flags;
	union {
		struct {
			uint32_t relative;
			uint32_t pad;
			uint64_t revision;
		} order;
		struct {
			uint32_t family;
			uint32_t hook;
			int32_t priority;
			uint32_t flags;
		} netfilter;
	};
};
_Static_assert(sizeof(struct skep_link_create) == 32, "the kernel's layout");

/* The fd, or the kernel's -errno. */
int skep_link_create_raw(const struct skep_link_create *attr);

/* The same for a hook with an order. */
int skep_order_link(const struct skep_program *program, unsigned int ifindex, int attach_type,
		    const struct skep_order_wanted *wanted);

/* What such a hook refuses a program for, in words. 0: for something else, nothing is said. */
int skep_order_refuse(int err, const struct skep_program *program, const char *interface,
		      const struct skep_order_wanted *wanted);

#endif
