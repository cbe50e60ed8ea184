/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* `skep lab`: the learner's folder, and what is done in it. */
#ifndef SKEP_CLI_LAB_H
#define SKEP_CLI_LAB_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "cli.h"
#include "lab_check.h"
#include "own.h"

#define LAB_STATE ".skep-lab"
#define LAB_PATH  (OWN_PATH + 320) /* a folder, and a file of an exercise in it */

struct lab_mark {
	bool done;
	unsigned hints; /* that were read */
};

struct lab {
	const char *what;      /* "skep lab" */
	char own[OWN_PATH];    /* what came with skep */
	char folder[OWN_PATH]; /* the learner's; "" where there is none */
	struct lab_mark marks[LAB_MOST];
	size_t current;
	bool stuck; /* the last check could not be made, and another save does not help */
};

/* All that return int return an exit code, having said what failed. */

/* lab_state.c: finds what came with skep; and the learner's folder, at `directory` or near by. */
int lab_find_own(struct lab *lab);
int lab_find(struct lab *lab, const char *directory);
bool lab_is_near(struct lab *lab); /* without a word; sets the folder */
/* Reads and writes the state file. What it does not know it leaves out. */
int lab_read(struct lab *lab);
int lab_write(const struct lab *lab);

/* lab_files.c: of exercise `i` the file with this ending, in the own folder or the learner's. */
const char *lab_source_of(const struct lab_exercise *exercise); /* ".c" or ".bpf.c" */
void lab_own_file(const struct lab *lab, size_t i, const char *file, char path[LAB_PATH]);
void lab_file(const struct lab *lab, size_t i, const char *end, char path[LAB_PATH]);
/* The whole file, terminated, or NULL with errno; the caller frees it. */
char *lab_read_text(const char *path);
/* The exercise that is meant by a name, a number or a file's name; lab_count: none. */
size_t lab_exercise_of(const char *name);
/* Makes the learner's folder; `skep lab start`. */
int lab_begin(struct lab *lab, const char *directory);
/* Puts an exercise back; what was there is kept beside it. */
int lab_reset(struct lab *lab, size_t i);

/* lab_show.c */
int lab_show_list(struct lab *lab, enum cli_format format);
int lab_show_hint(struct lab *lab, size_t i);
int lab_show_solution(struct lab *lab, size_t i);
int lab_show_task(struct lab *lab, size_t i);
int lab_next(struct lab *lab, size_t to, bool skip);
size_t lab_done(const struct lab *lab); /* how many are */
/* As it is typed from the current folder. */
const char *lab_typed(const char *path);
/* Why it cannot be done on this kernel, or NULL. */
const char *lab_why_not(size_t i);

/* lab_verify.c: compiles it and tries it on this kernel. EXIT_FAILED: it is not done yet. */
int lab_verify(struct lab *lab, size_t i);
int lab_watch(struct lab *lab, size_t i);

#endif
