/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Two network namespaces of the test's own, joined by a veth: `tx0` in one, which sends, `rx0` in
 * the other, where the process is afterwards and what it starts. Nothing else speaks there: neighbours
 * are set, and IPv6 does not look for others. It goes away with the process.
 */
#ifndef SKEP_TESTS_EXAMPLES_NETWORK_H
#define SKEP_TESTS_EXAMPLES_NETWORK_H

#include <stdint.h>
#include <sys/types.h>

#define TX4 "10.99.0.1"
#define RX4 "10.99.0.2"
#define TX6 "fd99::1"
#define RX6 "fd99::2"

/* Skips the case where it cannot be made. */
void network_make(void);

/* The process, and what it opens from now on, is on that side. */
void network_enter_tx(void);
void network_enter_rx(void);

/* So many datagrams of `bytes` payload; `family` AF_INET or AF_INET6. */
void network_send_udp(int family, unsigned int count, size_t bytes);

/* So many echo requests of `bytes` payload, as raw packets. */
void network_send_icmp(int family, unsigned int count, size_t bytes);

/* So many bytes over one connection, from tx to rx. */
void network_send_tcp(int family, size_t bytes);

/* A frame as it is, from the Ethernet header on. */
void network_send_frame(const void *frame, size_t bytes);

/* Packets and bytes that tx0 has sent by its own count. */
void network_tx_count(uint64_t *packets, uint64_t *bytes);

#endif
