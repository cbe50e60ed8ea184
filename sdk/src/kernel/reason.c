/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "reason.h"
#include "rules.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/*
 * What is certain comes before what is likely: a missing privilege hides everything else, a
 * missing feature hides a missing name. The last one only says that the cause is not known.
 */
static skep_rule_fn *const rules[] = {
	skep_kernel_rule_no_bpf,         skep_kernel_rule_privilege,
	skep_kernel_rule_seccomp,        skep_kernel_rule_perf,
	skep_kernel_rule_uprobe,         skep_kernel_rule_memlock,
	skep_kernel_rule_too_old, /* an older kernel's configuration knows nothing of it */
	skep_kernel_rule_config,         skep_kernel_rule_no_sysfs,
	skep_kernel_rule_no_kprobes,     skep_kernel_rule_no_btf,
	skep_kernel_rule_lsm_inactive,   skep_kernel_rule_tracepoint,
	skep_kernel_rule_raw_tracepoint, skep_kernel_rule_function,
	skep_kernel_rule_no_trampoline,  skep_kernel_rule_interface,
	skep_kernel_rule_cgroup,         skep_kernel_rule_busy,
	skep_kernel_rule_lockdown,       skep_kernel_rule_eperm,
};

void skep_kernel_say(struct skep_words *words, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(words->why, words->why_size, format, args);
	va_end(args);
}

void skep_kernel_advise(struct skep_words *words, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(words->hint, words->hint_size, format, args);
	va_end(args);
}

/* The rule up to `last` that knows the cause, having said it; or NULL. */
static skep_rule_fn *find_rule(const struct skep_refusal *refusal, struct skep_words *words,
			       skep_rule_fn *last)
{
	skep_rule_fn *found = NULL;
	int saved = errno;

	words->why[0] = words->hint[0] = '\0';
	for (size_t i = 0; !found && i < COUNT(rules); i++) {
		if (rules[i](refusal, words))
			found = rules[i];
		if (rules[i] == last)
			break;
	}
	errno = saved;
	return found;
}

bool skep_kernel_reason(const struct skep_refusal *refusal, char *why, size_t why_size, char *hint,
			size_t hint_size)
{
	struct skep_words words = { why, hint, why_size, hint_size };

	return find_rule(refusal, &words, NULL);
}

bool skep_kernel_lacks(const struct skep_refusal *refusal)
{
	char why[512], hint[512];
	struct skep_words words = { why, hint, sizeof(why), sizeof(hint) };
	/* What comes behind looks at names, and takes its time. */
	skep_rule_fn *rule = find_rule(refusal, &words, skep_kernel_rule_no_btf);

	return rule == skep_kernel_rule_too_old || rule == skep_kernel_rule_config ||
	       rule == skep_kernel_rule_no_sysfs || rule == skep_kernel_rule_no_kprobes ||
	       rule == skep_kernel_rule_no_btf;
}
