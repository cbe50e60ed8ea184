/* SPDX-License-Identifier: 0BSD */
/* What both sides share: a class by the port that packets go to. */
#ifndef CLASSIFY_H
#define CLASSIFY_H

#include <skep/types.h>

struct class
{
	__u32 mark;     /* `fwmark` of ip rule, `mark` of nft */
	__u32 priority; /* which band of a queue */
	__u64 packets;
	__u64 bytes;
};

#endif
