/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* With the kernel's own types. */
#define WITH_VMLINUX
#include "vmlinux.h"
#include "inject.bpf.c"
