/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* When the command has ended: what of all that was refused matters, and how it is shown. */
#include "watch_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skep/error.h>
#include <skep/verifier.h>

#include "cli.h"
#include "explain_show.h"
#include "watch_object.h"

#define LINES_MOST 8 /* of those without a log; a loader may try a hundred hooks */

struct report {
	const char *what;
	const struct show *show;
	FILE *logs; /* all that is explained, one behind the other */
	size_t explained;
	const char *only; /* the name of the program, where it is one alone */
	size_t shown;
	FILE *lines; /* what cannot be explained */
	size_t line_count;
};

/* A name that a loader would have printed; the log's end, where the kernel did not get to it. */
static void add_log(struct report *report, const struct watch_refusal *r, const char *log)
{
	const char *name = *r->name ? r->name : NULL;
	size_t n = strlen(log);

	if (name)
		fprintf(report->logs, "libbpf: prog '%s': -- BEGIN PROG LOAD LOG --\n", name);
	fprintf(report->logs, "%s%s", log, n && log[n - 1] == '\n' ? "" : "\n");
	if (!strstr(log + (n > 512 ? n - 512 : 0), "processed "))
		fprintf(report->logs,
			"processed 0 insns (limit 1000000) max_states_per_insn 0 total_states 0 "
			"peak_states 0 mark_read 0\n");
	report->only = report->explained++ ? NULL : name;
}

/* A line and a hint; in the forms that are for programs, a diagnostic too. */
static void add_line(struct report *report, const struct watch_refusal *r, const char *hint,
		     const char *why)
{
	char text[512], log[512];

	watch_describe(r, text, sizeof(text));
	report->shown++;
	if (report->show->format != SHOW_TEXT && r->cmd == WATCH_PROG_LOAD) {
		snprintf(log, sizeof(log), "the kernel wrote no log: %s", why);
		add_log(report, r, log);
	}
	if (report->line_count++ >= LINES_MOST)
		return;
	fprintf(report->lines, "%s: the kernel refused the %s: %s\n", report->what, text, why);
	if (hint)
		fprintf(report->lines, "  hint: %s\n", hint);
}

/* Sizes and levels that the kernel refuses before it looks at the program. */
static bool has_wrong_log(const struct watch_refusal *r)
{
	const struct watch_prog_load *load = &r->attr.prog;

	if (r->cmd != WATCH_PROG_LOAD || r->error != EINVAL)
		return false;
	return !load->log_buf != !load->log_size || (load->log_buf && !load->log_level) ||
	       load->log_level > 7;
}

static const char *hint_for_accepted(const struct watch_refusal *r)
{
	if (has_wrong_log(r))
		return "log_buf, log_size and log_level go together: all of them, or none";
	if (r->error == EPERM || r->error == EACCES)
		return "the command has fewer privileges than skep, or gave them up";
	return "it depends on when it is loaded: on limits, memory, or what else is there";
}

/* The kernel takes it from us: then it was not the verifier. */
static void add_accepted(struct report *report, const struct watch_refusal *r)
{
	char why[256];

	if (r->error == ENOSPC) {
		snprintf(why, sizeof(why),
			 "its log did not fit the buffer of %u bytes; the verifier accepts it",
			 r->cmd == WATCH_PROG_LOAD ? r->attr.prog.log_size
						   : r->attr.btf.btf_log_size);
		add_line(report, r, "load without a log first, or with a larger buffer", why);
		return;
	}
	snprintf(why, sizeof(why), "%s; it is accepted when skep loads it", strerror(r->error));
	add_line(report, r, hint_for_accepted(r), why);
}

static void add_program(struct report *report, const struct watch_refusal *r,
			const struct watch_answer *answer)
{
	if (answer->diagnostics) {
		add_log(report, r, answer->log);
		report->shown++;
	} else if (answer->accepted) {
		add_accepted(report, r);
	} else {
		add_line(report, r, watch_hint(r, answer->forbidden), strerror(r->error));
	}
}

/* A program of a few instructions is shown where the kernel has something to say about it. */
static bool matters(const struct watch_refusal *r, const struct watch_answer *answer, bool alone)
{
	if (r->look == WATCH_REAL || alone)
		return true;
	return answer->log && !watch_says_unsupported(answer->log);
}

static void add_programs(struct report *report, const struct watch_refusals *list, bool failed)
{
	size_t real = 0, tiny = 0;

	for (size_t i = 0; i < list->count; i++) {
		if (list->at[i]->cmd != WATCH_PROG_LOAD)
			continue;
		real += list->at[i]->look == WATCH_REAL;
		tiny += list->at[i]->look == WATCH_TINY;
	}
	for (size_t i = 0; i < list->count; i++) {
		struct watch_answer answer;

		if (list->at[i]->cmd != WATCH_PROG_LOAD)
			continue;
		watch_examine(list->at[i], report->show, &answer);
		if (matters(list->at[i], &answer, failed && !real && !list->accepted && tiny <= 2))
			add_program(report, list->at[i], &answer);
		free(answer.log);
	}
}

/* What ended the command, where it was no program: BTF, a map, a hook. */
static void add_others(struct report *report, const struct watch_refusals *list)
{
	static const enum watch_cmd order[] = { WATCH_BTF_LOAD, WATCH_MAP_CREATE, WATCH_PROG_ATTACH,
						WATCH_LINK_CREATE, WATCH_RAW_TRACEPOINT_OPEN };

	for (size_t o = 0; o < sizeof(order) / sizeof(order[0]); o++) {
		for (size_t i = 0; i < list->count; i++) {
			struct watch_answer answer = { 0 };

			if (list->at[i]->cmd != order[o] || list->at[i]->look != WATCH_REAL)
				continue;
			if (order[o] == WATCH_BTF_LOAD)
				watch_examine(list->at[i], report->show, &answer);
			add_program(report, list->at[i], &answer);
			free(answer.log);
		}
	}
	/* Where even what loaders ask is refused, all of it, that is why. */
	if (!report->shown && list->probe && !list->accepted &&
	    (list->probe->error == EPERM ||
	     (list->probes == 1 && list->probe->cmd == WATCH_PROG_LOAD)))
		add_line(report, list->probe, watch_hint(list->probe, false),
			 strerror(list->probe->error));
}

/*
 * The forms are printed to standard output: that is now where they shall go. What is for people
 * goes to standard error, so that the command's own output can be piped on.
 */
static int turn_output(const struct report *report, const char *output)
{
	if (output && strcmp(output, "-"))
		return cli_output_to(report->what, output);
	if (output || report->show->format != SHOW_TEXT)
		return EXIT_OK;
	if (dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		return cli_fail(report->what, NULL, "cannot write: %s", strerror(errno));
	return EXIT_OK;
}

/* Ours is no use where it does not agree with a log, and nobody has asked for it. */
static bool has_note(const struct skep_explanation *explanation)
{
	for (size_t i = 0; i < skep_explanation_count(explanation); i++)
		if (skep_explanation_diagnostic(explanation, i)->object_note)
			return true;
	return false;
}

/* With the object that -o names; else with what is known of the one that was loaded. */
static int explain_all(const struct report *report, const struct watch_refusals *list,
		       const char *logs, size_t bytes, struct skep_explanation **explanation)
{
	SKEP_AUTO(skep_explanation) *made = NULL;
	struct show with = *report->show;
	char path[64];
	int fd = with.object ? -1 : watch_object_make(list), err = -1;

	if (fd >= 0) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		with.object = path;
		err = show_explain(&with, logs, bytes, with.program ? NULL : report->only, &made);
		close(fd);
	}
	if (err || has_note(made))
		return show_explain(report->show, logs, bytes, with.program ? NULL : report->only,
				    explanation);
	*explanation = SKEP_TAKE(made);
	return 0;
}

static int show_all(struct report *report, const struct watch_refusals *list, const char *logs,
		    size_t bytes, const char *lines, const char *output)
{
	SKEP_AUTO(skep_explanation) *explanation = NULL;
	bool to_file = output && report->show->format != SHOW_TEXT;

	if (!report->shown && !to_file) {
		fputs(lines, stderr); /* notes */
		return EXIT_OK;
	}
	if (turn_output(report, output))
		return EXIT_FAILED;
	if (report->explained || to_file || report->show->format != SHOW_TEXT) {
		if (explain_all(report, list, logs, bytes, &explanation))
			skep_perror(report->what);
		else
			show(report->what, report->show, explanation);
	}
	fputs(lines, stderr);
	if (report->line_count > LINES_MOST)
		fprintf(stderr, "%s: and %zu more\n", report->what,
			report->line_count - LINES_MOST);
	return report->shown ? EXIT_FAILED : EXIT_OK;
}

/* With -v: what was left out, since it only asks what the kernel can do. */
static void tell_of_probes(const struct report *report, const struct watch_refusals *list)
{
	char text[512];

	watch_describe(list->probe, text, sizeof(text));
	fprintf(report->lines,
		"%s: note: %lu refusal%s of what only asks what the kernel can do; the last: the "
		"%s: %s\n",
		report->what, list->probes, list->probes == 1 ? "" : "s", text,
		strerror(list->probe->error));
}

int watch_report(const char *what, const struct show *show, const char *output,
		 struct watch_refusals *list, bool failed)
{
	struct report report = { .what = what, .show = show };
	char *logs = NULL, *lines = NULL;
	size_t log_bytes = 0, line_bytes = 0;
	int code;

	report.logs = open_memstream(&logs, &log_bytes);
	report.lines = open_memstream(&lines, &line_bytes);
	if (!report.logs || !report.lines)
		return cli_fail(what, NULL, "no memory");
	add_programs(&report, list, failed);
	if (failed && !report.shown)
		add_others(&report, list);
	if (show->verbose && list->probe)
		tell_of_probes(&report, list);
	if (list->lost)
		fprintf(report.lines, "%s: %lu more refusals were not looked at\n", what,
			list->lost);
	if (fclose(report.logs) || fclose(report.lines))
		code = cli_fail(what, NULL, "no memory");
	else
		code = show_all(&report, list, logs, log_bytes, lines, output);
	free(logs);
	free(lines);
	return code;
}
