/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * As users of stock libbpf write it. Reports each exec of a program named "skepmark", in a record
 * with a member of each kind. The type's name is in a variable that nothing uses, as many do;
 * with -DNO_HINT not even there.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

enum color {
	RED,
	GREEN = 7,
	BLUE = -3
};

typedef unsigned long long nanoseconds;

struct point {
	int x;
	short y[2];
};

struct report {
	nanoseconds at;
	unsigned int pid;
	int number;
	unsigned long long huge;
	signed char small;
	_Bool yes;
	enum color color, unknown;
	unsigned int three : 3;
	int minus : 5;
	struct point point;
	void *address;
	unsigned char bytes[3];
	char comm[16];
	char text[16];
	char raw[4];
	union {
		unsigned int either;
		unsigned char or [4];
	};
};

#ifndef NO_HINT
const struct report *unused __attribute__((unused));
#endif

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} skepmark_ring SEC(".maps");

static int count;

static _Bool is_marked(const char *comm)
{
	const char mark[] = "skepmark";

	for (int i = 0; i < 9; i++)
		if (comm[i] != mark[i])
			return 0;
	return 1;
}

/* Not inlined, so that the object's BTF has the struct in any case. */
static __attribute__((noinline)) void fill(struct report *r)
{
	r->at = bpf_ktime_get_ns();
	r->pid = bpf_get_current_pid_tgid() >> 32;
	r->number = -count++; /* one CPU at a time: whoever tests runs one after the other */
	r->huge = ~0ULL;
	r->small = -5;
	r->yes = 1;
	r->color = BLUE;
	r->unknown = 5;
	r->three = 5;
	r->minus = -7;
	r->point.x = -1;
	r->point.y[0] = 2;
	r->point.y[1] = -3;
	r->address = (void *)0xffff888000000001;
	r->bytes[0] = 1;
	r->bytes[1] = 2;
	r->bytes[2] = 255;
	__builtin_memcpy(r->text, "\033[31mred\a\nx\t\"\\", 16);
	__builtin_memcpy(r->raw, "a\377\376", 4);
	r->either = 0x04030201;
}

SEC("raw_tp/sched_process_exec")
int skepmark_exec(void *ctx)
{
	struct report *r;
	char comm[16];

	bpf_get_current_comm(comm, sizeof(comm));
	if (!is_marked(comm))
		return 0;
	r = bpf_ringbuf_reserve(&skepmark_ring, sizeof(*r), 0);
	if (!r)
		return 0;
	__builtin_memset(r, 0, sizeof(*r));
	fill(r);
	__builtin_memcpy(r->comm, comm, sizeof(comm));
	bpf_ringbuf_submit(r, 0);
	return 0;
}
