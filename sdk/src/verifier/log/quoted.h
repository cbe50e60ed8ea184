/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A line of source as a log quotes it: `; c->hits++; @ x.bpf.c:11`, without a place up to 6.9. */
#ifndef SKEP_VERIFIER_QUOTED_H
#define SKEP_VERIFIER_QUOTED_H

#include "verifier/text/span.h"

struct skep_quoted {
	struct skep_span text, file; /* may be empty */
	int64_t line;                /* 0: not told */
};

struct skep_quoted skep_quoted_parse(struct skep_span line);

#endif
