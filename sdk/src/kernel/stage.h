/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Where in bpf() a kind of program is refused. */
#ifndef SKEP_KERNEL_STAGE_H
#define SKEP_KERNEL_STAGE_H

enum skep_stage {
	SKEP_STAGE_ENTRY, /* before bpf() looks at anything: seccomp, a security module */
	SKEP_STAGE_EARLY, /* in bpf(), before it looks at the program: privilege, on mainline */
	SKEP_STAGE_LATER, /* after that: security modules, verifier, attach point */
};

/*
 * Asks for loads that must fail, one check of bpf() after the other: an EPERM that comes where
 * another errno is due tells who refuses. Nothing can be loaded by this.
 */
enum skep_stage skep_kernel_stage(int prog_type, int attach_type);

#endif
