/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What test_bpf_log.c and test_bpf_log_reader.c share: the object, a reader, and what was heard. */
#ifndef SKEP_TESTS_KERNEL_BPF_LOG_APP_H
#define SKEP_TESTS_KERNEL_BPF_LOG_APP_H

#include "app.h"
#include "bpf_log.skep.h"

#define HEARD_MOST 4096

/* Loaded once, with a reader that hears all; the reader is NULL where a case freed it. */
struct heard {
	struct bpf_log *app;
	struct skep_bpf_log *reader;
	int count;
	char lines[HEARD_MOST][512];
	enum skep_log_level levels[HEARD_MOST];
	struct skep_bpf_message last; /* its texts are gone: */
	char file[64], object[64];
};
extern struct heard heard;

/* The object, with a reader; nothing was heard yet. Skips the case for others than root. */
struct skep_object *bpf_log_started(void);

/* A reader of its own options in the place of the usual one. */
void bpf_log_reopen(const struct skep_bpf_log_opts *opts);
void bpf_log_close(void);

/* Runs a program, and hears what it said: so many lines. */
void bpf_log_hear(const char *program, uint64_t arg0, uint64_t arg1, int count);

/* Of struct skep_bpf_log_opts. */
void bpf_log_on_message(const struct skep_bpf_message *message, void *ctx);

uint64_t bpf_log_now_ns(void);

#endif
