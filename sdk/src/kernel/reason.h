/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Why the kernel refused something, in words. Looks at the machine, not only at the errno: EPERM
 * alone has a dozen causes. Says nothing rather than guess; where a cause cannot be known, that is
 * what it says.
 *
 *	struct skep_refusal refusal = SKEP_REFUSAL(SKEP_REQUEST_ATTACH, err);
 *
 *	refusal.section = section;
 *	refusal.target = "do_unlinkat";
 *	if (skep_kernel_reason(&refusal, why, sizeof(why), hint, sizeof(hint)))
 *		skep_fail(err, "cannot attach %s: %s", name, why);
 *
 * Costs up to 50 ms (names of the kernel's BTF are compared): for failures only.
 */
#ifndef SKEP_KERNEL_REASON_H
#define SKEP_KERNEL_REASON_H

#include <stdbool.h>
#include <stddef.h>

enum skep_refused_request {
	SKEP_REQUEST_LOAD,   /* a program */
	SKEP_REQUEST_ATTACH, /* a program to a hook */
	SKEP_REQUEST_MAP,    /* creating a map */
};

struct skep_refusal {
	enum skep_refused_request request;
	int code;            /* positive errno, also the kernel's 524 */
	int prog_type;       /* enum bpf_prog_type; -1: unknown or none */
	int attach_type;     /* enum bpf_attach_type; -1: unknown or none */
	int map_type;        /* enum bpf_map_type; -1: none */
	const char *section; /* as in SEC(), or NULL: tells kprobes from uprobes */
	/*
	 * What was to be attached to, or NULL: a function, "category/name" of a tracepoint, the
	 * name of a raw tracepoint or LSM hook, an interface, the path of a cgroup.
	 */
	const char *target;
	bool needs_btf;     /* what is asked for cannot do without the kernel's types: CO-RE */
	bool without_names; /* those that are most alike are not looked for, which takes long */
};

/* `err` has either sign. */
#define SKEP_REFUSAL(what, err)                                                                    \
	((struct skep_refusal){                                                                    \
		.request = (what),                                                                 \
		.code = (err) < 0 ? -(err) : (err),                                                \
		.prog_type = -1,                                                                   \
		.attach_type = -1,                                                                 \
		.map_type = -1,                                                                    \
	})

/*
 * True: `why` is one line that says more than strerror(), and `hint` one that says what to do,
 * or empty. False: both are empty. Never changes errno or skep_error_last().
 */
bool skep_kernel_reason(const struct skep_refusal *refusal, char *why, size_t why_size, char *hint,
			size_t hint_size);

/*
 * Whether the reason is that this kernel does not have it: then the code to fail with is
 * EOPNOTSUPP, whatever the kernel or libbpf chose to say (ENOENT, EINVAL, ...).
 */
bool skep_kernel_lacks(const struct skep_refusal *refusal);

#endif
