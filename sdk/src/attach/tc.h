/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Filters of a clsact qdisc, also where tcx falls back to them. Public: <skep/attach/tc.h>. */
#ifndef SKEP_ATTACH_TC_PRIVATE_H
#define SKEP_ATTACH_TC_PRIVATE_H

#include <skep/attach/tc.h>

#include "interface.h"

struct skep_tc_wanted {
	enum skep_traffic traffic;
	uint32_t priority, handle;
	bool replace;
};

/* In this thread's namespace; the program has been looked at. -errno in words. */
int skep_tc_attach_here(struct skep_link **out, const struct skep_program *program,
			const struct skep_interface *interface,
			const struct skep_tc_wanted *wanted);

#endif
