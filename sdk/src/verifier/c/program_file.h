/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The source of a refused program, where it is at hand and is what the log quotes. */
#ifndef SKEP_VERIFIER_PROGRAM_FILE_H
#define SKEP_VERIFIER_PROGRAM_FILE_H

#include "c_text.h"
#include "verifier/explanation.h"

struct skep_program_file {
	struct skep_ctext text;
	struct skep_place refused; /* no line where no instruction was verified */
};

/* The file of the refused line; false where it is not at hand, or is another by now. */
bool skep_program_file_open(const struct skep_case *c, struct skep_program_file *f);

/* The file that has the program itself: what was refused may be in a header. False: not at hand. */
bool skep_program_file_own(const struct skep_case *c, struct skep_program_file *f);

/* A line, without the blanks around it. */
struct skep_span skep_program_line(const struct skep_program_file *f, unsigned line);

/* The program that the log is of; empty where nothing tells. */
struct skep_span skep_case_program(const struct skep_case *c);

#endif
