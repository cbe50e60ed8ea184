/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Network interfaces as callers name them, and network namespaces to look for them in. */
#ifndef SKEP_ATTACH_INTERFACE_H
#define SKEP_ATTACH_INTERFACE_H

#include <net/if.h>
#include <stdbool.h>

struct skep_interface {
	unsigned int index;
	char name[IF_NAMESIZE];
};

/* A name, or an index in decimal. -ENODEV in words that name the nearest and those there are. */
int skep_interface_find(const char *interface, struct skep_interface *out);

/* -ENODEV in words, for one that went away meanwhile. */
int skep_interface_gone(const char *interface);

/*
 * Opens a network namespace: a path, a name as of `ip netns`, or NULL for this thread's own.
 * The fd, or -errno in words.
 */
int skep_netns_open(const char *netns);

/*
 * Runs `run` in the namespace, or simply here where neither is given (NULL, 0). Another namespace
 * is entered by a thread of its own, so that the caller's is never left in the wrong one; what
 * that thread fails with becomes the caller's failure. Links and sockets made there stay valid.
 */
int skep_netns_run(const char *netns, int netns_fd, int (*run)(void *ctx), void *ctx);

#endif
