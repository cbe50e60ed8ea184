/* SPDX-License-Identifier: 0BSD */
/* What both sides share: the list of devices, and what was refused of each. */
#ifndef DEVICES_H
#define DEVICES_H

#include <skep/types.h>

struct device {
	__u32 major;
	__u32 minor;
};

#endif
