/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_SECURITY_H
#define SKEP_BPF_SECURITY_H
/**
 * @file bpf/security.h
 * All that tools of security use: who does what to which file, and whether it may.
 *
 * | header | what is in it |
 * |---|---|
 * | bpf/path.h | the path of a file, a task's program, its folder |
 * | bpf/file.h | which file it is, and what folder it is below |
 * | bpf/cred.h | users, groups, capabilities, and what changed |
 * | bpf/namespace.h, bpf/cgroup.h | in which namespaces and cgroups |
 * | bpf/ancestry.h | the processes above |
 * | bpf/exec.h | what was started, by which words |
 * | bpf/lsm.h, bpf/signal.h | refuse, or end who asked |
 * | bpf/syscall.h, bpf/io_uring.h | what probes on the entry of system calls do not see |
 */
#include <skep/bpf/ancestry.h>
#include <skep/bpf/cgroup.h>
#include <skep/bpf/cred.h>
#include <skep/bpf/exec.h>
#include <skep/bpf/file.h>
#include <skep/bpf/io_uring.h>
#include <skep/bpf/lsm.h>
#include <skep/bpf/namespace.h>
#include <skep/bpf/path.h>
#include <skep/bpf/signal.h>
#include <skep/bpf/syscall.h>

#endif
