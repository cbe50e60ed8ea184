/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* From a BPF object to one typed C header. Static; used by the command. */
#ifndef SKEP_GEN_GEN_H
#define SKEP_GEN_GEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Whether objects for this architecture (as in __TARGET_ARCH_x) can be told from others. */
bool gen_arch_is_known(const char *arch);

/* One object file: several are the same program for several architectures. */
struct gen_source {
	const char *arch; /* as in __TARGET_ARCH_x; NULL: for every one of this endianness */
	const char *path;
};

struct gen_request {
	const struct gen_source *sources;
	size_t source_count;
	const char *name; /* prefix of everything generated; NULL: from the first file's name */
	const char *const *headers; /* where shared types are defined; included by the result */
	size_t header_count;
	const char *const *includes; /* folders of what those include: also by <> */
	size_t include_count;
	FILE *notes; /* what is right but will surprise, such as padding; NULL: unwanted */
};

struct btf;

/* The union of a ring's records of SKEP_RINGBUF_TAGGED(), as it was written; 0: `record` is none. */
unsigned int gen_tagged_union(const struct btf *btf, unsigned int record);

/* The number of a member's tag; -1 where no skep_emit_as() of the object says it. */
int gen_tagged_number(const struct btf *btf, unsigned int union_id, const char *member);

/* Writes the header to `out`. 0 or a negative errno with words in skep_error_last(). */
int gen_header(const struct gen_request *request, FILE *out);

#endif
