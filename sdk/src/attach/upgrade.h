/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What an upgrade is doing. Public side: <skep/upgrade.h>. */
#ifndef SKEP_ATTACH_UPGRADE_H
#define SKEP_ATTACH_UPGRADE_H

#include <skep/upgrade.h>

/* One program of the old or the new object, or a link of the caller's. */
struct skep_upgrade_turn {
	const char *name;
	enum skep_upgrade_fate fate;
	struct skep_program *from, *to; /* or NULL: new, gone */
	struct skep_link *link;         /* the old one, which is updated or taken off */
	struct skep_link *made;         /* instead of it */
	bool is_callers;                /* the link stays the caller's */
	bool done;
};

struct skep_upgrade {
	struct skep_object *running, *next;
	enum skep_upgrade_fate *maps; /* of each map of `next` */
	struct skep_upgrade_turn *turns;
	size_t turn_count;
};

/* upgrade_maps.c: before load, which maps the new object takes over. -errno in words. */
int skep_upgrade_maps(struct skep_upgrade *upgrade, bool fresh_variables);

/* upgrade_links.c: after load; -errno in words, and then nothing has changed. */
int skep_upgrade_list(struct skep_upgrade *upgrade, const struct skep_upgrade_link *links,
		      size_t count);
int skep_upgrade_links(struct skep_upgrade *upgrade);

#endif
