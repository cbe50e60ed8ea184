/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * <skep/bpf/testing.h> for this machine: nothing. Time and random numbers are those of skep_host_set_time()
 * and skep_host_set_random(), with and without SKEP_TESTING.
 */
#ifndef SKEP_BPF_TESTING_H
#define SKEP_BPF_TESTING_H
#endif
