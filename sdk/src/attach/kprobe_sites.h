/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The functions that a multi link is to be on. */
#ifndef SKEP_ATTACH_KPROBE_SITES_H
#define SKEP_ATTACH_KPROBE_SITES_H

#include <skep/attach/kprobe.h>

struct skep_functions;

struct skep_sites {
	size_t count, room;
	struct skep_site {
		uint64_t address;
		uint64_t cookie;
		const char *name; /* of the table's, or the caller's; NULL: an address alone */
	} * list;
	bool by_name; /* addresses are hidden from this process: the kernel looks up names */
	struct skep_functions *functions; /* that the names belong to */
	/* What the caller asked for. */
	const struct skep_program *program;
	bool skip, every;
	skep_kprobe_skip_fn on_skip;
	void *ctx;
};

/* Fills it from a pattern or a list; -errno in words. Freed either way. */
int skep_sites_find(struct skep_sites *sites, const char *pattern,
		    const struct skep_kprobe_multi_opts *opts);
void skep_sites_free(struct skep_sites *sites);

/* Leaves a function out, and tells who listens. */
void skep_sites_skip(struct skep_sites *sites, const char *name, const char *why);

#endif
