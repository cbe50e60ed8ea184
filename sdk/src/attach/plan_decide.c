/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Before load: what this kernel can do, and what is chosen of it. */
#include <errno.h>
#include <string.h>

#include <skep/object.h>

#include "base/fail.h"
#include "base/text.h"
#include "object/object.h"
#include "plan.h"

void skep_plan_note(struct skep_plan_hook *hook, enum skep_plan_choice choice, int code)
{
	const char *message = skep_error_last()->message;

	hook->choice = choice;
	hook->code = code;
	snprintf(hook->why, sizeof(hook->why), "%s", message ? message : strerror(-code));
}

static void say_no(struct skep_plan_hook *hook, int code, const char *why)
{
	hook->choice = CHOICE_NO;
	hook->code = -code;
	snprintf(hook->why, sizeof(hook->why), "%s", why);
}

/* What a group may fall back to makes up for what the program's own kind lacks. */
static bool has_lesser_way(const struct skep_plan_hook *hook)
{
	static const struct {
		enum skep_ability lacks, instead;
		const char *way;
	} ways[] = {
		{ SKEP_CAN_TCX, SKEP_CAN_TC, "clsact" },
		{ SKEP_CAN_KPROBE_MULTI, SKEP_CAN_KPROBE, "kprobe" },
		{ SKEP_CAN_UPROBE_MULTI, SKEP_CAN_UPROBE, "uprobe" },
	};

	for (size_t i = 0; hook->group->fallback && i < sizeof(ways) / sizeof(*ways); i++)
		if (ways[i].lacks == hook->kind->ability)
			return !skep_plan_forbids(hook->plan, ways[i].way) &&
			       skep_kernel_can(ways[i].instead) != SKEP_NO;
	return false;
}

/* CHOICE_NO with the reason, or CHOICE_SPARE: it could be. */
static void examine(struct skep_plan_hook *hook)
{
	const struct skep_finding *finding;
	int err = 0;

	if (skep_plan_forbids(hook->plan, hook->kind->section)) {
		say_no(hook, EPERM, "it is forbidden for this plan");
		return;
	}
	finding = skep_kernel_finding(hook->kind->ability);
	if (finding->answer == SKEP_NO && !has_lesser_way(hook)) {
		say_no(hook, finding->code == EPERM ? EPERM : EOPNOTSUPP, finding->why);
		return;
	}
	if (hook->kind->look)
		err = hook->kind->look(hook);
	if (!err && hook->kind->aim)
		err = hook->kind->aim(hook);
	if (err)
		skep_plan_note(hook, CHOICE_NO, err);
	else
		hook->choice = CHOICE_SPARE;
}

bool skep_plan_suffices(const struct skep_plan_group *group, enum skep_plan_choice choice)
{
	size_t count = 0, all = 0;

	for (const struct skep_plan_hook *h = group->hooks; h; h = h->next) {
		all++;
		count += h->choice == choice;
	}
	return group->take == SKEP_PLAN_ALL_OF ? count == all : count > 0;
}

int skep_plan_refuse(const struct skep_plan_group *group)
{
	struct skep_text reasons = { 0 };
	int code = -EOPNOTSUPP;

	for (const struct skep_plan_hook *h = group->hooks; h; h = h->next)
		if (h->choice == CHOICE_NO || h->choice == CHOICE_REFUSED) {
			if (!reasons.used)
				code = h->code;
			skep_text_add(&reasons, "%s%s (%s): %s", reasons.used ? "; " : "",
				      skep_program_name(h->program),
				      skep_program_section(h->program), h->why);
		}
	return skep_fail(code, "there is no way for '%s': %s", group->intent,
			 reasons.used ? reasons.buf : "it has no programs");
}

/* Which of those that could be are taken. */
static void choose(struct skep_plan_group *group)
{
	bool possible = skep_plan_suffices(group, CHOICE_SPARE), taken = false;

	for (struct skep_plan_hook *h = group->hooks; h; h = h->next) {
		if (h->choice != CHOICE_SPARE)
			continue;
		if (!possible)
			h->choice = CHOICE_UNNEEDED;
		else if (group->take != SKEP_PLAN_ONE_OF || !taken)
			h->choice = CHOICE_TAKEN;
		taken = true;
	}
}

/* Those that cannot be would take the whole object down. */
static int enable(const struct skep_plan_group *group)
{
	for (const struct skep_plan_hook *h = group->hooks; h; h = h->next) {
		bool wanted = h->choice == CHOICE_TAKEN || h->choice == CHOICE_SPARE;
		int err = skep_program_enable(h->program, wanted);

		if (err)
			return err;
		/* The plan attaches it, and nobody else. */
		bpf_program__set_autoattach(h->program->prog, false);
	}
	return 0;
}

int skep_plan_decide(struct skep_plan *plan)
{
	int err = skep_plan_need(plan);

	if (err)
		return err;
	if (plan->state != PLAN_NEW)
		return skep_fail(EALREADY, "the plan of object '%s' is decided already",
				 skep_object_name(plan->object));
	for (struct skep_plan_group *g = plan->groups; g && !err; g = g->next) {
		for (struct skep_plan_hook *h = g->hooks; h; h = h->next)
			examine(h);
		choose(g);
		if (!g->optional && !skep_plan_suffices(g, CHOICE_TAKEN))
			err = skep_plan_refuse(g);
		else
			err = enable(g);
	}
	if (!err)
		plan->state = PLAN_DECIDED;
	return err;
}
