/* SPDX-License-Identifier: 0BSD */
/* What both sides share: nothing but skep's own types. */
#ifndef LATENCY_H
#define LATENCY_H

#include <skep/types.h>

#endif
