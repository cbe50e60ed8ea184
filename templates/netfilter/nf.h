/* SPDX-License-Identifier: 0BSD */
/* What both sides share: nothing but skep's own types. */
#ifndef NF_H
#define NF_H

#include <skep/types.h>

#endif
