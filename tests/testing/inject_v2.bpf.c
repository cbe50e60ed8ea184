/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* For the older BPF CPU. */
#include "inject.bpf.c"
