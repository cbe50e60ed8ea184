/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_LATENCY_H
#define SKEP_BPF_LATENCY_H
/**
 * @file bpf/latency.h
 * How long something takes, from one program to another: entry and exit, issue and completion.
 *
 * @code{.c}
 * #include <skep/bpf/hist.h>
 * #include <skep/bpf/latency.h>
 * #include <skep/bpf/trace.h>
 *
 * SKEP_LATENCY(reads, 10240);
 * SKEP_HIST_LOG2(read_ns);
 *
 * SEC("kprobe/vfs_read")
 * int SKEP_KPROBE(on_read)
 * {
 *         skep_latency_start(&reads);
 *         return 0;
 * }
 *
 * SEC("kretprobe/vfs_read")
 * int SKEP_KRETPROBE(on_read_end)
 * {
 *         __u64 ns = skep_latency_end(&reads);
 *
 *         if (ns)
 *                 skep_hist_add(&read_ns, ns);
 *         return 0;
 * }
 * @endcode
 *
 * Starts and ends of a thread are paired like brackets, so that recursion, and an interrupt that does
 * the same, are each measured. Eight deep; beyond, the outermost are forgotten. An end that is
 * missed (a return probe that found no room, a thread killed inside) so costs a place until eight
 * others came, and no wrong number: the next end still belongs to the next start. Only where the end of
 * a call inside of another is missed, the outer one gets its start: where that matters, SKEP_LATENCY_BY()
 * with the struct skep_frame of bpf/args.h as key pairs each call with its own return. What is not
 * measured is counted, in the variable `NAME__lost` (struct skep_latency_counts), which `skep gen`
 * shows in the program's `.bss`.
 *
 * - SKEP_LATENCY(): by thread, in an LRU hash: every kernel, every kind of program
 * - SKEP_LATENCY_TASK(): by thread, in its task's storage: faster, never full (5.11)
 * - SKEP_LATENCY_BY(): by a key of one's own, such as a request's address, for what begins and ends
 *   in different threads; a key is on its way once, and starts anew when it starts again
 *
 * A start or an end costs a lookup, the clock, and about 30 instructions.
 *
 * @kernel{4.10}
 */
#include <skep/bpf/map/keyed.h>
#include <skep/bpf/map/storage.h>

/** @cond */
#define SKEP_LATENCY_DEPTH_ 8 /* a power of two */

/* The starts of a thread that have no end yet: a ring of them, of which the newest is at top - 1. */
struct skep_latency_starts {
	__u64 at[SKEP_LATENCY_DEPTH_];
	__u32 top;
	__u32 live;
};

SKEP_INLINE_ void skep_latency_push_(struct skep_latency_starts *s,
				     struct skep_latency_counts *lost)
{
	__u32 top = s->top;

	s->top = top + 1;
	if (s->live < SKEP_LATENCY_DEPTH_)
		s->live++;
	else
		__sync_fetch_and_add(&lost->forgotten, 1);
	s->at[top & (SKEP_LATENCY_DEPTH_ - 1)] = bpf_ktime_get_ns();
}

/* Nanoseconds since `start`, never 0: that says that there was none. */
SKEP_INLINE_ __u64 skep_latency_since_(__u64 start)
{
	__u64 now = bpf_ktime_get_ns();

	return now > start ? now - start : 1;
}

SKEP_INLINE_ __u64 skep_latency_pop_(struct skep_latency_starts *s,
				     struct skep_latency_counts *lost)
{
	__u32 top;

	if (!s || !s->live) {
		__sync_fetch_and_add(&lost->unmatched, 1);
		return 0;
	}
	s->live--;
	top = --s->top;
	return skep_latency_since_(s->at[top & (SKEP_LATENCY_DEPTH_ - 1)]);
}

/* The thread; each CPU's idle task has the number 0, so that they are told apart here. */
SKEP_INLINE_ __u64 skep_latency_who_(void)
{
	__u64 who = bpf_get_current_pid_tgid();

	return who ? who : 1ULL << 63 | bpf_get_smp_processor_id();
}

/* A task's: by hash or by storage, chosen by the compiler. */
SKEP_INLINE_ struct skep_latency_starts *skep_latency_of_thread_(void *map, int make)
{
	static const struct skep_latency_starts none;
	__u64 who = skep_latency_who_();
	struct skep_latency_starts *s = bpf_map_lookup_elem(map, &who);

	if (s || !make)
		return s;
	bpf_map_update_elem(map, &who, &none, BPF_NOEXIST);
	return bpf_map_lookup_elem(map, &who);
}

SKEP_INLINE_ struct skep_latency_starts *skep_latency_of_task_(void *map, int make)
{
	return bpf_task_storage_get(map, (void *)bpf_get_current_task_btf(), (void *)0,
				    make ? SKEP_STORAGE_CREATE_ : 0);
}

#define SKEP_LATENCY_OF_(map, make)                                                                \
	__builtin_choose_expr(SKEP_IN_(map, SKEP_BIT_(TASK_STORAGE)),                              \
			      skep_latency_of_task_((map), make),                                  \
			      skep_latency_of_thread_((map), make))

#define SKEP_NEED_LATENCY_(map)                                                                    \
	SKEP_REQUIRE_(SKEP_SAME_((map)->value, (struct skep_latency_starts *)0),                   \
		      "skep: this is not a SKEP_LATENCY() or SKEP_LATENCY_TASK(); of "             \
		      "SKEP_LATENCY_BY() are skep_latency_start_of() and skep_latency_end_of()")

/* A key's. */
struct skep_latency_one {
	__u64 at;
};

SKEP_INLINE_ void skep_latency_begin_(void *map, const void *key, struct skep_latency_counts *lost)
{
	struct skep_latency_one *s = bpf_map_lookup_elem(map, key), now;

	now.at = bpf_ktime_get_ns();
	if (s) {
		__sync_fetch_and_add(&lost->forgotten, 1);
		s->at = now.at;
	} else if (bpf_map_update_elem(map, key, &now, BPF_ANY)) {
		__sync_fetch_and_add(&lost->full, 1);
	}
}

SKEP_INLINE_ __u64 skep_latency_finish_(void *map, const void *key,
					struct skep_latency_counts *lost)
{
	struct skep_latency_one *s = bpf_map_lookup_elem(map, key);
	__u64 ns;

	if (!s) {
		__sync_fetch_and_add(&lost->unmatched, 1);
		return 0;
	}
	ns = skep_latency_since_(s->at);
	/* Of two that end it at once, one has measured it. */
	if ((int)bpf_map_delete_elem(map, key)) {
		__sync_fetch_and_add(&lost->unmatched, 1);
		return 0;
	}
	return ns;
}

#define SKEP_NEED_LATENCY_BY_(map)                                                                 \
	SKEP_REQUIRE_(SKEP_SAME_((map)->value, (struct skep_latency_one *)0),                      \
		      "skep: this is not a SKEP_LATENCY_BY()")
/** @endcond */

/**
 * Latencies by thread, for at most `threads` that are measured at a time: of more, those that were
 * silent for longest are forgotten. Calls name it as `&name`. @kernel{4.10}
 */
#define SKEP_LATENCY(name, threads)                                                                \
	struct skep_latency_counts name##__lost;                                                   \
	SKEP_LRU_HASH(name, __u64, struct skep_latency_starts, threads)

/** SKEP_LATENCY() in each task's storage. @kernel{5.11} */
#define SKEP_LATENCY_TASK(name)                                                                    \
	struct skep_latency_counts name##__lost;                                                   \
	SKEP_TASK_STORAGE(name, struct skep_latency_starts)

/**
 * Latencies by keys K, of which at most `entries` are on their way: beyond, the oldest are
 * forgotten. @kernel{4.10}
 */
#define SKEP_LATENCY_BY(name, K, entries)                                                          \
	struct skep_latency_counts name##__lost;                                                   \
	SKEP_LRU_HASH(name, K, struct skep_latency_one, entries)

/**
 * Notes that something begins in this thread. `map` is of SKEP_LATENCY() or SKEP_LATENCY_TASK().
 * @kernel{5.11, SKEP_LATENCY_TASK(); of SKEP_LATENCY() 4.10}
 */
#define skep_latency_start(map)                                                                    \
	({                                                                                         \
		SKEP_NEED_LATENCY_(map);                                                           \
		struct skep_latency_starts *skep_starts_ = SKEP_LATENCY_OF_(map, 1);               \
		if (skep_starts_)                                                                  \
			skep_latency_push_(skep_starts_, (map##__lost));                           \
		else                                                                               \
			__sync_fetch_and_add(&(map##__lost)->full, 1);                             \
	})

/**
 * How long it took in this thread, from the newest start that has no end yet.
 * @return nanoseconds, at least 1; 0 when there is no start, which is counted
 * @kernel{5.11, SKEP_LATENCY_TASK(); of SKEP_LATENCY() 4.10}
 */
#define skep_latency_end(map)                                                                      \
	(SKEP_NEED_LATENCY_(map), skep_latency_pop_(SKEP_LATENCY_OF_(map, 0), (map##__lost)))

/** Notes that something begins that `*key` names. `map` is of SKEP_LATENCY_BY(). @kernel{4.10, SKEP_LATENCY_BY()} */
#define skep_latency_start_of(map, key)                                                            \
	(SKEP_NEED_LATENCY_BY_(map), skep_latency_begin_((map), SKEP_KEY_(map, key), (map##__lost)))

/**
 * How long it took what `*key` names.
 * @return nanoseconds, at least 1; 0 when there is no start, which is counted
 * @kernel{4.10, SKEP_LATENCY_BY()}
 */
#define skep_latency_end_of(map, key)                                                              \
	(SKEP_NEED_LATENCY_BY_(map),                                                               \
	 skep_latency_finish_((map), SKEP_KEY_(map, key), (map##__lost)))

#endif
