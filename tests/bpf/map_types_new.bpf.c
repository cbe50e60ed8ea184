/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The maps of map_types.bpf.c a version later. */
#define NEW
#include "map_types.bpf.c"
