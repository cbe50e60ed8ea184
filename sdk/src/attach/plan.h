/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What a plan is made of. Public side: <skep/plan.h>. */
#ifndef SKEP_ATTACH_PLAN_H
#define SKEP_ATTACH_PLAN_H

#include <skep/kernel.h>
#include <skep/plan.h>

struct skep_plan_hook;

/* --- plan_kinds.c: what sections there are, and what a plan can do with them --- */

struct skep_plan_kind {
	const char *section; /* up to the slash, without ".s" */
	enum skep_ability ability;
	bool enforces; /* its result is the kernel's decision */
	/* What the hook must say, where the section does not: "interface"; NULL: nothing. */
	const char *needs;
	/* 0, or -errno with words: it is not there, to be attached to. NULL: attaching tells. */
	int (*look)(const struct skep_plan_hook *hook);
	int (*attach)(struct skep_link **out, const struct skep_plan_hook *hook);
	/* Before load, where the target is chosen then; NULL: it is not. */
	int (*aim)(const struct skep_plan_hook *hook);
};

/* NULL: none that a plan can have. */
const struct skep_plan_kind *skep_plan_kind_of(const char *section);

/* -EINVAL in words that name the nearest, for what no plan could ever take. */
int skep_plan_check_way(const char *way);

/* --- plan.c --- */

enum skep_plan_state {
	PLAN_NEW,
	PLAN_DECIDED,
	PLAN_ATTACHED,
};

enum skep_plan_choice {
	CHOICE_OPEN,     /* nothing was decided */
	CHOICE_NO,       /* this kernel cannot, or it is forbidden: `why` */
	CHOICE_SPARE,    /* could be; it is loaded, in case that the chosen one is refused */
	CHOICE_TAKEN,    /* to be attached */
	CHOICE_REFUSED,  /* the kernel refused to attach it: `why` */
	CHOICE_ATTACHED, /* `link` */
	CHOICE_UNNEEDED, /* another one is attached */
};

struct skep_plan_hook {
	struct skep_plan *plan;
	const struct skep_plan_group *group;
	struct skep_program *program;
	const struct skep_plan_kind *kind;
	const char *rest; /* of the section, behind the slash; NULL */
	char *function, *syscall, *tracepoint, *binary, *symbol, *interface, *cgroup, *netns;
	int pid;
	enum skep_traffic traffic;
	enum skep_plan_choice choice;
	int code; /* negative errno, with `why` */
	char why[384];
	struct skep_link *link;
	struct skep_plan_hook *next; /* in its group */
};

struct skep_plan_group {
	char *intent;
	enum skep_plan_take take;
	bool optional, fallback, enforces;
	struct skep_plan_hook *hooks;
	struct skep_plan_group *next;
};

struct skep_plan {
	struct skep_object *object;
	enum skep_plan_state state;
	struct skep_plan_group *groups;
	char **forbidden;
	size_t forbidden_count;
	char *text;
};

bool skep_plan_forbids(const struct skep_plan *plan, const char *way);

/* What was said last becomes the reason of the choice. */
void skep_plan_note(struct skep_plan_hook *hook, enum skep_plan_choice choice, int code);

/* Fails with the reasons of all programs of a group in one line; `code` as the first of them. */
int skep_plan_refuse(const struct skep_plan_group *group);

/* A NULL plan is EINVAL, in words. */
int skep_plan_need(const struct skep_plan *plan);

/* Whether enough of a group is taken or attached. */
bool skep_plan_suffices(const struct skep_plan_group *group, enum skep_plan_choice choice);

/* Detaches a whole group. */
void skep_plan_detach(struct skep_plan_group *group);

#endif
