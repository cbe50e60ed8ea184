/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Short texts put together piece by piece, for messages and hints. Never overflows. */
#ifndef SKEP_BASE_TEXT_H
#define SKEP_BASE_TEXT_H

#include <skep/base.h>

struct skep_text {
	size_t used;
	char buf[512];
};

void skep_text_add(struct skep_text *text, const char *format, ...) SKEP_PRINTF(2, 3);

/* Adds `name`, after ", " where it is not the first. */
void skep_text_add_name(struct skep_text *text, const char *name);

#endif
