/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What life.bpf.c and its tests share. */
#ifndef SKEP_TESTS_LIFE_H
#define SKEP_TESTS_LIFE_H

#include <skep/types.h>

struct pair {
	__u32 a;
	__u32 b;
};

struct wide {
	__u8 bytes[20000];
};

struct who {
	__u32 pid, tgid, tid, uid, gid, ppid;
	__u64 ns, boot_ns;
	char comm[SKEP_COMM_BYTES];
};

#endif
