/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Types that no header has, names of C++, sections of one's own, and a dash in the file's name. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

enum state {
	IDLE,
	BUSY
};

struct part {
	__u8 a;
	__u64 b;
	__u16 c;
};

typedef struct part part_t;

struct record {
	__u32 id;
	enum state state;
	part_t part;
	struct part parts[2][3];
	union {
		__u32 number;
		struct {
			__u16 x, y;
		};
		__u8 bytes[4];
	};
	struct {
		__u8 deep;
		struct {
			__u32 deeper;
		} inside;
	} named;
	__u32 low : 5;
	__u32 high : 27;
	__u8 tiny : 1, rest : 7;
	_Bool flag;
	char comm[16];
	void *pointer;
	int (*function)(void *);
	__u32 class;
	__u32 new;
	__u32 delete[3];
	__s16 last;
};

struct tight {
	__u8 tag;
	struct part part;
	__u32 value;
} __attribute__((packed));

struct flexible {
	__u32 length;
	char name[];
};

struct key {
	__u16 port;
	__u32 address;
};

SKEP_RINGBUF(records, struct record, 4096);
SKEP_RINGBUF(tights, struct tight, 4096);
SKEP_RINGBUF_VAR(flexibles, struct flexible, 32, 4096);
SKEP_HASH(template, struct key, part_t, 8);
SKEP_ARRAY(numbers, __s64, 8);
SKEP_ARRAY(arrays, __u8[12], 8);

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__uint(key_size, 6);
	__uint(value_size, 10);
} untyped SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} plain_ring SEC(".maps");

const volatile struct record sample;
const volatile __u64 matrix[2][3];
const volatile enum state initial = BUSY;
const volatile __u32 limit SEC(".rodata.limits") = 3;
__u32 counter SEC(".data.counters") = 4;
__u64 zero SEC(".bss.zeros");
static volatile __u32 hidden = 5;
struct tight tight;
_Bool operator;
__u8 a_byte;
__u64 a_word = 1;

SEC("raw_tp")
int run(void *ctx)
{
	skep_emit_zeroed(ctx, &records, e)
		e->id = sample.id + matrix[1][2] + initial + limit;
	skep_emit(ctx, &tights, t)
		__builtin_memset(t, 0, sizeof(*t));
	skep_emit_var(ctx, &flexibles, f, 2)
		__builtin_memset(f, 0, sizeof(*f) + 2);
	counter += hidden + operator+ a_byte + a_word + tight.value + zero;
	return 0;
}

SEC("raw_tp")
int export(void *ctx)
{
	return 0;
}
