/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What bpf_core.bpf.c and its tests share. */
#ifndef BPF_CORE_TEST_H
#define BPF_CORE_TEST_H
#include <skep/types.h>

#define ROUNDS    1000
#define RULES     200
#define TEXT      64
#define ID_BYTES  65
#define NAME_MOST 128

/* A filter of 200 rules: the first one that fits decides. */
struct rule {
	__u32 address;
	__u32 mask;
	__u16 port_from;
	__u16 port_to;
	__u32 verdict;
};

/* How a loop over a table went. */
struct walk {
	__u64 sum;
	__u64 rounds;
	__u64 last;
	__u64 bad; /* numbers that are none of the loop's */
};

struct texts {
	char a[TEXT];
	char b[TEXT];
	__u64 n;
	int eq, starts, ends, mem_eq;
	__u32 length;
	__u32 hash32;
	__u64 hash64;
	char set[TEXT];
	int literal_eq, literal_starts, literal_ends;
};

struct copied {
	char to[16];
	long result;
	int cut;
};

struct who {
	__u32 pid, tid, pid_inside, tid_inside, pid_in, tid_in, ppid, uid, gid;
	__u64 cgroup_id;
	long name_length;
	char name[NAME_MOST];
	char id[ID_BYTES];
	int in_container;
};

/* How blocks of one scratch inside each other went. */
struct nested {
	__u32 blocks;   /* that ran */
	__u32 distinct; /* whose memory was no other's */
	__u64 missed;
};

#endif
