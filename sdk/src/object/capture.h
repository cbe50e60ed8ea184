/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What libbpf says while one of our calls runs. libbpf's print callback is one for the process:
 * ours stands before it from the first use on, takes what is said on a thread that is inside a
 * capture, and passes everything else to whoever was there before.
 */
#ifndef SKEP_OBJECT_CAPTURE_H
#define SKEP_OBJECT_CAPTURE_H

#include <skep/base.h>

struct skep_capture {
	struct skep_capture *outer;
	char *text; /* warnings, each line as libbpf wrote it; NULL when there were none */
	size_t used;
	size_t room;
};

void skep_capture_start(struct skep_capture *capture);
void skep_capture_stop(struct skep_capture *capture);

/* The innermost of this thread; NULL outside. */
const struct skep_capture *skep_capture_current(void);

/* `SKEP_CAPTURE(said);` captures until the scope ends. */
#define SKEP_CAPTURE(name)                                                                         \
	__attribute__((cleanup(skep_capture_stop))) struct skep_capture name;                      \
	skep_capture_start(&name)

/*
 * The verifier's log in it, as a copy that the caller frees, and the name of the program that
 * it is about; NULL when there is none.
 */
char *skep_capture_verifier_log(const struct skep_capture *capture, char *program, size_t room);

/*
 * What libbpf complained of first (what follows only passes it on), as one line without its
 * prefix; "" for nothing.
 */
void skep_capture_complaint(const struct skep_capture *capture, char *line, size_t room);

/*
 * Finds `before`, a name and `after` in one line, as in `prog 'on_exec': failed to load`;
 * copies the name. The last such line counts.
 */
bool skep_capture_name(const struct skep_capture *capture, const char *before, const char *after,
		       char *name, size_t room);

#endif
