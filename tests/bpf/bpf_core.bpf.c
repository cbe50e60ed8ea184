/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Loops, bounds, text, scratch, time and tasks of the BPF-side headers; run by BPF_PROG_TEST_RUN. */
#ifdef WITH_VMLINUX
#include "vmlinux.h"
#endif
#include <skep/bpf/core.h>
#include <skep/bpf/bound.h>
#include <skep/bpf/container.h>
#include <skep/bpf/loop.h>
#include <skep/bpf/scratch.h>
#include <skep/bpf/string.h>
#include <skep/bpf/time.h>

#include "bpf_core.h"

SKEP_LICENSE("GPL");

__u64 table[ROUNDS];
struct rule rules[RULES];
struct walk walk;
struct texts texts;
struct copied copied;
struct who who;
struct nested nested;
__u64 counts[ROUNDS];
__u64 times[5];
__u64 dev, ino;

/* ---- loops ---- */

SEC("raw_tp/sys_enter")
int sum_some(struct bpf_raw_tracepoint_args *ctx)
{
	struct walk w = {};

	skep_for(i, (__s64)ctx->args[0], (__s64)ctx->args[1], ROUNDS)
	{
		w.sum += table[i];
		w.rounds++;
		w.last = i;
	}
	walk = w;
	return 0;
}

/* 1,000 rounds, with a branch in each. */
SEC("raw_tp/sys_enter")
int sum_all(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 sum = 0;

	skep_for(i, 0, ROUNDS, ROUNDS)
	{
		if (table[i] & 1)
			continue;
		sum += table[i];
	}
	walk.sum = sum;
	return 0;
}

/* Leaves by return where it is found, by break at a second number, else falls off the end. */
SEC("raw_tp/sys_enter")
int find(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 wanted = ctx->args[0], stop = ctx->args[1];
	int after = 0;

	skep_for(i, 0, ROUNDS, ROUNDS)
	{
		if (table[i] == wanted)
			return (int)i + 1;
		if (table[i] == stop) {
			after = 1;
			break;
		}
	}
	return after ? -1 : -2;
}

SEC("raw_tp/sys_enter")
int grid(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 wide = ctx->args[0], high = ctx->args[1], cells = 0;

	skep_for(y, 0, high, 10)
	{
		skep_for(x, y, wide, 20)
		{
			if (x == 15)
				break;
			cells++;
			counts[skep_mask(y * 32 + x, 512)]++;
		}
	}
	walk.rounds = cells;
	return 0;
}

/* `i` belongs to the body: what it assigns changes no round. */
SEC("raw_tp/sys_enter")
int change_i(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 rounds = 0;

	skep_for(i, 0, 10, 10)
	{
		rounds++;
		i = 100;
	}
	return (int)rounds;
}

static long add_round(__u32 round, struct walk *w)
{
	w->rounds++;
	w->last = round;
	if (skep_bound(round, ROUNDS))
		w->sum += table[round];
	return w->rounds == w->bad;
}

SEC("raw_tp/sys_enter")
int loop_n(struct bpf_raw_tracepoint_args *ctx)
{
	struct walk w = { .bad = ctx->args[1] };
	long done = skep_loop_n(ctx->args[0], add_round, &w);

	walk = w;
	return (int)done;
}

/* Whether this object does without what newer kernels have. */
SEC("raw_tp/sys_enter")
int without_core(struct bpf_raw_tracepoint_args *ctx)
{
#ifdef SKEP_NO_CORE
	return 1;
#else
	return 0;
#endif
}

/* 200 rules for an address and a port. */
SEC("raw_tp/sys_enter")
int filter(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 address = ctx->args[0];
	__u16 port = ctx->args[1];

	skep_for(i, 0, RULES, RULES)
	{
		const struct rule *r = &rules[i];

		if ((address & r->mask) != r->address)
			continue;
		if (port < r->port_from || port > r->port_to)
			continue;
		return (int)r->verdict;
	}
	return -1;
}

extern int second(struct bpf_raw_tracepoint_args *ctx);
extern int third(struct bpf_raw_tracepoint_args *ctx);

SKEP_PIPELINE(stages, struct bpf_raw_tracepoint_args, 4, [1] = &second, [2] = &third);

SEC("raw_tp/sys_enter")
int first(struct bpf_raw_tracepoint_args *ctx)
{
	walk.rounds++;
	skep_pipeline_go(ctx, &stages, 1);
	return -1;
}

SEC("raw_tp/sys_enter")
int second(struct bpf_raw_tracepoint_args *ctx)
{
	walk.rounds++;
	skep_pipeline_go(ctx, &stages, 3); /* nobody */
	skep_pipeline_go(ctx, &stages, 2);
	return -2;
}

SEC("raw_tp/sys_enter")
int third(struct bpf_raw_tracepoint_args *ctx)
{
	walk.rounds++;
	return 33;
}

/* ---- bounds ---- */

SEC("raw_tp/sys_enter")
int bounds(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 wide = ctx->args[0];
	__u32 number = ctx->args[0];
	__s32 sign = ctx->args[0];
	__u8 byte = ctx->args[0];
	__s64 wide_sign = ctx->args[0], n = ctx->args[1];
	int in = 0;

	if (skep_bound(wide, ROUNDS)) {
		counts[wide]++;
		in |= 1;
	}
	if (skep_bound(number, ROUNDS)) {
		counts[number]++;
		in |= 2;
	}
	if (skep_bound(sign, ROUNDS)) {
		counts[sign]++;
		in |= 4;
	}
	if (skep_bound(byte, 200)) {
		counts[byte]++;
		in |= 8;
	}
	if (n <= ROUNDS && skep_bound(wide_sign, n)) {
		walk.last = wide_sign;
		in |= 16;
	}
	return in;
}

/* The compiler knows the number to be small; the verifier does not. */
SEC("raw_tp/sys_enter")
int bound_known(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 n = ctx->args[0];
	__u32 low = ctx->args[1];

	if (n > 50 || low > 50)
		return -1;
	if (!skep_bound(n, 51) || !skep_bound(low, 51))
		return -2;
	n += low;
	if (!skep_bound(n, 101))
		return -3;
	counts[n]++;
	return (int)n;
}

SEC("raw_tp/sys_enter")
int clamps(struct bpf_raw_tracepoint_args *ctx)
{
	__s64 sign = ctx->args[0];
	__u64 wide = ctx->args[0];
	__s32 small = ctx->args[0];
	__u32 number = ctx->args[0];

	counts[skep_clamp(sign, 0, ROUNDS - 1)] = 1;
	counts[skep_clamp(wide, 5, ROUNDS - 1)] = 1;
	walk.sum = skep_clamp(small, -7, 7);
	walk.rounds = skep_clamp(number, 3, 300);
	walk.last = skep_clamp(sign, -100, 100);
	counts[skep_mask(wide, 512)] |= 2;
	return (int)skep_mask(sign, 16);
}

/* ---- text ---- */

SEC("raw_tp/sys_enter")
int compare(struct bpf_raw_tracepoint_args *ctx)
{
	struct texts *t = &texts;
	__u64 n = t->n;

	t->eq = skep_str_eq(t->a, t->b);
	t->starts = skep_str_starts(t->a, t->b);
	t->ends = skep_str_ends(t->a, t->b);
	t->length = skep_str_length(t->a);
	t->literal_eq = skep_str_eq(t->a, "/etc/passwd");
	t->literal_starts = skep_str_starts(t->a, "/etc/");
	t->literal_ends = skep_str_ends(t->a, ".conf");
	t->mem_eq = skep_mem_eq(t->a, t->b, sizeof(t->a), n);
	return 0;
}

SEC("raw_tp/sys_enter")
int hash(struct bpf_raw_tracepoint_args *ctx)
{
	struct texts *t = &texts;
	__u64 n = t->n;

	t->hash64 = skep_hash64(t->a, sizeof(t->a), n);
	t->hash32 = skep_hash32(t->a, sizeof(t->a), n);
	skep_mem_set(t->set, sizeof(t->set), 0xa5, n);
	return 0;
}

SEC("raw_tp/sys_enter")
int copy_user(struct bpf_raw_tracepoint_args *ctx)
{
	copied.result =
		skep_copy_user(copied.to, sizeof(copied.to), (void *)ctx->args[0], ctx->args[1]);
	return 0;
}

SEC("raw_tp/sys_enter")
int str_user(struct bpf_raw_tracepoint_args *ctx)
{
	char on_stack[16];
	long length = skep_str_copy_user(on_stack, sizeof(on_stack), (void *)ctx->args[0]);

	copied.result = length;
	copied.cut = skep_str_is_cut(length, sizeof(on_stack));
	__builtin_memcpy(copied.to, on_stack, sizeof(on_stack));
	return 0;
}

SEC("raw_tp/sys_enter")
int copy_kernel(struct bpf_raw_tracepoint_args *ctx)
{
	if (ctx->args[0])
		copied.result = skep_copy_kernel(copied.to, sizeof(copied.to), (void *)ctx->args[0],
						 ctx->args[1]);
	else
		copied.result =
			skep_copy_kernel(copied.to, sizeof(copied.to), texts.a, ctx->args[1]);
	return 0;
}

SEC("raw_tp/sys_enter")
int str_kernel(struct bpf_raw_tracepoint_args *ctx)
{
	const void *from = ctx->args[0] ? (void *)ctx->args[0] : texts.a;

	copied.result = skep_str_copy_kernel(copied.to, sizeof(copied.to), from);
	copied.cut = skep_str_is_cut(copied.result, sizeof(copied.to));
	return 0;
}

/* ---- scratch ---- */

struct room {
	__u64 words[500];
};
SKEP_SCRATCH(rooms, struct room);

SEC("raw_tp/sys_enter")
int nest(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 blocks = 0, distinct = 0;

	skep_scratch(&rooms, a)
	{
		a->words[499] = 1;
		blocks++;
		skep_scratch(&rooms, b)
		{
			b->words[499] = 2;
			blocks++;
			skep_scratch(&rooms, c)
			{
				c->words[499] = 3;
				blocks++;
				skep_scratch(&rooms, d)
				{
					d->words[499] = 4;
					blocks++;
					skep_scratch(&rooms, e) blocks++;
					distinct += d->words[499] == 4;
				}
				distinct += c->words[499] == 3;
			}
			distinct += b->words[499] == 2;
		}
		distinct += a->words[499] == 1;
	}
	nested.blocks = blocks;
	nested.distinct = distinct;
	nested.missed = skep_scratch_missed(&rooms);
	return 0;
}

/* Leaves the block in the way that is asked for. */
SEC("raw_tp/sys_enter")
int leave(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 way = ctx->args[0];

	skep_scratch(&rooms, p)
	{
		p->words[0] = way;
		if (way == 1)
			return 1;
		if (way == 2)
			break;
		if (way == 3)
			goto out;
		if (way == 4)
			continue;
		return p->words[0] == way ? 5 : -1;
	}
	return 2;
out:
	return 3;
}

/* ---- time and tasks ---- */

SEC("raw_tp/sys_enter")
int clocks(struct bpf_raw_tracepoint_args *ctx)
{
	times[0] = skep_time_ns();
	times[1] = skep_time_boot_or_ns();
	times[2] = skep_time_since(times[0]);
	times[3] = skep_time_since(-1ULL);
	times[4] = skep_time_has_boot();
	return 0;
}

SEC("tc")
int coarse(struct __sk_buff *skb)
{
	times[0] = skep_time_coarse_ns();
	times[1] = skep_time_ns();
	return 0;
}

SEC("raw_tp/sys_enter")
int task(struct bpf_raw_tracepoint_args *ctx)
{
	who.pid = skep_current_pid();
	who.tid = skep_current_tid();
	who.pid_inside = skep_current_pid_inside();
	who.tid_inside = skep_current_tid_inside();
	who.pid_in = skep_current_pid_in(dev, ino);
	who.tid_in = skep_current_tid_in(dev, ino);
	who.ppid = skep_current_ppid();
	who.uid = skep_current_uid();
	who.gid = skep_current_gid();
	who.cgroup_id = skep_current_cgroup_id();
	who.name_length = skep_current_cgroup_name(who.name, sizeof(who.name));
	return 0;
}

SEC("raw_tp/sys_enter")
int container(struct bpf_raw_tracepoint_args *ctx)
{
	who.in_container = skep_current_container_id(who.id);
	return who.in_container;
}
