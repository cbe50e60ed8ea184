/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Between the files of uprobes, and for USDT. Public side: <skep/attach/uprobe.h>. */
#ifndef SKEP_ATTACH_UPROBE_PRIVATE_H
#define SKEP_ATTACH_UPROBE_PRIVATE_H

#include <skep/attach/uprobe.h>

#include "elf_find.h"
#include "library.h"

/* One place, once it is known. */
struct skep_uprobe_place {
	const char *path; /* for the kernel */
	uint64_t offset, semaphore, cookie;
	int pid; /* 0: all */
	bool ret, fallback;
	bool each; /* many places may be many uprobes: not told as another way */
};

/* SEC("uretprobe...") says so. */
bool skep_uprobe_is_ret(const struct skep_program *program);
/* Whether the program was loaded for uprobe.multi or uprobe.session. */
bool skep_uprobe_is_multi(const struct skep_program *program);
bool skep_uprobe_is_session(const struct skep_program *program);

/*
 * uprobe_event.c: one place, by a perf event. -errno without words. The link's way is set.
 */
int skep_uprobe_attach_event(struct skep_link **out, const struct skep_program *program,
			     const struct skep_uprobe_place *place);
/* Takes over the event; puts the program on it. -errno without words. */
int skep_uprobe_put_on(struct skep_link **out, const struct skep_program *program, int event,
		       const struct skep_uprobe_place *place, char *probe);

/* uprobe_pmu.c: perf's number for uprobes, or -errno: -ENOENT for none. And its bit for returns. */
int skep_uprobe_pmu(void);
uint64_t skep_uprobe_ret_bit(void);

/* uprobe_tracefs.c: the same for kernels whose perf has none. */
int skep_uprobe_attach_tracefs(struct skep_link **out, const struct skep_program *program,
			       const struct skep_uprobe_place *place);
void skep_uprobe_remove_probe(void *probe); /* frees the name */

/*
 * uprobe_many.c: all places by one link, or by many. `places` has what they share. -errno in words;
 * `what` is for them: the binary.
 */
int skep_uprobe_attach_sites(struct skep_link **out, const struct skep_program *program,
			     const struct skep_elf_sites *sites,
			     const struct skep_uprobe_place *shared, const char *what);

/* uprobe_error.c: why the kernel refused, in words. */
int skep_uprobe_refuse(const struct skep_program *program, int err,
		       const struct skep_uprobe_place *place, const char *what);
int skep_uprobe_need(const struct skep_program *program);

/* uprobe_section.c: rows of attach.c; `target` is what stands behind the slash. */
int skep_attach_uprobe_section(struct skep_link **out, const struct skep_program *program,
			       const char *target);

#endif
