/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Loads an object as tools do, and keeps what is said of it. */
#ifndef SKEP_TESTS_CORPUS_LOAD_H
#define SKEP_TESTS_CORPUS_LOAD_H

#include <stddef.h>

/* Linux 6.1 keeps the beginning of a log, and the end is what counts. */
#define CORPUS_LOG_BYTES ((size_t)400 << 20)

/*
 * What bpf_object__load() returns. `log` has the verifier's log at level 1, of the program that was
 * refused; where the verifier was not asked, libbpf's own words. NULL: without a log.
 */
int corpus_load(const char *path, char *log);

#endif
