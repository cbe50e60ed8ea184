/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * `skep top` in tests. It is started with an interval of an hour, waits, the work is done, and
 * Ctrl-C ends the interval: so nothing hangs on how fast a machine is.
 */
#ifndef SKEP_TESTS_KERNEL_TOP_APP_H
#define SKEP_TESTS_KERNEL_TOP_APP_H

#include <stdint.h>
#include <sys/types.h>

#include <bpf/bpf.h>
#include <jansson.h>
#include <skep/skep.h>

/* Opened by top_open() from top.bpf.o, or by the case; closed by top_close(). */
extern struct skep_object *top_object;
void top_open(void **state);
void top_close(void **state);

int top_fd(const char *program);
struct bpf_prog_info top_info(const char *program);
uint32_t top_map_id(const char *name);
/* On a packet of zeros. */
void top_run(const char *program, int times);

/* The command with two more arguments; and what it printed, to free. It must print no error. */
struct top_command {
	pid_t pid;
	int out, err;
};
void top_start(struct top_command *command, const char *a, const char *b);
char *top_finish(struct top_command *command, int wanted);

/* What it says of an interval in which the work was done. */
json_t *top_look(void (*work)(void));

/* NULL when it is not there; the others fail the case. */
json_t *top_with_id(json_t *all, const char *list, uint32_t id);
uint64_t top_number(json_t *of, const char *key);
const char *top_text(json_t *of, const char *key);

#endif
