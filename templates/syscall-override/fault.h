/* SPDX-License-Identifier: 0BSD */
/* What both sides share: a call that was made to fail; and what the kernel's functions are called. */
#ifndef FAULT_H
#define FAULT_H

#include <skep/types.h>

#if defined(__aarch64__)
#define SYSCALL_PREFIX "__arm64_sys_"
#else
#define SYSCALL_PREFIX "__x64_sys_"
#endif

struct fault_event {
	__u32 pid;
	__u32 uid;
	char comm[SKEP_COMM_BYTES];
};

#endif
