/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the cases of user.cases and cpp.cases stand on. */
#include <skep/skep.h>
#include <skep/types.h>

#include "hard.skep.h"

struct key {
	__u32 address;
	__u16 port;
};
struct value {
	__u64 packets;
};
struct record {
	__u32 pid;
};
typedef SKEP_MAP(struct key, struct value) key_map;
typedef SKEP_MAP(__u64, __u32) number_map;
typedef SKEP_MAP(uint64_t, uint32_t) stdint_map;
typedef SKEP_MAP(char[16], __u8[4]) array_map;
typedef SKEP_RING(struct record) record_ring;
typedef SKEP_PERCPU_MAP(struct key, struct value) percpu_map;
typedef SKEP_PERCPU_MAP(__u32, __u64) percpu_number_map;
typedef SKEP_QUEUE(struct value) value_queue;
typedef SKEP_BLOOM(struct key) key_filter;
typedef SKEP_MAP_OF_MAPS(__u32, key_map) nested_map;
typedef SKEP_SOCKET_MAP(struct key) socket_map;
typedef SKEP_FD_MAP() fd_map;
typedef SKEP_PROGRAM_ARRAY() program_map;
typedef SKEP_STORAGE(struct value) value_storage;
typedef SKEP_STACKS() stack_map;
typedef SKEP_USER_RING(struct record) user_ring;
typedef SKEP_ARENA() arena_map;

void use_loop(struct skep_loop *loop);
int next_entry(struct key *key, struct value *value, void *ctx);
int on_shared(const struct shared_all *record, void *ctx);
int on_record(const struct record *record, void *ctx);
int on_varied(const struct hard__variable *record, size_t bytes, void *ctx);

enum {
	TAG_RECORD,
	TAG_VALUE = 63,
	TAG_NONE = 5
};
union tagged_union {
	struct record TAG_RECORD;
	struct value TAG_VALUE;
};
union other_union {
	struct record TAG_RECORD;
};
typedef SKEP_TAGGED_RING(union tagged_union) union_ring;
typedef SKEP_TAGGED_RINGS(union tagged_union) union_rings;
struct timed {
	__u64 time;
	__u32 pid;
};
typedef SKEP_RINGS(struct timed) timed_rings;
typedef SKEP_MERGE(struct timed) timed_merge;
#ifndef __cplusplus
int on_value(const struct value *record, void *ctx);

SKEP_TAGGED(on_union, union tagged_union,
	    SKEP_TAG_HANDLER(TAG_RECORD, on_record) SKEP_TAG_HANDLER(TAG_VALUE, on_value))
#endif
