/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A network of the case's own. */
#ifndef SKEP_TESTS_KERNEL_NET_H
#define SKEP_TESTS_KERNEL_NET_H

#include <stdbool.h>

/* Moves this process into a new network namespace, which has nothing but a loopback. */
void net_enter(void);

/* Makes two interfaces that are each other's cable, and sets them up. Skips without veth. */
void net_make_veth(const char *a, const char *b);

/* The same of netkit; false where this kernel has none. */
bool net_make_netkit(const char *primary, const char *peer);

void net_set_up(const char *interface);
void net_set_mtu(const char *interface, int mtu);
void net_remove(const char *interface);

/* Puts the qdisc there that has only filters for what comes in. */
void net_make_ingress(const char *interface);

/* Sends packets of one byte to port 9, where nobody need be. */
void net_send_udp(const char *address, int packets);

/* Sends frames of protocol 0x88b5 out of an interface. */
void net_send(const char *interface, int frames);

#endif
