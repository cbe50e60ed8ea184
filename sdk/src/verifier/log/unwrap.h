/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What loaders and loggers put before each line of the verifier. */
#ifndef SKEP_VERIFIER_UNWRAP_H
#define SKEP_VERIFIER_UNWRAP_H

#include "verifier/text/span.h"

/*
 * The line without the marks of libbpf, bpftool, bpftrace, dmesg, the journal and timestamps,
 * without a carriage return, and without spaces on both sides.
 */
struct skep_span skep_unwrap(struct skep_span line);

#endif
