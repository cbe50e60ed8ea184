/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What both sides of dnswatch share: a message that went out or came in. */
#ifndef DNSWATCH_H
#define DNSWATCH_H

#include <skep/types/filter.h>
#include <skep/types/flow.h>

#define MOST_BYTES 512 /* of a longer message its beginning */

struct dns_event {
	__u64 ns;              /* of an answer: since its query; 0: that was not seen */
	struct skep_who owner; /* pid 0: its socket is older than dnswatch */
	struct skep_flow flow;
	__u32 is_answer, bytes;
	__u8 message[MOST_BYTES]; /* as it came: anybody may have sent it */
};

#endif
