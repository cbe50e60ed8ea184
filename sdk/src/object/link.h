/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Ownership of one attachment. Links are made in attach/, and freed by whoever has them. */
#ifndef SKEP_OBJECT_LINK_H
#define SKEP_OBJECT_LINK_H

struct bpf_link;
struct skep_link;

/* Takes over libbpf's link, or a link's file descriptor: they are closed on failure too. */
int skep_link_from_libbpf(struct skep_link **out, struct bpf_link *link);
int skep_link_from_fd(struct skep_link **out, int fd);

#endif
