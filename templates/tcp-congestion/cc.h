/* SPDX-License-Identifier: 0BSD */
/* What both sides share: the name that connections choose it by. */
#ifndef CC_H
#define CC_H

#include <skep/types.h>

#define CC_NAME "bpf_gentle"

#endif
