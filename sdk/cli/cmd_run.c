/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "cli.h"

#include <time.h>

#include "session.h"

#define LINKS_MOST 128

struct run {
	struct session session;
	struct skep_link *links[LINKS_MOST];
	size_t link_count;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct session *session = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &session->args;
		return 0;
	case ARGP_KEY_ARG:
		if (session->path)
			argp_error(state, "one object at a time");
		session->path = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which object?");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = { { &session_argp, 0, NULL, 0 }, { 0 } };

static const struct argp argp = {
	.parser = parse,
	.children = children,
	.args_doc = "OBJECT",
	.doc = "Load a BPF object, attach its programs, and print each record of its rings and perf "
	       "buffers.\v"
	       "Any .bpf.o will do, also one that was not made with skep. Ctrl-C ends it, and "
	       "tells how many events came and how many did not fit. Records of many rings whose "
	       "type has a member declared with SKEP_TIME are printed in the order of time. Messages of "
	       "skep_info() and the like go to standard error, or among the records of JSON.",
};

static int attach_one(struct run *run, struct skep_program *program)
{
	const struct session *session = &run->session;
	struct skep_link **link = &run->links[run->link_count];

	if (session->args.interface && session_is_xdp(program))
		return skep_attach_xdp(link, program, session->args.interface, NULL);
	return skep_attach(link, program);
}

static int too_many(const struct run *run)
{
	return cli_fail(run->session.what, NULL, "more than %zu programs", run->link_count);
}

/* What cannot be attached is said; nothing attached at all is a failure. */
static int attach(struct run *run)
{
	struct skep_program *program = NULL;
	size_t refused = 0;

	while ((program = skep_object_next_program(run->session.object, program))) {
		if (skep_program_fd(program) < 0)
			continue;
		if (run->link_count == LINKS_MOST)
			return too_many(run);
		if (!attach_one(run, program)) {
			run->link_count++;
		} else {
			skep_perror(run->session.what);
			refused++;
		}
	}
	if (run->link_count)
		return EXIT_OK;
	if (refused == 1)
		return EXIT_FAILED; /* its own line says it all */
	return cli_fail(run->session.what, NULL, "nothing of %s could be attached",
			run->session.path);
}

static int prepare(struct run *run)
{
	struct session *session = &run->session;
	int err = session_open(session);

	if (!err)
		err = session_listen(session);
	if (!err && skep_object_load(session->object))
		err = skep_perror(session->what);
	if (!err)
		err = session_read(session);
	return err ? err : attach(run);
}

static void detach(struct run *run)
{
	while (run->link_count)
		skep_link_free(run->links[--run->link_count]);
}

static int go(struct run *run)
{
	struct session *session = &run->session;
	struct skep_ring_stats all;
	int err;

	clock_gettime(CLOCK_MONOTONIC, &session->start);
	fprintf(stderr, "%s: %zu program%s attached; Ctrl-C ends\n", session->what, run->link_count,
		run->link_count == 1 ? "" : "s");
	err = skep_loop_run(session->loop) ? skep_perror(session->what) : EXIT_OK;
	/* Off their hooks before the count: the numbers are the last ones. */
	detach(run);
	if (!err)
		err = session_drain(session);
	session_stop(session);
	if (!err)
		err = cli_finish(stdout, "standard output");
	sources_stats(&session->sources, &all);
	session_report(session, &all);
	return err;
}

int cmd_run(int argc, char **argv)
{
	struct run run = { .session = { .what = argv[0], .sources.rows.out = stdout } };
	int err;

	cli_parse(&argp, argc, argv, &run.session);
	err = prepare(&run);
	if (!err)
		err = go(&run);
	detach(&run);
	session_stop(&run.session);
	sources_free(&run.session.sources);
	skep_object_free(run.session.object);
	return err;
}
