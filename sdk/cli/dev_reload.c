/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "dev_reload.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "explain_show.h"

static void say(struct dev_running *running, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void say(struct dev_running *running, const char *format, ...)
{
	size_t used = strlen(running->summary);
	va_list args;

	va_start(args, format);
	if (used)
		used += (size_t)snprintf(running->summary + used, sizeof(running->summary) - used,
					 ", ");
	if (used < sizeof(running->summary))
		vsnprintf(running->summary + used, sizeof(running->summary) - used, format, args);
	va_end(args);
}

/* What the verifier refused is explained; anything else is said. */
static int refused(const struct session *session)
{
	const struct show with = { .object = session->path, .no_costs = true };
	const struct skep_error *error = skep_error_last();
	struct skep_explanation *explanation = NULL;
	int err;

	if (!error->log || show_explain(&with, error->log, strlen(error->log), NULL, &explanation))
		return skep_perror(session->what);
	err = skep_explanation_count(explanation) ? show(session->what, &with, explanation)
						  : skep_perror(session->what);
	skep_explanation_free(explanation);
	fflush(stdout);
	return err ? err : EXIT_FAILED;
}

/* One program that is refused does not keep the others from being seen. */
static void let_any_be_missing(struct skep_object *object)
{
	struct skep_program *program = NULL;

	while ((program = skep_object_next_program(object, program)))
		if (skep_program_set_optional(program, true))
			return;
}

static void tell_refusals(const struct session *session)
{
	struct skep_program *program = NULL;
	const struct skep_error *refusal;

	while ((program = skep_object_next_program(session->object, program))) {
		refusal = skep_program_refusal(program);
		if (refusal)
			cli_fail(session->what, refusal->hint, "%s", refusal->message);
	}
}

static bool is_attached(const struct dev_running *running, const struct skep_program *program)
{
	for (size_t i = 0; i < running->link_count; i++)
		if (!strcmp(running->links[i].program, skep_program_name(program)))
			return true;
	return false;
}

/* Of a struct of functions, which is registered as a whole by skep_object_attach(). */
static bool is_member(const struct skep_program *program)
{
	return skep_program_fd(program) >= 0 &&
	       bpf_program__type(skep_program_libbpf(program)) == BPF_PROG_TYPE_STRUCT_OPS;
}

/* What --interface is for, and what no section attaches. */
static void attach_more(struct dev_running *running)
{
	const struct session *session = running->session;
	struct skep_program *program = NULL;

	while ((program = skep_object_next_program(session->object, program))) {
		struct dev_link *at = &running->links[running->link_count];

		if (skep_program_fd(program) < 0 || skep_program_link(program) ||
		    skep_program_refusal(program) || is_attached(running, program) ||
		    is_member(program))
			continue;
		if (!session_is_xdp(program) || !session->args.interface) {
			cli_fail(session->what,
				 session_is_xdp(program)
					 ? "--interface says where"
					 : "a test run, or a program that calls a helper of "
					   "skep/attach.h, is the way for it",
				 "program '%s' is not attached: its section '%s' does not say to "
				 "what",
				 skep_program_name(program), skep_program_section(program));
			continue;
		}
		if (running->link_count == DEV_LINKS_MOST)
			return;
		if (skep_attach_xdp(&at->link, program, session->args.interface, NULL)) {
			skep_perror(session->what);
			continue;
		}
		snprintf(at->program, sizeof(at->program), "%s", skep_program_name(program));
		running->link_count++;
	}
}

bool dev_is_attached(const struct dev_running *running)
{
	struct skep_program *program = NULL;

	while ((program = skep_object_next_program(running->session->object, program)))
		if (skep_program_link(program) || is_member(program))
			return true;
	return running->link_count;
}

void dev_detach(struct dev_running *running)
{
	if (running->session->object)
		skep_object_detach(running->session->object);
	while (running->link_count)
		skep_link_free(running->links[--running->link_count].link);
}

/* The old one is taken off when the new one is loaded, so that a refusal leaves it. */
static int begin_afresh(struct dev_running *running, struct session *next)
{
	let_any_be_missing(next->object);
	if (skep_object_load(next->object))
		return refused(next);
	dev_detach(running);
	skep_object_free(running->session->object);
	running->session->object = next->object;
	next->object = NULL;
	if (skep_object_attach(running->session->object))
		return skep_perror(next->what);
	return EXIT_OK;
}

struct tally {
	struct dev_running *running;
	unsigned int programs, added, gone, kept;
};

static void on_step(const struct skep_upgrade_step *step, void *ctx)
{
	struct tally *tally = ctx;

	switch (step->fate) {
	case SKEP_UPGRADE_KEPT:
		tally->kept++;
		break;
	case SKEP_UPGRADE_MIGRATED:
		say(tally->running, "map %s made anew, with its entries", step->name);
		break;
	case SKEP_UPGRADE_RESET:
		if (!strstr(step->name, ".rodata"))
			say(tally->running, "variables of %s begin anew", step->name);
		break;
	case SKEP_UPGRADE_NEW:
		if (step->is_map)
			say(tally->running, "map %s is new", step->name);
		else
			tally->added++;
		break;
	case SKEP_UPGRADE_GONE:
		tally->gone += !step->is_map;
		break;
	case SKEP_UPGRADE_UPDATED:
	case SKEP_UPGRADE_REPLACED:
		tally->programs++;
		break;
	case SKEP_UPGRADE_REFUSED:
		break;
	}
}

/* The links of ours that the new object has a program for, first. How many. */
static size_t sort_links(struct dev_running *running, const struct skep_object *next)
{
	size_t stay = 0;

	for (size_t i = 0; i < running->link_count; i++) {
		struct dev_link moved = running->links[i];

		if (!skep_object_program(next, moved.program))
			continue;
		running->links[i] = running->links[stay];
		running->links[stay++] = moved;
	}
	return stay;
}

/* 0, or -errno as skep_upgrade(). */
static int upgrade(struct dev_running *running, struct session *next)
{
	struct skep_upgrade_link links[DEV_LINKS_MOST];
	struct tally tally = { .running = running };
	size_t stay = sort_links(running, next->object);
	int err;

	for (size_t i = 0; i < stay; i++)
		links[i] = (struct skep_upgrade_link){ running->links[i].link,
						       running->links[i].program };
	let_any_be_missing(next->object);
	err = skep_upgrade(running->session->object, next->object,
			   SKEP_OPTS(skep_upgrade_opts, .links = links, .link_count = stay,
				     .report = on_step, .ctx = &tally));
	if (err)
		return err;
	while (running->link_count > stay)
		skep_link_free(running->links[--running->link_count].link);
	skep_object_free(running->session->object);
	running->session->object = next->object;
	next->object = NULL;
	say(running, "%u program%s changed", tally.programs, tally.programs == 1 ? "" : "s");
	if (tally.added)
		say(running, "%u added", tally.added);
	if (tally.gone)
		say(running, "%u gone", tally.gone);
	if (tally.kept)
		say(running, "%u map%s kept", tally.kept, tally.kept == 1 ? "" : "s");
	return 0;
}

/* Maps that cannot be taken over are no reason not to see the new program. */
static int replace(struct dev_running *running, struct session *next)
{
	int err = upgrade(running, next);

	if (!err)
		return EXIT_OK;
	if (err != -EPROTOTYPE && err != -ERANGE)
		return refused(next);
	fprintf(stderr, "%s: all maps begin anew: %s\n", next->what, skep_error_last()->message);
	skep_object_free(next->object);
	next->object = NULL;
	err = session_open(next);
	if (err)
		return err;
	err = begin_afresh(running, next);
	if (!err)
		say(running, "started afresh");
	return err;
}

int dev_reload(struct dev_running *running)
{
	struct session next = *running->session;
	int err;

	running->summary[0] = '\0';
	next.object = NULL;
	err = session_open(&next);
	if (!err && running->session->object)
		err = replace(running, &next);
	else if (!err)
		err = begin_afresh(running, &next);
	skep_object_free(next.object);
	if (err)
		return err;
	running->session->sources = next.sources;
	running->session->sources.object = running->session->object;
	tell_refusals(running->session);
	attach_more(running);
	return EXIT_OK;
}
