/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Single kprobes, for those who make many of them. Public side: <skep/attach/kprobe.h>. */
#ifndef SKEP_ATTACH_KPROBE_PRIVATE_H
#define SKEP_ATTACH_KPROBE_PRIVATE_H

#include <skep/base.h>

struct skep_link;
struct skep_perf_link;
struct skep_program;

/* A place in the kernel: a name, or an address where `name` is NULL. */
struct skep_kprobe_place {
	const char *name;
	uint64_t address;
	uint64_t offset;
	uint64_t cookie;
	bool ret;
};

/* Adds a probe to the link; -errno without words. */
int skep_kprobe_add(struct skep_perf_link *link, const struct skep_program *program,
		    const struct skep_kprobe_place *place);

/* SEC("kretprobe..."), SEC("kretsyscall..."). */
bool skep_kprobe_is_ret(const struct skep_program *program);

/* Words for what the kernel said to skep_kprobe_add(). `name` is the function's. */
int skep_kprobe_refuse(const struct skep_program *program, const struct skep_kprobe_place *place,
		       const char *name, int err);

/* Whether refusal `err` of this program means that the kernel does not have such hooks. */
bool skep_kprobe_is_lacking(const struct skep_program *program, int attach_type,
			    const char *section, int err);

/*
 * By sections, for attach.c's table: what stands behind the slash of "kprobe/", "kretprobe/",
 * "ksyscall/", "kprobe.multi/" and so on. -EDESTADDRREQ without words where nothing does.
 */
int skep_kprobe_by_section(struct skep_link **out, const struct skep_program *program,
			   const char *target);
int skep_ksyscall_by_section(struct skep_link **out, const struct skep_program *program,
			     const char *target);
int skep_kprobe_multi_by_section(struct skep_link **out, const struct skep_program *program,
				 const char *target);

#endif
