/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* After load: every required group, or nothing. */
#include <errno.h>

#include <bpf/libbpf.h>
#include <skep/object.h>

#include "base/fail.h"
#include "object/object.h"
#include "plan.h"

static void attach_one(struct skep_plan_hook *hook)
{
	struct skep_link *link = NULL;
	int err = hook->kind->attach(&link, hook);

	if (!err && skep_plan_forbids(hook->plan, skep_link_way(link))) {
		err = skep_fail(EPERM, "the way that is left, %s, is forbidden for this plan",
				skep_link_way(link));
		skep_link_free(link);
	}
	if (err) {
		skep_plan_note(hook, CHOICE_REFUSED, err);
		return;
	}
	hook->link = link;
	hook->choice = CHOICE_ATTACHED;
}

void skep_plan_detach(struct skep_plan_group *group)
{
	for (struct skep_plan_hook *h = group->hooks; h; h = h->next) {
		skep_link_free(h->link);
		h->link = NULL;
		if (h->choice == CHOICE_ATTACHED)
			h->choice = CHOICE_TAKEN;
	}
}

/* Of alternatives the next one is taken where the kernel refuses after all. */
static void attach_group(struct skep_plan_group *group)
{
	for (struct skep_plan_hook *h = group->hooks; h; h = h->next) {
		if (h->choice != CHOICE_TAKEN && h->choice != CHOICE_SPARE)
			continue;
		if (group->take == SKEP_PLAN_ONE_OF && skep_plan_suffices(group, CHOICE_ATTACHED))
			h->choice = CHOICE_UNNEEDED;
		else
			attach_one(h);
	}
	if (skep_plan_suffices(group, CHOICE_ATTACHED))
		return;
	skep_plan_detach(group);
}

static void unload_spares(struct skep_plan *plan)
{
	for (struct skep_plan_group *g = plan->groups; g; g = g->next)
		for (struct skep_plan_hook *h = g->hooks; h; h = h->next)
			if (h->choice == CHOICE_UNNEEDED || h->choice == CHOICE_REFUSED)
				bpf_program__unload(h->program->prog);
}

int skep_plan_attach(struct skep_plan *plan)
{
	int err = skep_plan_need(plan);

	if (err)
		return err;
	if (plan->state == PLAN_NEW)
		return skep_fail_hint(skep_fail(EINVAL, "the plan is not decided"),
				      "call skep_plan_decide() before skep_object_load()");
	if (plan->state == PLAN_ATTACHED)
		return skep_fail(EALREADY, "the plan is attached already");
	err = skep_object_need_loaded(plan->object);
	if (err)
		return err;
	for (struct skep_plan_group *g = plan->groups; g && !err; g = g->next) {
		attach_group(g);
		if (!g->optional && !skep_plan_suffices(g, CHOICE_ATTACHED))
			err = skep_plan_refuse(g);
	}
	if (err) {
		SKEP_KEEP_ERROR;

		for (struct skep_plan_group *g = plan->groups; g; g = g->next)
			skep_plan_detach(g);
		return err;
	}
	unload_spares(plan);
	plan->state = PLAN_ATTACHED;
	return 0;
}
