/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef NESTED_H
#define NESTED_H
#include "hard.h" /* which includes this one: a circle */
#include "nested.h"

struct nested {
	__u16 a;
	__u64 b;
};

#endif
