/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_TYPED_H
#define SKEP_TYPED_H
/**
 * @file typed.h
 * How the typed macros of map.h and ring.h check types: at compile time, with a sentence, and
 * without a trace at run time. What both sides share of it is at the end of types.h. C only.
 */
#include <skep/base.h>
#include <skep/types.h>

#endif
