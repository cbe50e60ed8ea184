/* SPDX-License-Identifier: 0BSD */
/* What both sides share: a signal that was sent. */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <skep/types.h>

struct signal_event {
	__u32 from;
	__u32 to;
	__s32 number;
	__s32 code; /* as si_code of sigaction(2) */
	char from_comm[SKEP_COMM_BYTES];
	char to_comm[SKEP_COMM_BYTES];
};

#endif
