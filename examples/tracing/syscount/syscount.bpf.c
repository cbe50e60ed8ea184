/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Calls are counted when they begin, since exit() has no end; then how they end. */
#include <skep/bpf/core.h>
#include <skep/bpf/filter.h>
#include <skep/bpf/latency.h>
#include <skep/bpf/syscall.h>
#include <skep/bpf/trace.h>

SKEP_LICENSE("GPL");

struct what {
	__u32 id; /* of the process; or the call's number and one, 0: it is none */
	char comm[SKEP_COMM_BYTES];
};

struct calls {
	__u64 count, failed, ns; /* how long all of them took together */
};

SKEP_LATENCY_TASK(running);
/* An array, since this is done for every call. */
SKEP_PERCPU_ARRAY(by_call, struct calls, 1025);
/* Of more processes than that in one interval those that are silent for longest are forgotten. */
SKEP_LRU_PERCPU_HASH(by_process, struct what, struct calls, 16384);
static const struct calls none;

const volatile struct skep_filter filter;
const volatile bool processes, with_latency;

static __always_inline struct calls *calls_of(long number)
{
	/* Of 64-bit and 32-bit programs together; and any number may be tried. */
	__u32 id = processes ? skep_current_pid() : skep_current_syscall(number) + 1;
	__u32 call = id < 1025 ? id : 0;
	struct what what = { .id = id };

	if (!processes)
		return skep_map_get(&by_call, &call);
	skep_current_comm(what.comm);
	return skep_map_get_or_put(&by_process, &what, &none);
}

SEC("raw_tp/sys_enter")
int SKEP_RAW_TP(on_enter, const void *regs, long number)
{
	struct calls *calls = skep_filter_accepts(&filter) ? calls_of(number) : NULL;

	if (calls)
		calls->count++;
	if (calls && with_latency)
		skep_latency_start(&running);
	return 0;
}

/* With BTF: the number is read by a load. */
SEC("tp_btf/sys_exit")
int SKEP_FENTRY(on_exit, const void *regs, long result)
{
	__u64 ns = with_latency ? skep_latency_end(&running) : 0;
	bool failed = result < 0 && result >= -4095;
	struct calls *calls = NULL;

	if ((ns || failed) && skep_filter_accepts(&filter))
		calls = calls_of(skep_syscall_number_btf(regs));
	if (calls) {
		calls->failed += failed;
		calls->ns += ns;
	}
	return 0;
}
