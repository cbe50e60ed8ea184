/* SPDX-License-Identifier: 0BSD */
/* What both sides share: nothing yet. Types of records and of maps go here. */
#ifndef COUNT_H
#define COUNT_H

#include <skep/types.h>

#endif
