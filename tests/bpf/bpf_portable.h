/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What bpf_portable.bpf.c writes for its test. */
#ifndef SKEP_TESTS_BPF_BPF_PORTABLE_H
#define SKEP_TESTS_BPF_BPF_PORTABLE_H

#include <skep/types.h>

struct packet_seen {
	__u32 bytes;
	__u16 type;
	__u16 interface;
};

#endif
