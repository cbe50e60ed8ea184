/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A network of the case's own. */
#ifndef SKEP_TESTS_KERNEL_NET_H
#define SKEP_TESTS_KERNEL_NET_H

/* Moves this process into a new network namespace, which has nothing but a loopback. */
void net_enter(void);

/* Makes two interfaces that are each other's cable, and sets them up. Skips without veth. */
void net_make_veth(const char *a, const char *b);

/* Sends frames of protocol 0x88b5 out of an interface. */
void net_send(const char *interface, int frames);

#endif
