/* SPDX-License-Identifier: 0BSD */
/* What both sides share: the value of the map. */
#ifndef COUNTER_H
#define COUNTER_H

#include <skep/types.h>

struct traffic {
	__u64 packets;
	__u64 bytes;
};

#endif
