/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What SEC() says, where libbpf is too old to know. */
#ifndef SKEP_OBJECT_SECTIONS_H
#define SKEP_OBJECT_SECTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bpf_object;
struct bpf_program;

/* A kind of section that came after libbpf 1.1. */
struct skep_section {
	const char *name;
	bool more;        /* a slash and more may follow */
	int type;         /* enum bpf_prog_type */
	int attach_type;  /* enum bpf_attach_type */
	uint32_t flags;   /* of the load: BPF_F_SLEEPABLE */
	bool is_function; /* what follows is a function of the kernel's BTF */
};

/* The row of a section; NULL: libbpf 1.1 knows it, or nobody does. */
const struct skep_section *skep_section_find(const char *section);

/* All rows, for tests and for reports. */
const struct skep_section *skep_section_table(size_t *count);

/*
 * Gives the programs of an object that is not loaded what their sections say, where libbpf did
 * not know them. What it knew, and what somebody has set by hand, is left.
 */
void skep_section_apply(const struct bpf_object *object);

/*
 * Says that a program's section is none that libbpf or we know, and which may have been meant.
 * Returns `err`, a standard negative errno.
 */
int skep_section_refuse(const char *program, const char *section, int err);

/*
 * Just before the load: the function that the section names. libbpf reads the kernel's types for
 * it, and only a load frees them. One that is not there is refused by the kernel then, in words.
 */
void skep_section_find_target(struct bpf_program *program);

#endif
