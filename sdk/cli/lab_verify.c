/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* `skep lab check`: compiles an exercise, has it checked, and shows what came of it. */
#include "lab.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dev.h"
#include "explain_show.h"
#include "lab_build.h"

/* What clang said: explained where it is known, else as it is. */
static int tell_build(const struct lab_build *build)
{
	const struct show with = { .object = NULL, .no_costs = true };
	struct skep_explanation *explanation = NULL;
	int err = EXIT_OK;

	if (!build->dev.output || !build->dev.output[0])
		return EXIT_OK;
	if (!show_explain(&with, build->dev.output, build->dev.output_bytes, NULL, &explanation) &&
	    skep_explanation_verdict(explanation) == SKEP_VERDICT_REJECTED)
		err = show(build->dev.what, &with, explanation);
	else
		fputs(build->dev.output, stdout);
	skep_explanation_free(explanation);
	return err;
}

static int tell_refusal(const struct lab *lab, const struct lab_build *build,
			const struct lab_result *result)
{
	const struct show with = { .object = build->object, .no_costs = true };
	const char *log = result->error->log;
	struct skep_explanation *explanation = NULL;
	int err = EXIT_OK;

	if (log && !show_explain(&with, log, strlen(log), NULL, &explanation) &&
	    skep_explanation_count(explanation))
		err = show(lab->what, &with, explanation);
	else
		printf("%s\n", result->error->message);
	if (!log && result->error->hint)
		printf("  hint: %s\n", result->error->hint);
	skep_explanation_free(explanation);
	return err;
}

/* What failed, below what was shown of it. */
static int not_done(struct lab *lab, size_t i, const char *why)
{
	bool was_done = lab->marks[i].done;

	fflush(stdout);
	lab->marks[i].done = false;
	cli_fail(lab->what, "`skep lab hint` helps; `skep lab check` tries it again", "%s %s",
		 lab_exercises[i].name, why);
	if (was_done)
		lab_write(lab);
	return EXIT_FAILED;
}

static int done(struct lab *lab, size_t i)
{
	int err;

	lab->marks[i].done = true;
	err = lab_write(lab);
	if (err)
		return err;
	printf("%s is done: %zu of %zu. ", lab_exercises[i].name, lab_done(lab), lab_count);
	puts(lab_done(lab) == lab_count ? "That was all of it." : "`skep lab next` goes on.");
	return cli_finish(stdout, "standard output");
}

static int tell(struct lab *lab, size_t i, const struct lab_build *build,
		const struct lab_result *result)
{
	int err;

	switch (result->verdict) {
	case LAB_PASSED:
		return done(lab, i);
	case LAB_REFUSED:
		err = tell_refusal(lab, build, result);
		return err ? err : not_done(lab, i, "is refused");
	case LAB_WRONG:
		printf("%s\n", result->text);
		return not_done(lab, i, "does not do it yet");
	case LAB_CANNOT:
		break;
	}
	lab->stuck = true;
	return cli_fail(lab->what,
			geteuid()       ? "`sudo skep lab check`: what is loaded runs in the kernel"
			: result->error ? result->error->hint
					: NULL,
			"%s", result->text);
}

static int verify(struct lab *lab, size_t i)
{
	static struct lab_build build;
	struct lab_result result;
	const char *why = lab_why_not(i);
	int err;

	lab->stuck = why;
	if (why)
		return cli_fail(lab->what, "`skep lab next` goes on with the next that can be done",
				"%s cannot be done here: %s", lab_exercises[i].name, why);
	err = lab_build_make(&build, lab, i);
	if (!err || build.said)
		err = tell_build(&build) || err;
	if (err && build.said)
		err = not_done(lab, i, "does not compile");
	if (!err) {
		lab_examine(&lab_exercises[i], &build.made, &result);
		err = tell(lab, i, &build, &result);
		lab_result_clear(&result);
	}
	lab_build_free(&build);
	return err;
}

/* Ctrl-C ends it when nothing is left behind. */
static void hold_signals(sigset_t *before)
{
	sigset_t held;

	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGHUP);
	sigprocmask(SIG_BLOCK, &held, before);
}

int lab_verify(struct lab *lab, size_t i)
{
	sigset_t before;
	int err;

	hold_signals(&before);
	err = verify(lab, i);
	fflush(stdout);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return err;
}

static int listen_to(struct dev_files **files, const struct lab *lab, size_t i)
{
	static struct dev_build build;
	char path[LAB_PATH];

	build.what = lab->what;
	strcpy(build.object, "/dev/null/none"); /* no list of what it includes: the file alone */
	lab_file(lab, i, lab_source_of(&lab_exercises[i]), path);
	if (!realpath(path, build.source))
		return cli_fail(lab->what, "`skep lab reset` puts it back", "%s: %s", path,
				strerror(errno));
	return dev_files_new(files, &build);
}

static int wait_for_save(const struct lab *lab, struct dev_files *files)
{
	struct pollfd fd = { .fd = dev_files_fd(files), .events = POLLIN };
	const char *saved;

	do {
		if (poll(&fd, 1, -1) < 0 && errno != EINTR)
			return cli_fail(lab->what, NULL, "cannot wait: %s", strerror(errno));
		saved = fd.revents ? dev_files_saved(files) : NULL;
	} while (!saved || access(saved, F_OK));
	poll(NULL, 0, 30); /* editors write several files, or one in pieces */
	return EXIT_OK;
}

/* Until it is done. What is saved while it is checked is not missed. */
static int watch_one(struct lab *lab, size_t i)
{
	struct dev_files *files = NULL;
	int err = listen_to(&files, lab, i);

	while (!err) {
		lab_verify(lab, i);
		if (lab->marks[i].done || lab->stuck)
			break;
		err = wait_for_save(lab, files);
		if (!err)
			putchar('\n');
	}
	dev_files_free(files);
	return lab->stuck ? EXIT_FAILED : err;
}

int lab_watch(struct lab *lab, size_t i)
{
	for (;;) {
		int err = watch_one(lab, i);

		if (err || lab_done(lab) == lab_count)
			return err;
		putchar('\n');
		lab->current = i;
		err = lab_next(lab, lab_count, false);
		if (err || lab->current == i)
			return err;
		putchar('\n');
		i = lab->current;
	}
}
