/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The object of test_bpf_net*.c: loaded once, kept until the process ends. */
#ifndef SKEP_TESTS_KERNEL_BPF_NET_APP_H
#define SKEP_TESTS_KERNEL_BPF_NET_APP_H

#include "app.h"
#include "bpf_net.skep.h"
#include "packet_reference.h"

#define PACKET_ROOM 65536

/* For TEST_WITH(): loads it when it is not loaded yet. Skips the case for others than root. */
void bpf_net_start(void **state);

/* What its programs are asked and what they found: their global data. */
struct bpf_net_bss *bpf_net_vars(void);
struct bpf_net *bpf_net_opened(void);

/* Runs a program on a packet of up to PACKET_ROOM bytes, which it may change: how long it is then. */
size_t bpf_net_run(const char *program, unsigned char *packet, size_t bytes);

/* The same, of a packet that is to stay as it is; false when it is too short for this kernel's tc. */
bool bpf_net_read(const char *program, const unsigned char *packet, size_t bytes);

/* Fails the case, and shows the packet. */
void bpf_net_fail(const unsigned char *packet, size_t bytes, const char *why);

#endif
