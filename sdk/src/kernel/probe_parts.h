/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Trying single features: what skep_kernel_features() goes through. Nothing stays loaded, and
 * nothing is attached: places that cannot be tell by their errno whether the kernel got as far.
 */
#ifndef SKEP_KERNEL_PROBE_PARTS_H
#define SKEP_KERNEL_PROBE_PARTS_H

#include <skep/kernel.h>

#include <linux/bpf.h>

#include "attempt.h"

struct skep_probed {
	enum skep_answer answer;
	int code; /* the errno behind it, or 0 */
};

#define SKEP_PROBED(of_answer, of_code)                                                            \
	((struct skep_probed){ .answer = (of_answer), .code = (of_code) })

/* Errnos of this process or moment, of which the next try may know nothing: never remembered. */
bool skep_probe_is_passing(int code);

/* --- probe_setting.c --- */

/*
 * The plainest program of a type that the kernel takes: for tracing one on a tracepoint with
 * BTF, for struct_ops one of TCP's. False: there is none without a program to replace, or the
 * kernel's BTF has no target.
 */
bool skep_probe_setting(int prog_type, struct skep_trivial *setting);

/*
 * Loads it with these instructions and lets it go at once. 0 or a positive errno; `log` gets
 * what the verifier said, terminated.
 */
int skep_probe_load(const struct skep_trivial *setting, const struct bpf_insn *insns, size_t count,
		    char *log, size_t log_size);

/* Whether a refusal can be for want of privilege rather than of the thing. */
bool skep_probe_is_privileged(void);
/* The same with CAP_NET_ADMIN. */
bool skep_probe_may_try_all(void);
/* Static. */
const char *skep_probe_words_of_eperm(void);

void skep_probe_forget_settings(void);

/* What no verifier lets through: a read through a register that nothing was put in. */
#define SKEP_PROBE_END                                                                             \
	{                                                                                          \
		.code = BPF_LDX | BPF_MEM | BPF_DW, .src_reg = BPF_REG_9                           \
	}

/* --- helpers.c --- */

#define SKEP_HELPERS_MAX 256 /* there are 211, and new ones are not made any more */

/* "bpf_loop"; NULL: no helper that this version of skep knows. */
const char *skep_helper_name(int number);
/* Or 0. */
int skep_helper_number(const char *name);
/* Trying it makes the kernel write a warning into its log. */
bool skep_helper_is_loud(int number);
/* Whether a program of this setting may call it. Not remembered. */
struct skep_probed skep_helper_try(const struct skep_trivial *setting, int number);
/* The same for the plainest program of a type; remembered. Loud ones are not tried. */
struct skep_probed skep_helper_of_type(int prog_type, int number);
void skep_helper_forget(void);

/* --- kfuncs.c --- */

/* Whether a program of this setting may call it. */
struct skep_probed skep_kfunc_try(const struct skep_trivial *setting, const char *name);
/* The same for the plainest program of a type; prog_type < 0: of some type. Remembered. */
struct skep_probed skep_kfunc_of_type(int prog_type, const char *name);
/* Those that the kernel's BTF marks as such (from 6.10): calls fn for each; 0, or what it gave. */
int skep_kfunc_each(int (*fn)(const char *name, void *ctx), void *ctx);
/* Whether the kernel or one of its loaded modules has a function of that name. */
enum skep_answer skep_kfunc_is_known(const char *name);
/* The types that skep_kernel_features() asks about; ends with -1. */
const int *skep_kfunc_types(void);
void skep_kfunc_forget(void);

/* --- probe_attach.c --- */

/* UNKNOWN where trying says nothing: then the kernel's BTF may know. */
struct skep_probed skep_probe_attach_type(int attach_type);
struct skep_probed skep_probe_link_type(int link_type);

/* --- probe_code.c: instructions, kinds of BTF, tokens --- */

struct skep_probe_item {
	const char *name;
	const char *since; /* a name of since.tsv, or NULL */
	struct skep_probed (*try)(size_t index);
};
const struct skep_probe_item *skep_probe_insns(size_t *count);
const struct skep_probe_item *skep_probe_btf_kinds(size_t *count);
struct skep_probed skep_probe_token(void);

#endif
