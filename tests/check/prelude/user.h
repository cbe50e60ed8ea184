/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What a fragment of a user-side program may use without saying so. */
#ifndef PRELUDE_USER_H
#define PRELUDE_USER_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/libbpf.h>
#include <skep/skep.h>
#include "execsnoop.h"

struct flow {
	uint16_t port;
	uint16_t pad;
};

struct count {
	unsigned long long packets;
	unsigned long long bytes;
};

static struct skep_object *object;
static struct skep_loop *loop;
static SKEP_RING(struct exec_event) events;
static unsigned int child;
static SKEP_MAP(struct flow, struct count) flows;
static struct flow flow;
static struct count count, first;
static int err;

void report(const struct flow *keys, const struct count *values, size_t n);
int use_fentry(void);
int use_kprobe(void);
int on_exec(const struct exec_event *e, void *ctx);
int on_second(uint64_t expirations, void *ctx);

#endif
