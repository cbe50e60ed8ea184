/* SPDX-License-Identifier: 0BSD */
/* What both sides share: what is measured together. */
#ifndef BLOCKS_H
#define BLOCKS_H

#include <skep/types.h>

/* As the kernel numbers them; there are more, rarely seen. */
enum operation {
	READ_OP,
	WRITE_OP,
	FLUSH_OP,
	DISCARD_OP,
	OTHER_OP,
};

struct requests {
	char disk[32]; /* a name of /sys/block */
	__u32 operation;
};

#endif
