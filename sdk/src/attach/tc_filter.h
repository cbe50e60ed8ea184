/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * BPF filters of clsact qdiscs, by netlink. A filter that skep makes says in its name who made it:
 * that tells what a dead process left, and whose the qdisc is.
 */
#ifndef SKEP_ATTACH_TC_FILTER_H
#define SKEP_ATTACH_TC_FILTER_H

#include <skep/attach/tc.h>

#include "netlink.h"

#define SKEP_TC_NAME_BYTES 256 /* the kernel's CLS_BPF_NAME_LEN */

/* Where a filter is; priority and handle 0: not chosen yet. */
struct skep_tc_place {
	unsigned int ifindex;
	enum skep_traffic traffic;
	uint32_t priority;
	uint32_t handle;
};

struct skep_tc_found {
	struct skep_tc_place place;
	uint32_t program_id;
	char name[SKEP_TC_NAME_BYTES];
};

/* What a filter's name says: "skep/PROGRAM/PID/START/PID NAMESPACE/MADE QDISC/NUMBER". */
struct skep_tc_owner {
	char program[68];
	int pid;
	unsigned long long start; /* of the process, in ticks since boot; 0: not known */
	unsigned long long pidns; /* 0: not known */
	int made_qdisc;           /* a skep made the qdisc for this filter, or one before it */
};

/* tc_owner.c */
void skep_tc_owner_write(char *name, size_t size, const char *program, bool made_qdisc);
bool skep_tc_owner_read(const char *name, struct skep_tc_owner *owner); /* false: not skep's */
bool skep_tc_owner_is_dead(const struct skep_tc_owner *owner);

/* The kernel's -errno, without words; the kernel's own words are in netlink->said. */
int skep_tc_make_qdisc(struct skep_netlink *netlink, unsigned int ifindex);
int skep_tc_remove_qdisc(struct skep_netlink *netlink, unsigned int ifindex);
/* Whether it is an older `ingress` qdisc: that takes filters for egress, as ones of ingress. */
bool skep_tc_is_ingress_only(struct skep_netlink *netlink, unsigned int ifindex);
/* `flags` as NLM_F_CREATE; fills in what the kernel chose. */
int skep_tc_put(struct skep_netlink *netlink, struct skep_tc_place *place, int program_fd,
		const char *name, uint16_t flags);
int skep_tc_remove(struct skep_netlink *netlink, const struct skep_tc_place *place);
/* -ENOENT: nothing is there, or no BPF filter. */
int skep_tc_get(struct skep_netlink *netlink, const struct skep_tc_place *place,
		struct skep_tc_found *found);

/* All filters of one direction; those that are not BPF have no name and program 0. */
struct skep_tc_list {
	struct skep_tc_found *all;
	size_t count;
	bool failed; /* no memory */
};
int skep_tc_list(struct skep_netlink *netlink, unsigned int ifindex, enum skep_traffic traffic,
		 struct skep_tc_list *list); /* appends; the caller frees list->all */

/*
 * Takes a filter off, if it is still the one of that name, and the qdisc with it, if a skep made
 * it and nothing else is in it.
 */
int skep_tc_drop(struct skep_netlink *netlink, const struct skep_tc_place *place, const char *name);

#endif
