/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The rules behind reason.h. Each knows one cause: it returns true when it is sure that this
 * cause is there, and has then said so. Rules are asked in the order of the table in reason.c.
 */
#ifndef SKEP_KERNEL_RULES_H
#define SKEP_KERNEL_RULES_H

#include "reason.h"

struct skep_words {
	char *why, *hint;
	size_t why_size, hint_size;
};

void skep_kernel_say(struct skep_words *words, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void skep_kernel_advise(struct skep_words *words, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

typedef bool skep_rule_fn(const struct skep_refusal *refusal, struct skep_words *words);

/* reason_filter.c: no such call */
skep_rule_fn skep_kernel_rule_no_bpf;
skep_rule_fn skep_kernel_rule_seccomp;
/* Whether its hook is reached through perf_event_open(). */
bool skep_kernel_is_by_perf(const struct skep_refusal *refusal);

/* reason_privilege.c */
skep_rule_fn skep_kernel_rule_privilege;
skep_rule_fn skep_kernel_rule_perf;
skep_rule_fn skep_kernel_rule_uprobe;
skep_rule_fn skep_kernel_rule_memlock;
skep_rule_fn skep_kernel_rule_lockdown;
skep_rule_fn skep_kernel_rule_eperm; /* the last: EPERM, and all of the above are fine */

/* reason_kernel.c: what this kernel lacks */
skep_rule_fn skep_kernel_rule_config;
skep_rule_fn skep_kernel_rule_no_sysfs;
skep_rule_fn skep_kernel_rule_no_kprobes; /* the same, where no configuration can be read */
skep_rule_fn skep_kernel_rule_too_old;
skep_rule_fn skep_kernel_rule_no_btf;
skep_rule_fn skep_kernel_rule_lsm_inactive;
skep_rule_fn skep_kernel_rule_no_trampoline;

/* reason_target.c: what was to be attached to is not there, or taken */
skep_rule_fn skep_kernel_rule_tracepoint;
skep_rule_fn skep_kernel_rule_raw_tracepoint;
skep_rule_fn skep_kernel_rule_function;
skep_rule_fn skep_kernel_rule_interface;
skep_rule_fn skep_kernel_rule_cgroup;
skep_rule_fn skep_kernel_rule_busy;

/* It is mounted, but only root may look into it: capabilities for BPF do not help. */
bool skep_kernel_tracefs_is_closed(void);

/* hook.c: what a refusal is about */
enum skep_hook {
	SKEP_HOOK_OTHER,
	SKEP_HOOK_KPROBE, /* also kretprobe and the multi kinds */
	SKEP_HOOK_UPROBE,
	SKEP_HOOK_TRACEPOINT,
	SKEP_HOOK_RAW_TRACEPOINT,
	SKEP_HOOK_BTF_TRACEPOINT,
	SKEP_HOOK_TRAMPOLINE, /* fentry, fexit, fmod_ret, freplace */
	SKEP_HOOK_LSM,
	SKEP_HOOK_ITERATOR,
	SKEP_HOOK_INTERFACE, /* xdp, tc, tcx, netkit */
	SKEP_HOOK_CGROUP,
};
enum skep_hook skep_kernel_hook(const struct skep_refusal *refusal);
/* "fentry", "xdp": for a sentence. */
const char *skep_kernel_hook_name(const struct skep_refusal *refusal, char *buf, size_t size);
/* The refusal's target, or the section's part after the slash, or NULL. */
const char *skep_kernel_hook_target(const struct skep_refusal *refusal);

/* nearest.c: the names most alike */
#define SKEP_NEAREST_COUNT 3
struct skep_nearest {
	const char *target;
	struct {
		unsigned int score;
		char name[96];
	} best[SKEP_NEAREST_COUNT];
};
void skep_kernel_nearest_start(struct skep_nearest *nearest, const char *target);
void skep_kernel_nearest_offer(struct skep_nearest *nearest, const char *name);
/* "a, b or c"; an empty text when nothing is alike. */
const char *skep_kernel_nearest_text(const struct skep_nearest *nearest, char *buf, size_t size);

#endif
