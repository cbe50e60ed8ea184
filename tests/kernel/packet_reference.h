/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Packets made by number, and what is in one, read byte by byte. */
#ifndef SKEP_TESTS_KERNEL_PACKET_REFERENCE_H
#define SKEP_TESTS_KERNEL_PACKET_REFERENCE_H
#include <stddef.h>
#include <stdint.h>

#include "bpf_net.h"

#define PACKET_MOST   1024
#define PACKET_SHAPES 10

size_t packet_build(unsigned char *to, unsigned int shape);
size_t packet_mutate(unsigned char *packet, size_t bytes, uint64_t *seed);
void packet_reference(const unsigned char *packet, size_t bytes, struct net_result *to);

/* Sets the IPv4 checksum, and that of TCP or UDP, by a whole count. */
void packet_fill_sums(unsigned char *packet, size_t bytes);

#endif
