/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A plan, printed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <skep/object.h>

#include "object/object.h"
#include "plan.h"

static const char *take_name(const struct skep_plan_group *group)
{
	static const char *const names[] = {
		[SKEP_PLAN_ONE_OF] = "one of",
		[SKEP_PLAN_ALL_OF] = "all of",
		[SKEP_PLAN_BEST_EFFORT] = "as many as work of",
	};

	return names[group->take];
}

static const char *where(const struct skep_plan_hook *hook)
{
	const char *const said[] = { hook->function, hook->syscall,   hook->tracepoint,
				     hook->binary,   hook->interface, hook->cgroup };

	for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++)
		if (said[i])
			return said[i];
	return NULL;
}

static void print_hook(FILE *to, const struct skep_plan_hook *hook)
{
	const char *at = where(hook);

	fprintf(to, "  %-20s %s%s%s: ", skep_program_name(hook->program),
		skep_program_section(hook->program), at ? " on " : "", at ? at : "");
	switch (hook->choice) {
	case CHOICE_OPEN:
		fputs("not decided yet\n", to);
		break;
	case CHOICE_NO:
		fprintf(to, "no: %s\n", hook->why);
		break;
	case CHOICE_SPARE:
		fputs("possible, in case that the chosen one is refused\n", to);
		break;
	case CHOICE_TAKEN:
		fputs("chosen\n", to);
		break;
	case CHOICE_REFUSED:
		fprintf(to, "refused: %s\n", hook->why);
		break;
	case CHOICE_ATTACHED:
		fprintf(to, "attached by %s\n", skep_link_way(hook->link));
		break;
	case CHOICE_UNNEEDED:
		fputs("not needed\n", to);
		break;
	}
}

const char *skep_plan_text(struct skep_plan *plan)
{
	size_t size = 0;
	char *text = NULL;
	FILE *to = plan ? open_memstream(&text, &size) : NULL;

	if (!to)
		return "";
	for (const struct skep_plan_group *g = plan->groups; g; g = g->next) {
		fprintf(to, "%s (%s, %s%s)\n", g->intent, take_name(g),
			g->optional ? "optional" : "required", g->enforces ? ", enforced" : "");
		for (const struct skep_plan_hook *h = g->hooks; h; h = h->next)
			print_hook(to, h);
	}
	if (fclose(to)) {
		free(text);
		return "";
	}
	free(plan->text);
	plan->text = text;
	return text;
}
