/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What same.bpf.c is told to do, behind the addresses of an Ethernet header. */
#ifndef SAME_H
#define SAME_H

#include <skep/types.h>

enum same_what {
	SAME_LRU_LOOKUP,
	SAME_LRU_UPDATE,
	SAME_LRU_DELETE,
	SAME_CPU_ADD,
	SAME_CPU_UPDATE,
	SAME_CPU_DELETE,
	SAME_CPU_OTHER,
	SAME_HASH_UPDATE,
	SAME_HASH_DELETE,
	SAME_ARRAY_UPDATE,
	SAME_ARRAY_DELETE,
	SAME_PUSH,
	SAME_POP,
	SAME_PEEK,
	SAME_TRIE_LOOKUP,
	SAME_TRIE_UPDATE,
	SAME_TRIE_DELETE,
	SAME_HEAD,
	SAME_TAIL,
	SAME_META,
	SAME_LOAD,
	SAME_STORE,
	SAME_SUM,
	SAME_COUNT,
};

struct same_op {
	__u32 what; /* enum same_what */
	__u32 key;
	__u64 value;
	__u64 flags;
	__u64 out; /* what was read */
};

#define SAME_AT  16 /* in the packet */
#define SAME_LRU 64 /* entries, of all CPUs: the test makes it as many for each as it wants */

#endif
