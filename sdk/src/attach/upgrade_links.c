/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The links of an object that runs, moved to the programs of the next one: all, or none. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "attach.h"
#include "base/fail.h"
#include "base/logging.h"
#include "object/object.h"
#include "struct_ops.h"
#include "upgrade.h"

static struct skep_program *loaded(const struct skep_object *object, const char *name)
{
	struct skep_program *program = skep_object_program(object, name);

	return program && skep_program_fd(program) >= 0 ? program : NULL;
}

static int add_callers(struct skep_upgrade *upgrade, const struct skep_upgrade_link *link)
{
	struct skep_upgrade_turn *turn = &upgrade->turns[upgrade->turn_count];

	if (!link->link || !link->program)
		return skep_fail(EINVAL, "a link to upgrade needs a link and a program's name");
	*turn = (struct skep_upgrade_turn){
		.name = link->program,
		.fate = SKEP_UPGRADE_UPDATED,
		.from = loaded(upgrade->running, link->program),
		.to = loaded(upgrade->next, link->program),
		.link = link->link,
		.is_callers = true,
	};
	if (!turn->from || !turn->to)
		return skep_fail_hint(
			skep_fail(ENOENT, "object '%s' has no program '%s' that is loaded",
				  skep_object_name(turn->from ? upgrade->next : upgrade->running),
				  link->program),
			"the link's program must be in both objects, by one name");
	upgrade->turn_count++;
	return 0;
}

static bool is_listed(const struct skep_upgrade *upgrade, const char *name)
{
	for (size_t i = 0; i < upgrade->turn_count; i++)
		if (strcmp(upgrade->turns[i].name, name) == 0)
			return true;
	return false;
}

/* The old object has it, and did not attach it; where it was refused, it may be taken now. */
static bool was_left_alone(const struct skep_object *old, const char *name)
{
	const struct skep_program *program = loaded(old, name);

	return program && !skep_program_refusal(program);
}

int skep_upgrade_list(struct skep_upgrade *upgrade, const struct skep_upgrade_link *links,
		      size_t count)
{
	struct skep_object *old = upgrade->running, *next = upgrade->next;
	int err = 0;

	upgrade->turns = calloc(count + old->program_count + next->program_count + 1,
				sizeof(*upgrade->turns));
	if (!upgrade->turns)
		return skep_fail(ENOMEM, "no memory for an upgrade");
	for (size_t i = 0; i < count && !err; i++)
		err = add_callers(upgrade, &links[i]);
	for (size_t i = 0; i < old->program_count && !err; i++)
		if (old->programs[i].link) {
			const char *name = skep_program_name(&old->programs[i]);
			struct skep_program *to = loaded(next, name);

			upgrade->turns[upgrade->turn_count++] = (struct skep_upgrade_turn){
				.name = name,
				.fate = to ? SKEP_UPGRADE_UPDATED : SKEP_UPGRADE_GONE,
				.from = &old->programs[i],
				.to = to,
				.link = old->programs[i].link,
			};
		}
	for (size_t i = 0; i < next->program_count && !err; i++) {
		struct skep_program *to = &next->programs[i];
		const char *name = skep_program_name(to);

		if (skep_program_fd(to) < 0 || is_listed(upgrade, name) || !old->attached ||
		    !bpf_program__autoattach(to->prog) || was_left_alone(old, name))
			continue;
		upgrade->turns[upgrade->turn_count++] = (struct skep_upgrade_turn){
			.name = name,
			.fate = SKEP_UPGRADE_NEW,
			.to = to,
		};
	}
	return err;
}

static int take_turn(struct skep_upgrade_turn *turn)
{
	int err;

	if (turn->fate == SKEP_UPGRADE_GONE)
		return 0;
	if (turn->fate == SKEP_UPGRADE_UPDATED) {
		err = skep_link_update(turn->link, turn->to, NULL);
		if (err != -EOPNOTSUPP || turn->is_callers)
			return err;
		turn->fate = SKEP_UPGRADE_REPLACED;
	}
	err = skep_attach_unless_refused(&turn->made, turn->to);
	if (skep_program_refusal(turn->to) && !err)
		turn->fate = SKEP_UPGRADE_REFUSED;
	if (err || turn->made || turn->fate != SKEP_UPGRADE_REPLACED)
		return err;
	return skep_fail(EOPNOTSUPP, "the link of program '%s' cannot be moved to the new one",
			 turn->name);
}

static void put_back(struct skep_upgrade *upgrade)
{
	SKEP_KEEP_ERROR;

	for (size_t i = 0; i < upgrade->turn_count && upgrade->turns[i].done; i++) {
		struct skep_upgrade_turn *turn = &upgrade->turns[i];

		if (turn->fate == SKEP_UPGRADE_UPDATED &&
		    skep_link_update(turn->link, turn->from, NULL))
			skep_log_lines(SKEP_LOG_WARN, "upgrade: a program could not be put back");
		skep_link_free(turn->made);
	}
}

/* Nothing can fail from here on. */
static void hand_over(struct skep_upgrade_turn *turn)
{
	if (turn->is_callers)
		return;
	if (turn->from)
		turn->from->link = NULL;
	if (turn->fate == SKEP_UPGRADE_UPDATED) {
		turn->to->link = turn->link;
		return;
	}
	if (turn->to)
		turn->to->link = turn->made;
	skep_link_free(turn->link);
}

/* Registered by name, so that the new one cannot be there before the old one has gone. */
static int move_struct_ops(struct skep_upgrade *upgrade)
{
	int err;

	if (!upgrade->running->attached)
		return 0;
	skep_object_detach_struct_ops(upgrade->running);
	err = skep_object_attach_struct_ops(upgrade->next);
	if (err) {
		SKEP_KEEP_ERROR;

		skep_object_detach_struct_ops(upgrade->next);
		if (skep_object_attach_struct_ops(upgrade->running))
			skep_log_lines(SKEP_LOG_WARN, "upgrade: struct_ops could not be put back");
	}
	return err;
}

int skep_upgrade_links(struct skep_upgrade *upgrade)
{
	int err = 0;

	for (size_t i = 0; i < upgrade->turn_count && !err; i++) {
		err = take_turn(&upgrade->turns[i]);
		upgrade->turns[i].done = !err;
	}
	if (!err)
		err = move_struct_ops(upgrade);
	if (err) {
		put_back(upgrade);
		return err;
	}
	for (size_t i = 0; i < upgrade->turn_count; i++)
		hand_over(&upgrade->turns[i]);
	upgrade->next->attached = upgrade->running->attached;
	upgrade->running->attached = false;
	return 0;
}
