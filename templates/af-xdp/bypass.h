/* SPDX-License-Identifier: 0BSD */
/* What both sides share: how many queues an interface may have. */
#ifndef BYPASS_H
#define BYPASS_H

#include <skep/types.h>

#define QUEUES_MOST 64

#endif
