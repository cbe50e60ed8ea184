/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the files about XDP share. Public side: <skep/attach/xdp.h>. */
#ifndef SKEP_ATTACH_XDP_PRIVATE_H
#define SKEP_ATTACH_XDP_PRIVATE_H

#include <skep/attach/xdp.h>

#include "interface.h"
#include "netlink.h"

/* xdp_query.c: in this thread's namespace. Without words; `info` is always filled. */
int skep_xdp_ask(struct skep_netlink *netlink, const struct skep_interface *interface,
		 struct skep_xdp_info *info);

/* xdp_query.c: XDP_FLAGS_... for a mode, and back to words ("xdp native"). */
uint32_t skep_xdp_flags(enum skep_xdp_mode mode);
const char *skep_xdp_way(enum skep_xdp_mode mode);

/*
 * xdp_netlink.c: sets (fd) or takes off (-1) a program without a BPF link. `expected` is what must
 * be there now, -1: nothing. The kernel's -errno; its words are in netlink->said.
 */
int skep_xdp_set(struct skep_netlink *netlink, unsigned int ifindex, int fd, int expected,
		 uint32_t flags);

/* xdp_netlink.c: puts the program into the place of `replace_id`. -errno in words. */
int skep_xdp_replace(struct skep_link **out, const struct skep_program *program,
		     const struct skep_interface *interface, const struct skep_xdp_opts *opts);

/* xdp_refuse.c: says why not. `mode` is what was asked for; `program` may be NULL. */
int skep_xdp_refuse(int err, const struct skep_program *program, int program_fd,
		    const struct skep_interface *interface, enum skep_xdp_mode mode);

/* xdp.c: a link for any XDP program that is a file descriptor; `program` as above. */
int skep_xdp_link(struct skep_link **out, const struct skep_program *program, int program_fd,
		  const struct skep_interface *interface, const struct skep_xdp_opts *opts);

#endif
