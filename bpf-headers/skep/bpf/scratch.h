/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_SCRATCH_H
#define SKEP_BPF_SCRATCH_H
/**
 * @file bpf/scratch.h
 * Memory for what does not fit on the stack, which has 512 bytes.
 *
 * @code{.c}
 * #include <skep/bpf/core.h>
 * #include <skep/bpf/scratch.h>
 *
 * struct text { char bytes[4096]; };
 * SKEP_SCRATCH(texts, struct text);
 *
 * SEC("raw_tp/sys_enter")
 * int on_enter(struct bpf_raw_tracepoint_args *ctx)
 * {
 *         skep_scratch(&texts, t) {
 *                 bpf_probe_read_user_str(t->bytes, sizeof(t->bytes), (void *)ctx->args[0]);
 *         }
 *         return 0;
 * }
 * @endcode
 *
 * A per-CPU map would do, but for one thing: while a program uses its entry, another may run on the
 * same CPU and write into it. An interrupt or NMI can come at any instruction, and since 5.11 a
 * program can be preempted by one of another task. So each CPU has four of them, each with a flag
 * that says whether it is taken: a block has the first one that is free, and gives it back on every
 * way out of it. Where four are in use the block does not run, and that is counted: skep_scratch_missed().
 *
 * It costs one lookup and one exchange, about 10 ns, and four times the size of T for each CPU. Blocks
 * of one scratch inside each other have each its own. The verifier walks what stands in and
 * behind the block up to four times where it cannot join the ways to it.
 *
 * Where the BPF processor has no atomic exchange (`-mcpu=v2`), a task that preempts another exactly
 * between the look at the flag and setting it gets the same memory; interrupts are no danger to
 * each other there, since they end before what they interrupted goes on.
 */
#include <skep/bpf/base.h>

#define SKEP_SCRATCH_NESTING_ 4 /* task, softirq, hardirq, NMI */

/**
 * Declares a scratch for blocks of skep_scratch(): four T for each CPU, in a map of this name.
 *
 * @param name the scratch's
 * @param T    what is in it: any type of up to 32 KiB; not zeroed between uses
 * @kernel{4.6}
 */
#define SKEP_SCRATCH(name, T)                                                                      \
	_Static_assert(sizeof(T) <= 32760, "skep: per-CPU memory has at most 32 KiB for each T");  \
	struct name##__slot {                                                                      \
		__u64 busy;                                                                        \
		T value __attribute__((aligned(8)));                                               \
	};                                                                                         \
	__u64 name##__missed SEC(".data.skep");                                                    \
	struct {                                                                                   \
		__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);                                           \
		__uint(max_entries, SKEP_SCRATCH_NESTING_);                                        \
		__type(key, __u32);                                                                \
		__type(value, struct name##__slot);                                                \
	} name SEC(".maps")

/* What a block has; NULL: nothing. */
struct skep_scratch_slot_ {
	__u64 *busy;
};

SKEP_INLINE_ int skep_scratch_take_(__u64 *busy)
{
#ifdef SKEP_BPF_CPU_V3
	return !__sync_lock_test_and_set(busy, 1);
#else
	if (*(volatile __u64 *)busy)
		return 0;
	*(volatile __u64 *)busy = 1;
	return 1;
#endif
}

SKEP_INLINE_ void skep_scratch_give_(struct skep_scratch_slot_ *slot)
{
	/* What the block wrote and read stays before it. */
	asm volatile("" ::: "memory");
	if (slot->busy)
		*(volatile __u64 *)slot->busy = 0;
	slot->busy = 0;
}

SKEP_INLINE_ __u64 *skep_scratch_find_(void *map, __u64 *missed)
{
	__u64 *busy;

#pragma clang loop unroll(full)
	for (__u32 i = 0; i < SKEP_SCRATCH_NESTING_; i++) {
		__u32 key = i;

		busy = bpf_map_lookup_elem(map, &key);
		if (busy && skep_scratch_take_(busy))
			return busy;
	}
	__sync_fetch_and_add(missed, 1);
	return NULL;
}

/**
 * A block that has a T of its own, by the name `p`. It is given back where the block ends, also by
 * break, return or goto. When nothing is free the block does not run, and that is counted. Not a
 * place for tail calls: what is taken would never be given back.
 *
 * @param scratch `&name`
 * @param p       the name of the pointer to T inside the block
 * @kernel{4.6, for per-CPU maps}
 */
#define skep_scratch(scratch, p)                                                                   \
	for (struct skep_scratch_slot_ skep_of_##p                                                 \
	     __attribute__((cleanup(skep_scratch_give_))) = { (                                    \
		     SKEP_REQUIRE_(SKEP_IS_POINTER_(scratch),                                      \
				   "skep: pass a scratch's address, such as &texts"),              \
		     skep_scratch_find_((scratch), scratch##__missed)) };                          \
	     skep_of_##p.busy; skep_scratch_give_(&skep_of_##p))                                   \
		for (typeof(((typeof((scratch)->value))0)->value) *p =                             \
			     (void *)&((typeof((scratch)->value))(void *)skep_of_##p.busy)->value; \
		     p; p = 0)

/**
 * How often a block did not run since nothing was free, on all CPUs.
 *
 * @param scratch `&name`
 * @return the number, a `__u64`
 * @kernel{any}
 */
#define skep_scratch_missed(scratch) (*(volatile __u64 *)(scratch##__missed))

#endif
