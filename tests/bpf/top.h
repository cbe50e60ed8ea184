/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef TOP_H
#define TOP_H

#define TOP_RING_BYTES   4096
#define TOP_RECORD_BYTES 120 /* 128 with the kernel's header: 32 fill a ring, if it may be full */

struct top_record {
	unsigned char bytes[TOP_RECORD_BYTES];
};

#endif
