/* SPDX-License-Identifier: 0BSD */
/* What both sides share: nothing but skep's own types. */
#ifndef LOOKUP_H
#define LOOKUP_H

#include <skep/types.h>

#endif
