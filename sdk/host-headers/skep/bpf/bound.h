/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* <skep/bpf/bound.h> for this machine: its one instruction of BPF is left out. */
#ifndef SKEP_HOST_BPF_BOUND_H
#define SKEP_HOST_BPF_BOUND_H
#pragma clang system_header

#include_next <skep/bpf/bound.h>

#undef SKEP_ALONE_
#define SKEP_ALONE_(x) asm volatile("" : "+r"(x))

#endif
