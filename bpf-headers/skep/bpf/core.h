/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_CORE_H
#define SKEP_BPF_CORE_H
/**
 * @file bpf/core.h
 * The usual start of a BPF program: maps, rings, the current task, the time, and how programs are declared.
 */
#include <skep/bpf/base.h>
#include <skep/bpf/map.h>
#include <skep/bpf/ring.h>
#include <skep/bpf/rings.h>
#include <skep/bpf/task.h>
#include <skep/bpf/trace.h>

#endif
