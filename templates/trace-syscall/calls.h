/* SPDX-License-Identifier: 0BSD */
/* What both sides share: a call that was made, whichever way, and what to look for. */
#ifndef CALLS_H
#define CALLS_H

#include <skep/types.h>
#include <skep/types/security.h>

#define TEXT_BYTES 128 /* longer texts are cut */
#define NUMBERS    512 /* those of system calls are below */

enum way {
	BY_64_BIT = SKEP_ABI_NATIVE,
	BY_32_BIT = SKEP_ABI_32, /* other numbers: 295 is openat there */
	BY_X32 = SKEP_ABI_X32,
	BY_IO_URING, /* no system call at all: a request in memory */
};

struct call_event {
	__u64 arguments[6]; /* a request has: fd, address, length, offset, flags, user_data */
	__s64 result;       /* below 0: an errno */
	__u64 took_ns;
	__u32 pid;
	__u32 tid;
	__s32 number; /* as it was called: in the table of its way; of a request its kind */
	__s32 native; /* the 64-bit number of the same call; -1: there is none */
	__u32 way;    /* enum way */
	__u32 is_open; /* nobody will ever tell the result: exit(), or a request that asked for none */
	__s64 text_bytes; /* of the argument that is a text; TEXT_BYTES: it was cut; below 0: unreadable */
	char text[TEXT_BYTES];
	char comm[SKEP_COMM_BYTES];
};

/* Of each call: whether it is looked for, and which of its arguments is a text. */
struct choice {
	__u8 wanted;
	__u8 text; /* 1 is the first argument; 0: none is */
};

#endif
