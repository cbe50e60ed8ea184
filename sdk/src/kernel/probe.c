/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What can be tried, and what was found: public side <skep/kernel.h>. */
#include "attempt.h"
#include "probe_parts.h"
#include "types.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct ability {
	const char *name;
	const char *since; /* a name of since.tsv */
	skep_try_fn *try;
	bool changes; /* look anew every time; cheap */
} abilities[] = {
	[SKEP_CAN_BPF] = { "bpf()", "bpf()", skep_kernel_try_bpf, false },
	[SKEP_CAN_BTF] = { "BTF", "kernel BTF", skep_kernel_try_btf, false },
	[SKEP_CAN_JIT] = { "JIT", NULL, skep_kernel_try_jit, false },
	[SKEP_CAN_RINGBUF] = { "ring buffer", "BPF_MAP_TYPE_RINGBUF", skep_kernel_try_ringbuf,
			       false },
	[SKEP_CAN_MMAPABLE_ARRAY] = { "mapped arrays", "mmapable arrays",
				      skep_kernel_try_mmapable_array, false },
	[SKEP_CAN_LINK] = { "links", "BPF links", skep_kernel_try_link, false },
	[SKEP_CAN_RAW_TRACEPOINT] = { "raw_tp", "BPF_PROG_TYPE_RAW_TRACEPOINT",
				      skep_kernel_try_raw_tracepoint, false },
	[SKEP_CAN_BTF_TRACEPOINT] = { "tp_btf", "BPF_TRACE_RAW_TP", skep_kernel_try_btf_tracepoint,
				      false },
	[SKEP_CAN_TRACEPOINT] = { "tp", "BPF_PROG_TYPE_TRACEPOINT", skep_kernel_try_tracepoint,
				  false },
	[SKEP_CAN_KPROBE] = { "kprobe", "BPF_PROG_TYPE_KPROBE", skep_kernel_try_kprobe, false },
	[SKEP_CAN_KPROBE_MULTI] = { "kprobe.multi", "BPF_TRACE_KPROBE_MULTI",
				    skep_kernel_try_kprobe_multi, false },
	[SKEP_CAN_FENTRY] = { "fentry, fexit", "BPF_TRACE_FENTRY", skep_kernel_try_fentry, false },
	[SKEP_CAN_LSM] = { "lsm", "BPF_PROG_TYPE_LSM", skep_kernel_try_lsm, false },
	[SKEP_CAN_UPROBE] = { "uprobe, usdt", "perf uprobe", skep_kernel_try_uprobe, false },
	[SKEP_CAN_UPROBE_MULTI] = { "uprobe.multi", "BPF_TRACE_UPROBE_MULTI",
				    skep_kernel_try_uprobe_multi, false },
	[SKEP_CAN_PERF_EVENT] = { "perf_event", "BPF_PROG_TYPE_PERF_EVENT",
				  skep_kernel_try_perf_event, false },
	[SKEP_CAN_ITERATOR] = { "iter", "BPF_TRACE_ITER", skep_kernel_try_iterator, false },
	[SKEP_CAN_XDP] = { "xdp", "BPF_XDP", skep_kernel_try_xdp, false },
	[SKEP_CAN_TC] = { "tc", "clsact", skep_kernel_try_tc, false },
	[SKEP_CAN_TCX] = { "tcx", "BPF_TCX_INGRESS", skep_kernel_try_tcx, false },
	[SKEP_CAN_NETKIT] = { "netkit", "BPF_NETKIT_PRIMARY", skep_kernel_try_netkit, false },
	[SKEP_CAN_NETFILTER] = { "netfilter", "BPF_NETFILTER", skep_kernel_try_netfilter, false },
	[SKEP_CAN_CGROUP] = { "cgroup", "BPF_LINK_TYPE_CGROUP", skep_kernel_try_cgroup, false },
	[SKEP_CAN_SK_LOOKUP] = { "sk_lookup", "BPF_SK_LOOKUP", skep_kernel_try_sk_lookup, false },
	[SKEP_CAN_STRUCT_OPS] = { "struct_ops", "BPF_PROG_TYPE_STRUCT_OPS",
				  skep_kernel_try_struct_ops, false },
	[SKEP_CAN_SCHED_EXT] = { "sched_ext", "sched_ext", skep_kernel_try_sched_ext, false },
	[SKEP_CAN_TRACEFS] = { "tracefs", NULL, skep_kernel_try_tracefs, true },
	[SKEP_CAN_BPFFS] = { "bpffs", NULL, skep_kernel_try_bpffs, true },
	[SKEP_CAN_CGROUP2] = { "cgroup2", NULL, skep_kernel_try_cgroup2, true },
	[SKEP_CAN_SECURITYFS] = { "securityfs", NULL, skep_kernel_try_securityfs, true },
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	bool known;
	struct skep_attempt attempt;
} cache[COUNT(abilities)];

static _Thread_local struct skep_attempt own; /* the words of this thread's last finding */
static _Thread_local struct skep_finding finding;

static const struct ability *find_ability(enum skep_ability ability)
{
	size_t at = (size_t)ability;

	return at < COUNT(abilities) && abilities[at].try ? &abilities[at] : NULL;
}

/* One thread tries at a time: attempts of two would be in each other's way. */
static void look_up(enum skep_ability ability, struct skep_attempt *out)
{
	const struct ability *a = &abilities[ability];
	int saved = errno;

	pthread_mutex_lock(&lock);
	if (!cache[ability].known || a->changes) {
		memset(&cache[ability].attempt, 0, sizeof(cache[ability].attempt));
		a->try(&cache[ability].attempt);
		/* What stood in the way may be gone by the next call. */
		cache[ability].known = cache[ability].attempt.answer != SKEP_UNKNOWN ||
				       !skep_probe_is_passing(cache[ability].attempt.code);
	}
	*out = cache[ability].attempt;
	pthread_mutex_unlock(&lock);
	errno = saved;
}

enum skep_answer skep_kernel_can(enum skep_ability ability)
{
	struct skep_attempt attempt;

	if (!find_ability(ability))
		return SKEP_UNKNOWN;
	look_up(ability, &attempt);
	return attempt.answer;
}

static const char *or_null(const char *text)
{
	return text[0] ? text : NULL;
}

const struct skep_finding *skep_kernel_finding(enum skep_ability ability)
{
	const struct ability *a = find_ability(ability);

	finding = (struct skep_finding){ .name = a ? a->name : "unknown ability" };
	if (!a) {
		finding.why = "this version of skep does not know what is asked";
		return &finding;
	}
	look_up(ability, &own);
	finding.answer = own.answer;
	finding.code = own.code;
	finding.since = a->since ? skep_kernel_since(a->since) : 0;
	finding.detail = or_null(own.detail);
	if (own.answer != SKEP_YES) {
		finding.why = or_null(own.why);
		finding.remedy = or_null(own.remedy);
	}
	return &finding;
}

void skep_kernel_forget(void)
{
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < COUNT(cache); i++)
		cache[i].known = false;
	pthread_mutex_unlock(&lock);
	skep_kernel_forget_types();
}
