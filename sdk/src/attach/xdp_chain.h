/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The code around programs of a chain. A chain is a list in the value of an array: next[i] is the
 * slot after slot i, and the head is one more slot. Each program's code ends with a tail call to
 * the slot that it reads there, so that one store of 32 bits adds or removes a program.
 */
#ifndef SKEP_ATTACH_XDP_CHAIN_PRIVATE_H
#define SKEP_ATTACH_XDP_CHAIN_PRIVATE_H

#include <stdint.h>

#include <skep/attach/xdp_chain.h>

#define CHAIN_HEAD  SKEP_XDP_CHAIN_MOST
#define CHAIN_NONE  UINT32_MAX
#define CHAIN_BYTES ((SKEP_XDP_CHAIN_MOST + 1) * sizeof(uint32_t))

struct skep_xdp_maps {
	int programs; /* by slot */
	int order;    /* its one value: next[] */
};

/* Each gives a program's fd, or -errno in words. */
int skep_xdp_chain_head(const struct skep_xdp_maps *maps, bool frags);
int skep_xdp_chain_wrap(const struct skep_xdp_maps *maps, const struct skep_program *program,
			uint32_t slot, uint32_t continue_on);

#endif
