/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef TESTS_BPF_PLAN_H
#define TESTS_BPF_PLAN_H

enum {
	SEEN_FENTRY,
	SEEN_SYSCALL,
	SEEN_RAW,
	SEEN_XDP,
	SEEN_XDP_TOO,
	SEEN_TC,
	SEEN_KINDS
};

#endif
