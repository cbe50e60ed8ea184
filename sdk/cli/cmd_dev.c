/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "cli.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "dev.h"
#include "dev_reload.h"
#include "explain_show.h"

#define SETTLE (30 * SKEP_MILLISECOND) /* editors write several files, or one in pieces */

struct dev {
	const char *source, *folder;
	double seconds; /* all in all; 0: for ever */
	struct session session;
	struct dev_running running;
	struct dev_build build;
	struct dev_files *files;
	char saved[PATH_MAX]; /* what woke the loop; "": it ended */
	bool settling;
	struct skep_ring_stats all; /* of the objects before this one */
	struct skep_ring_stats begun;
};

static const struct argp_option options[] = {
	{ "build", 'B', "DIR", 0, "The build tree (default: the one near it that makes its object)",
	  0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct dev *dev = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &dev->session.args;
		return 0;
	case 'B':
		dev->folder = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (dev->source)
			argp_error(state, "one source at a time");
		dev->source = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which source? (a .bpf.c file)");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = { { &session_argp, 0, NULL, 0 }, { 0 } };

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.children = children,
	.args_doc = "SOURCE.bpf.c",
	.doc = "Run a BPF program while you write it: at each save it is built and takes the place of "
	       "the one that runs, maps keep what is in them, and what it reports is printed.\v"
	       "What clang or the verifier refuses is explained, and the one before runs on. In a "
	       "project its own build tree is used; a single file is compiled as it is. Ctrl-C ends "
	       "it.",
};

static int on_settled(uint64_t expirations, void *ctx)
{
	struct dev *dev = ctx;

	(void)expirations;
	dev->settling = false;
	if (access(dev->saved, F_OK)) {
		fprintf(stderr, "%s: %s is gone: what was built of it runs on\n", dev->session.what,
			strrchr(dev->saved, '/') + 1);
		dev->saved[0] = '\0';
		return 0;
	}
	skep_loop_stop(dev->session.loop);
	return 0;
}

/* What is saved while others are saved is built with them. */
static int note(struct dev *dev, const char *saved)
{
	if (!saved)
		return 0;
	if (!dev->saved[0] || !access(saved, F_OK))
		snprintf(dev->saved, sizeof(dev->saved), "%s", saved);
	if (dev->settling)
		return 0;
	dev->settling = true;
	return skep_loop_add_delay(dev->session.loop, SETTLE, on_settled, dev);
}

static int on_files(int fd, uint32_t events, void *ctx)
{
	struct dev *dev = ctx;

	(void)fd;
	(void)events;
	return note(dev, dev_files_saved(dev->files));
}

/* What the compiler said, without what the build tool says around it. */
static void print_output(const struct dev_build *build)
{
	bool skip = false;

	for (const char *line = build->output; line && *line;) {
		size_t n = strcspn(line, "\n");
		bool failed = !strncmp(line, "FAILED: ", 8);

		if (!skip && !failed && *line != '[' && strncmp(line, "ninja: ", 7) != 0 &&
		    strncmp(line, "gmake", 5) != 0 && strncmp(line, "make", 4) != 0)
			fprintf(stderr, "%.*s\n", (int)n, line);
		skip = failed; /* the command, as long as a page */
		line += n + (line[n] == '\n');
	}
}

static void tell_build(const struct dev *dev)
{
	const struct show with = { .object = NULL, .no_costs = true };
	struct skep_explanation *explanation = NULL;

	/* A full disk is no fault of the program's. */
	if (!strstr(dev->build.output, strerror(ENOSPC)) &&
	    !show_explain(&with, dev->build.output, dev->build.output_bytes, NULL, &explanation) &&
	    skep_explanation_verdict(explanation) == SKEP_VERDICT_REJECTED) {
		show(dev->session.what, &with, explanation);
		fflush(stdout);
	} else {
		print_output(&dev->build);
	}
	skep_explanation_free(explanation);
	fprintf(stderr, "%s: not built%s\n", dev->session.what,
		dev->session.object ? ": the one before runs on" : "; save it again");
}

/* What a save cannot mend. */
static bool lacks_privilege(void)
{
	const struct skep_error *error = skep_error_last();

	return error->code == EPERM && !error->log;
}

/* EXIT_USAGE is for good; what else is wrong may be mended by the next save. */
static int change(struct dev *dev)
{
	bool first = !dev->session.object;
	int err = dev_build_run(&dev->build);

	if (err == EXIT_FAILED) {
		tell_build(dev);
		return EXIT_OK;
	}
	if (!err && !dev->build.target[0])
		print_output(&dev->build); /* warnings */
	if (!err)
		err = dev_reload(&dev->running);
	if (err == EXIT_FAILED && first && lacks_privilege())
		return err;
	if (err == EXIT_FAILED)
		fprintf(stderr, "%s: not loaded%s\n", dev->session.what,
			dev->session.object ? ": the one before runs on" : "; save it again");
	else if (!err)
		fprintf(stderr, "%s: built in %.2f s; %s\n", dev->session.what, dev->build.seconds,
			!dev_is_attached(&dev->running) ? "nothing of it is attached"
			: first ? "running; save the source and see; Ctrl-C ends"
				: dev->running.summary);
	return err == EXIT_USAGE ? err : EXIT_OK;
}

static void add(struct skep_ring_stats *to, const struct skep_ring_stats *more,
		const struct skep_ring_stats *begun)
{
	to->consumed += more->consumed;
	to->dropped += more->dropped - (more->dropped < begun->dropped ? 0 : begun->dropped);
	to->discarded +=
		more->discarded - (more->discarded < begun->discarded ? 0 : begun->discarded);
	to->counted = more->counted;
}

static double seconds_since(const struct timespec *then)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - then->tv_sec) + (double)(now.tv_nsec - then->tv_nsec) / 1e9;
}

/* Until a file is saved, or the end. `before` has what was saved while the last one was built. */
static int watch(struct dev *dev, struct dev_files *before)
{
	struct session *session = &dev->session;
	struct skep_ring_stats now;
	int err;

	dev->saved[0] = '\0';
	dev->settling = false;
	err = dev_files_new(&dev->files, &dev->build);
	if (dev->seconds > 0)
		session->args.seconds = fmax(dev->seconds - seconds_since(&session->start), 0.001);
	if (!err)
		err = session_listen(session);
	if (!err && session->object)
		err = session_read(session);
	if (err)
		return err;
	sources_stats(&session->sources, &dev->begun);
	if (skep_loop_add_fd(session->loop, dev_files_fd(dev->files), EPOLLIN, on_files, dev) ||
	    note(dev, dev_files_saved(before)) || skep_loop_run(session->loop))
		return skep_perror(session->what);
	if (!dev->saved[0])
		dev_detach(&dev->running); /* off the hooks before the count */
	err = session_drain(session);
	sources_stats(&session->sources, &now);
	add(&dev->all, &now, &dev->begun);
	return err;
}

static void stop_watching(struct dev *dev)
{
	struct session *session = &dev->session;
	FILE *out = session->sources.rows.out;

	session_stop(session);
	sources_free(&session->sources);
	session->sources.count = 0;
	session->sources.rows = (struct rows){ .out = out };
}

/* One round after the other; each looks at the files from before its build on. */
static int run(struct dev *dev)
{
	struct dev_files *before = NULL;
	int err = dev_files_new(&dev->files, &dev->build);

	if (!err)
		err = change(dev);
	while (!err) {
		before = dev->files;
		dev->files = NULL;
		err = watch(dev, before);
		dev_files_free(before);
		if (!err && !dev->saved[0])
			break;
		if (!err)
			fprintf(stderr, "%s: %s saved\n", dev->session.what,
				strrchr(dev->saved, '/') + 1);
		stop_watching(dev);
		if (!err)
			err = change(dev);
	}
	stop_watching(dev);
	dev_files_free(dev->files);
	return err;
}

int cmd_dev(int argc, char **argv)
{
	static struct dev dev;
	int err;

	dev.session.what = dev.build.what = argv[0];
	dev.session.sources.rows.out = stdout;
	dev.session.path = dev.build.object;
	dev.running.session = &dev.session;
	cli_parse(&argp, argc, argv, &dev);
	dev.seconds = dev.session.args.seconds;
	err = dev_build_find(&dev.build, dev.source, dev.folder);
	if (!err) {
		clock_gettime(CLOCK_MONOTONIC, &dev.session.start);
		err = run(&dev);
	}
	dev_detach(&dev.running);
	skep_object_free(dev.session.object);
	dev_build_free(&dev.build);
	if (!err)
		err = cli_finish(stdout, "standard output");
	if (!err)
		session_report(&dev.session, &dev.all);
	return err;
}
