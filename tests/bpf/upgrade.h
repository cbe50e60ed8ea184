/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The versions of a program that is upgraded: VERSION tells which. */
#ifndef TESTS_BPF_UPGRADE_H
#define TESTS_BPF_UPGRADE_H

#include <skep/types.h>

struct seen {
	__u32 version;
};

enum {
	UPGRADE_PORT = 9
};

#endif
