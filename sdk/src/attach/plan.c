/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What a plan is to do: groups of programs, and what is forbidden. */
#include "plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <skep/attach.h>
#include <skep/object.h>

#include "base/fail.h"
#include "base/opts.h"
#include "base/text.h"
#include "object/object.h"

static int no_memory(void)
{
	return skep_fail(ENOMEM, "no memory for a plan");
}

int skep_plan_need(const struct skep_plan *plan)
{
	return plan ? 0
		    : skep_fail_hint(skep_fail(EINVAL, "there is no plan"),
				     "look at what skep_plan_new() returned");
}

static int need_open(const struct skep_plan *plan)
{
	int err = skep_plan_need(plan);

	if (err)
		return err;
	return plan->state == PLAN_NEW
		       ? 0
		       : skep_fail(EBUSY, "the plan of object '%s' is decided already",
				   skep_object_name(plan->object));
}

int skep_plan_new(struct skep_plan **out, struct skep_object *object)
{
	struct skep_plan *plan;

	if (!object)
		return skep_fail_hint(skep_fail(EINVAL, "there is no object to plan for"),
				      "look at what skep_object_open() returned");
	if (object->state != OBJECT_OPEN)
		return skep_fail_hint(
			skep_fail(EBUSY, "object '%s' is loaded already", skep_object_name(object)),
			"plan between open and load");
	plan = calloc(1, sizeof(*plan));
	if (!plan)
		return no_memory();
	plan->object = object;
	*out = plan;
	return 0;
}

static struct skep_plan_group *find_group(const struct skep_plan *plan, const char *intent)
{
	struct skep_plan_group *group = plan && intent ? plan->groups : NULL;

	while (group && strcmp(group->intent, intent) != 0)
		group = group->next;
	return group;
}

int skep_plan_group(struct skep_plan *plan, const char *intent,
		    const struct skep_plan_group_opts *opts)
{
	enum skep_plan_take take = SKEP_OPT(opts, take);
	struct skep_plan_group *group, **end;
	int err = SKEP_OPTS_CHECK(opts);

	if (!err)
		err = need_open(plan);
	if (err)
		return err;
	if (!intent || !*intent)
		return skep_fail(EINVAL, "a group of a plan needs an intent, in words");
	if ((unsigned int)take > SKEP_PLAN_BEST_EFFORT)
		return skep_fail(EINVAL, "%d is not an enum skep_plan_take", take);
	if (find_group(plan, intent))
		return skep_fail(EEXIST, "the plan has a group '%s' already", intent);
	group = calloc(1, sizeof(*group));
	if (!group || !(group->intent = strdup(intent))) {
		free(group);
		return no_memory();
	}
	group->take = take;
	group->optional = SKEP_OPT(opts, optional);
	group->fallback = SKEP_OPT(opts, fallback);
	group->enforces = SKEP_OPT(opts, enforces);
	for (end = &plan->groups; *end; end = &(*end)->next)
		;
	*end = group;
	return 0;
}

static void free_hook(struct skep_plan_hook *hook)
{
	skep_link_free(hook->link);
	free(hook->function);
	free(hook->syscall);
	free(hook->tracepoint);
	free(hook->binary);
	free(hook->symbol);
	free(hook->interface);
	free(hook->cgroup);
	free(hook->netns);
	free(hook);
}

/* Copies a text of the options; false when there is no memory. */
static bool copy(char **to, const char *from)
{
	return !from || (*to = strdup(from));
}

static struct skep_plan_hook *make_hook(const struct skep_plan_hook_opts *opts)
{
	struct skep_plan_hook *hook = calloc(1, sizeof(*hook));

	if (!hook)
		return NULL;
	hook->pid = SKEP_OPT(opts, pid);
	hook->traffic = SKEP_OPT(opts, traffic);
	if (copy(&hook->function, SKEP_OPT(opts, function)) &&
	    copy(&hook->syscall, SKEP_OPT(opts, syscall)) &&
	    copy(&hook->tracepoint, SKEP_OPT(opts, tracepoint)) &&
	    copy(&hook->binary, SKEP_OPT(opts, binary)) &&
	    copy(&hook->symbol, SKEP_OPT(opts, symbol)) &&
	    copy(&hook->interface, SKEP_OPT(opts, interface)) &&
	    copy(&hook->cgroup, SKEP_OPT(opts, cgroup)) &&
	    copy(&hook->netns, SKEP_OPT(opts, netns)))
		return hook;
	free_hook(hook);
	return NULL;
}

/* Whether the section or the options say where to. */
static bool says_where(const struct skep_plan_hook *hook)
{
	const char *needs = hook->kind->needs;

	if (!needs)
		return true;
	if (strcmp(needs, "interface") == 0)
		return hook->interface;
	if (strcmp(needs, "cgroup") == 0)
		return hook->cgroup;
	return hook->rest || (hook->function && strcmp(needs, "function") == 0) ||
	       (hook->syscall && strcmp(needs, "syscall") == 0) ||
	       (hook->tracepoint && strcmp(needs, "tracepoint") == 0) ||
	       (hook->binary && strcmp(needs, "binary") == 0);
}

static int check(const struct skep_plan_hook *hook, const struct skep_plan_group *group)
{
	const char *name = skep_program_name(hook->program);
	const char *section = skep_program_section(hook->program);

	if (!hook->kind)
		return skep_fail_hint(skep_fail(EOPNOTSUPP, "a plan cannot have program '%s' (%s)",
						name, section),
				      "attach it by its own helper: see attach.h");
	if (group->enforces && !hook->kind->enforces)
		return skep_fail_hint(
			skep_fail(EPROTOTYPE,
				  "program '%s' (%s) only watches, and '%s' is to be enforced",
				  name, section, group->intent),
			"use a hook that can refuse, as lsm or fmod_ret");
	if (!says_where(hook))
		return skep_fail_hint(skep_fail(EDESTADDRREQ,
						"program '%s' (%s): its section does not say where "
						"to",
						name, section),
				      "give .%s in skep_plan_hook_opts", hook->kind->needs);
	return 0;
}

static int find_program(const struct skep_plan *plan, const char *name, struct skep_program **found)
{
	struct skep_text names = { 0 };
	struct skep_program *program = NULL;
	int err;

	*found = name ? skep_object_program(plan->object, name) : NULL;
	if (*found)
		return 0;
	err = skep_fail(ENOENT, "object '%s' has no program '%s'", skep_object_name(plan->object),
			name ? name : "");
	while ((program = skep_object_next_program(plan->object, program)))
		skep_text_add_name(&names, skep_program_name(program));
	return skep_fail_hint(err, "it has: %s", names.buf);
}

static bool is_planned(const struct skep_plan *plan, const struct skep_program *program)
{
	for (const struct skep_plan_group *g = plan->groups; g; g = g->next)
		for (const struct skep_plan_hook *h = g->hooks; h; h = h->next)
			if (h->program == program)
				return true;
	return false;
}

int skep_plan_add(struct skep_plan *plan, const char *program,
		  const struct skep_plan_hook_opts *opts)
{
	struct skep_plan_group *group = plan ? plan->groups : NULL;
	struct skep_plan_hook *hook, **end;
	struct skep_program *found;
	const char *slash;
	int err = SKEP_OPTS_CHECK(opts);

	if (!err)
		err = need_open(plan);
	if (!err && !group)
		err = skep_fail_hint(skep_fail(EINVAL, "the plan has no group yet"),
				     "begin one with skep_plan_group()");
	if (!err)
		err = find_program(plan, program, &found);
	if (!err && is_planned(plan, found))
		err = skep_fail(EEXIST, "program '%s' is in the plan already", program);
	if (err)
		return err;
	while (group->next)
		group = group->next;
	hook = make_hook(opts);
	if (!hook)
		return no_memory();
	slash = strchr(skep_program_section(found), '/');
	hook->plan = plan;
	hook->group = group;
	hook->program = found;
	hook->kind = skep_plan_kind_of(skep_program_section(found));
	hook->rest = slash ? slash + 1 : NULL;
	err = check(hook, group);
	if (err) {
		free_hook(hook);
		return err;
	}
	for (end = &group->hooks; *end; end = &(*end)->next)
		;
	*end = hook;
	return 0;
}

int skep_plan_forbid(struct skep_plan *plan, const char *way)
{
	char **grown;
	int err = need_open(plan);

	if (err)
		return err;
	if (!way || !*way)
		return skep_fail(EINVAL, "which way is forbidden?");
	err = skep_plan_check_way(way);
	if (err)
		return err;
	grown = reallocarray(plan->forbidden, plan->forbidden_count + 1, sizeof(*grown));
	if (!grown)
		return no_memory();
	plan->forbidden = grown;
	grown[plan->forbidden_count] = strdup(way);
	if (!grown[plan->forbidden_count])
		return no_memory();
	plan->forbidden_count++;
	return 0;
}

bool skep_plan_forbids(const struct skep_plan *plan, const char *way)
{
	for (size_t i = 0; i < plan->forbidden_count; i++)
		if (strcmp(plan->forbidden[i], way) == 0)
			return true;
	return false;
}

const char *skep_plan_way(const struct skep_plan *plan, const char *intent)
{
	const struct skep_plan_group *group = find_group(plan, intent);

	for (const struct skep_plan_hook *h = group ? group->hooks : NULL; h; h = h->next)
		if (h->link)
			return skep_link_way(h->link);
	return NULL;
}

struct skep_link *skep_plan_link(const struct skep_plan *plan, const char *program)
{
	for (const struct skep_plan_group *g = plan && program ? plan->groups : NULL; g;
	     g = g->next)
		for (const struct skep_plan_hook *h = g->hooks; h; h = h->next)
			if (strcmp(skep_program_name(h->program), program) == 0)
				return h->link;
	return NULL;
}

void skep_plan_free(struct skep_plan *plan)
{
	SKEP_KEEP_ERROR;

	while (plan && plan->groups) {
		struct skep_plan_group *group = plan->groups;

		plan->groups = group->next;
		while (group->hooks) {
			struct skep_plan_hook *hook = group->hooks;

			group->hooks = hook->next;
			free_hook(hook);
		}
		free(group->intent);
		free(group);
	}
	if (!plan)
		return;
	for (size_t i = 0; i < plan->forbidden_count; i++)
		free(plan->forbidden[i]);
	free(plan->forbidden);
	free(plan->text);
	free(plan);
}
