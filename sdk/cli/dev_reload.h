/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* `skep dev`: a new object in the place of the one that runs. */
#ifndef SKEP_CLI_DEV_RELOAD_H
#define SKEP_CLI_DEV_RELOAD_H

#include "session.h"

#define DEV_LINKS_MOST 32

/* A program that only a helper could attach: --interface says where. */
struct dev_link {
	struct skep_link *link;
	char program[128];
};

struct dev_running {
	struct session *session; /* its object is the one that runs, or NULL */
	struct dev_link links[DEV_LINKS_MOST];
	size_t link_count;
	char summary[1024]; /* of the last change that worked, in words */
};

/*
 * Opens the session's path, and puts that in the place of what runs: with the maps as they are, or
 * afresh where they have changed too much. EXIT_OK; EXIT_FAILED after saying why, with the old one
 * running on; or EXIT_USAGE, where the options do not fit the object.
 */
int dev_reload(struct dev_running *running);

/* Whether any program of it is at its hook. */
bool dev_is_attached(const struct dev_running *running);

/* Off all hooks. */
void dev_detach(struct dev_running *running);

#endif
