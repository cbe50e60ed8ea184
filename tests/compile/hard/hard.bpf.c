/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Types that are hard to write again so that another compiler lays them out alike. */
#include <skep/bpf/core.h>

#include "hard.h"
#include "hard_types.h"

SKEP_LICENSE("GPL");

SKEP_HASH(hard_map, struct nested, struct everything, 4);
SKEP_HASH(typedef_map, chain_b, again, 4);
SKEP_HASH(wide_map, unsigned __int128, __int128, 4);
SKEP_HASH(macro_map, struct two_names, struct in_macro, 4);
SKEP_ARRAY(pointer_map, handler, 4);
SKEP_ARRAY(class, table, 4);
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__uint(key_size, 12);
	__uint(value_size, 3);
} sizes_only SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__type(
		key, struct {
			__u32 a;
			__u16 b;
		});
	__type(
		value, union {
			__u32 a;
			__u64 b;
		});
} anonymous_map SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 4);
	__type(value, struct nested);
} queue SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct packed);
} per_cpu SEC(".maps");
SKEP_RINGBUF(lines, line, 4096);
SKEP_RINGBUF(numbers, __u64, 4096);
SKEP_RINGBUF(all, struct shared_all, 8192);
SKEP_RINGBUF_VAR(varied, struct variable, 64, 4096);
SKEP_RINGBUF_TAGGED(kinds, hard_kinds, 4096);
/* Which no header has. */
enum {
	OWN_PLACE = 7,
	OWN_TABLE = 9,
	OWN_NEVER = 10
};
union own_kinds {
	struct nested OWN_PLACE;
	short OWN_TABLE[3][2];
	struct packed OWN_NEVER;
};
SKEP_RINGBUF_TAGGED_PER_CPU(own_kinds, union own_kinds, 4096);
SKEP_RINGBUF_TAGGED_SHARDS(never_written, union own_kinds, 4096, 2);

const volatile struct keywords key_words;
const volatile char name[16] = "name", final;
const volatile __u64 template = 1;
struct packed in_data = { .a = 1 };
static volatile __u8 hidden = 3;
union choice in_bss;
__u8 odd SEC(".data.my-own") = 4;
struct aligned at_64 SEC(".bss.more");

SEC("uprobe//usr/*/lib*/*")
int on_path(void *ctx)
{
	skep_emit(ctx, &all, e)
		e->two.a = 1;
	return in_data.a + hidden + (int)in_bss.byte + odd + (int)template;
}

SEC("raw_tp/sys_exit")
int on_kinds(void *ctx)
{
	skep_emit_as(ctx, &kinds, KIND_ALL, e)
		(void)e;
	skep_emit_as(ctx, &kinds, KIND_TEXT, e)
		(*e)[0] = 'x';
	skep_emit_as(ctx, &kinds, KIND_NUMBER, e)
		*e = 1;
	skep_emit_as(ctx, &kinds, KIND_PAIR, e)
		e->b = 1;
	skep_emit_as(ctx, &own_kinds, OWN_TABLE, e)
		(*e)[0][0] = 1;
	skep_emit_as(ctx, &own_kinds, OWN_PLACE, e)
		(void)e;
	return 0;
}

SEC("raw_tp/sys_enter")
int delete (__attribute__((unused)) void *ctx)
{
	return name[1] + final + (int)key_words.new + at_64.a;
}
