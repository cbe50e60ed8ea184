/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_VERIFIER_RENDER_VALUE_H
#define SKEP_VERIFIER_RENDER_VALUE_H

#include "render.h"

/* A value as the verifier prints it, in words: `scalar(umax=64)` is "a number, 0 to 64". It is not cleaned. */
void skep_render_value(FILE *out, struct skep_span value);

#endif
