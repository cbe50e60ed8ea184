/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Files and line numbers for logs of kernels before 6.8, which quote lines of source without. */
#ifndef SKEP_CLI_WATCH_LINES_H
#define SKEP_CLI_WATCH_LINES_H

#include <bpf/btf.h>
#include <stddef.h>
#include <stdint.h>

/* The line_info of a program, as it was loaded. */
struct watch_lines {
	const void *records;
	uint32_t count, record_bytes;
	const struct btf *btf;
};

/*
 * The log with ` @ FILE:LINE` behind each line of source that has none, as newer kernels write it;
 * NULL where there is nothing to add, or no memory. `bytes` becomes its length.
 */
char *watch_lines_place(const struct watch_lines *lines, const char *log, size_t *bytes);

#endif
