/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#if defined(SKEP_PORTABLE) && !defined(SKEP_PORTABLE_PART_)
#error "skep: of <skep/bpf/...> a portable program includes <skep/bpf/portable.h> and nothing else"
#endif
#ifndef SKEP_BPF_BASE_H
#define SKEP_BPF_BASE_H
/**
 * @file bpf/base.h
 * What every BPF-side header builds on: the kernel's types and libbpf's helpers.
 *
 * With `#include "vmlinux.h"` before it, types come from there; without, from the UAPI headers.
 */
#ifdef SKEP_USER_SIDE
#error "skep: <skep/bpf/...> is for BPF programs; user space includes <skep/...>"
#endif
#define SKEP_BPF_SIDE 1

#ifdef SKEP_WINDOWS
#include <skep/bpf/portable/windows.h>
#else
#ifndef __VMLINUX_H__
#include <linux/bpf.h>
#include <stdbool.h>
#endif
#include <bpf/bpf_helpers.h>
#endif
#include <skep/types.h>

/** The program's licence, which decides what helpers it may call: `SKEP_LICENSE("GPL");` */
#define SKEP_LICENSE(text) char _license[] SEC("license") = text

#define SKEP_INLINE_ static __always_inline

#ifdef SKEP_TESTING
#include <skep/bpf/testing.h>
#endif

#endif
