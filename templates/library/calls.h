/* SPDX-License-Identifier: 0BSD */
/* What both sides of the library share; its users do not see it. */
#ifndef CALLS_H
#define CALLS_H

#include <skep/types.h>

#define CALLS_MOST 512 /* numbers of system calls are below */

#endif
