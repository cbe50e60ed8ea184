/* SPDX-License-Identifier: 0BSD */
/* What both sides share: nothing but skep's own types. */
#ifndef SNIFF_H
#define SNIFF_H

#include <skep/types.h>

#endif
