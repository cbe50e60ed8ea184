/* SPDX-License-Identifier: 0BSD */
/* What both sides share: where connections are meant to go, and where they go. */
#ifndef REDIRECT_H
#define REDIRECT_H

#include <skep/types.h>

/* As on the wire. */
struct place {
	__be32 address;
	__be16 port;
	__u16 unused; /* keys have no holes */
};

struct redirection {
	struct place to;
	__u64 connections; /* that were changed */
};

#endif
