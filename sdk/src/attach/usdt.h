/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Probes that a file declares in .note.stapsdt. Public side: <skep/attach/usdt.h>. */
#ifndef SKEP_ATTACH_USDT_PRIVATE_H
#define SKEP_ATTACH_USDT_PRIVATE_H

#include "elf_find.h"

struct skep_link;
struct skep_program;

/*
 * The places of one probe, with their semaphores. -ENOENT in words that name those there are,
 * -EBADMSG for places outside of code.
 */
int skep_usdt_find(const struct skep_elf *elf, const char *provider, const char *name,
		   struct skep_elf_sites *out);

/* A row of attach.c; `target` is what stands behind the slash. */
int skep_attach_usdt_section(struct skep_link **out, const struct skep_program *program,
			     const char *target);

#endif
