/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Whose a program is: the processes that keep it, a pin, or what it hangs on. */
#include "top_owners.h"

#include <string.h>

static void add(struct top_owners *owners, const struct top_holder *holders, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct top_holder *h = &holders[i];
		size_t at = 0;

		if (!h->pid) {
			if (h->kind != TOP_MAP && !owners->pin)
				owners->pin = h->path;
			continue;
		}
		while (at < owners->count && owners->all[at].pid != h->pid)
			at++;
		if (at == TOP_OWNERS_MOST)
			continue;
		if (at == owners->count)
			owners->all[owners->count++] = (struct top_owner){ .pid = h->pid };
		owners->all[at].has[h->kind] = true;
	}
}

void top_find_owners(const struct top *top, const struct top_program *program,
		     struct top_owners *owners)
{
	const struct top_holder *holders;
	size_t count;

	owners->count = 0;
	owners->pin = NULL;
	for (size_t i = 0; i < program->hook_count; i++) {
		holders = top_holders(top, TOP_LINK, program->hooks[i].link, &count);
		if (program->hooks[i].link)
			add(owners, holders, count);
	}
	holders = top_holders(top, TOP_PROGRAM, program->id, &count);
	add(owners, holders, count);
	for (size_t i = 0; i < program->map_count; i++) {
		holders = top_holders(top, TOP_MAP, program->maps[i], &count);
		add(owners, holders, count);
	}
}

bool top_owns(const struct top *top, const struct top_program *program, pid_t pid)
{
	struct top_owners owners;

	top_find_owners(top, program, &owners);
	for (size_t i = 0; i < owners.count; i++)
		if (owners.all[i].pid == pid)
			return true;
	return false;
}

void top_say_owner(const struct top *top, struct top_program *program)
{
	const size_t room = sizeof(program->owner);
	struct top_owners owners;
	char comm[32];

	top_find_owners(top, program, &owners);
	/* A pin outlives those who only have its maps. */
	if (owners.pin &&
	    (!owners.count || !(owners.all[0].has[TOP_PROGRAM] || owners.all[0].has[TOP_LINK]))) {
		snprintf(program->owner, room, "pin %.58s", owners.pin);
	} else if (owners.count) {
		top_comm(owners.all[0].pid, comm);
		if (owners.count > 1)
			snprintf(program->owner, room, "%s(%d)+%zu", comm, (int)owners.all[0].pid,
				 owners.count - 1);
		else
			snprintf(program->owner, room, "%s(%d)", comm, (int)owners.all[0].pid);
	} else {
		snprintf(program->owner, room, "%s", program->hook_count ? "its hook" : "-");
	}
}
