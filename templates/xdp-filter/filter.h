/* SPDX-License-Identifier: 0BSD */
/* What both sides share: the value of the list. Its key is skep's struct skep_lpm4. */
#ifndef FILTER_H
#define FILTER_H

#include <skep/types.h>

struct refused {
	__u64 packets;
	__u64 bytes;
};

#endif
