/* SPDX-License-Identifier: 0BSD */
/* What both sides share: how much of a type came. */
#ifndef TYPES_H
#define TYPES_H

#include <skep/types.h>

struct amount {
	__u64 packets;
	__u64 bytes;
};

#endif
