/* SPDX-License-Identifier: 0BSD */
/* What both sides share: how many functions are watched at most; each has a histogram. */
#ifndef FUNCTIONS_H
#define FUNCTIONS_H

#include <skep/types.h>

#define FUNCTIONS 512

#endif
