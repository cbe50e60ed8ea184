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

void use_loop(struct skep_loop *loop);
int on_shared(const struct shared_all *record, void *ctx);
int on_record(const struct record *record, void *ctx);
int on_varied(const struct hard__variable *record, size_t bytes, void *ctx);
