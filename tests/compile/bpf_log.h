/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the cases of bpf_log.cases stand on. */
#include <skep/bpf/core.h>
#include <skep/bpf/log.h>

struct pair {
	__u32 a, b;
};
enum colour {
	RED
};
struct incomplete;

void *context(void);
