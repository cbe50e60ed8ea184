/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What a fragment of a BPF program may use without saying so. */
#ifndef PRELUDE_BPF_H
#define PRELUDE_BPF_H

#include <skep/bpf/core.h>
#include "execsnoop.h"

SKEP_LICENSE("GPL");

static struct exec_event prelude_event;
static struct exec_event *const e = &prelude_event;
static __u32 uid;
static __u32 len;

#endif
