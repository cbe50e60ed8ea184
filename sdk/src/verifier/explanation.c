/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The public side: a log in memory, a file or a pipe, and what is found. */
#include "explanation.h"

#include <errno.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/opts.h"
#include "segments.h"
#include "source.h"

#define WINDOW ((size_t)8 << 20)  /* of one program's log: causes lie near its end */
#define HEAD   ((size_t)16 << 10) /* and its name at the beginning */

/* Behind the last program there may be words of the loader, and those belong to it. */
static bool is_rest(struct skep_source *source, uint64_t from, uint64_t to)
{
	size_t bytes = to - from < HEAD ? (size_t)(to - from) : HEAD;
	const char *text;
	struct skep_lines lines = { 0 };
	bool rest = true;

	if (to - from > HEAD)
		return false;
	text = skep_source_window(source, from, &bytes);
	if (!text || skep_lines_split(&lines, text, bytes))
		rest = false;
	for (size_t i = 0; i < lines.count; i++)
		if (lines.at[i].kind == SKEP_LINE_INSN)
			rest = false;
	skep_lines_free(&lines);
	return rest;
}

/* A program's log: all of it, or its beginning and its end. */
static int explain_segment(struct skep_explanation *out, struct skep_source *source, uint64_t from,
			   uint64_t to, const struct skep_request *request)
{
	size_t bytes = to - from < WINDOW ? (size_t)(to - from) : WINDOW;
	const char *text;
	char *joined;
	size_t head = HEAD;
	int err;

	if (to - from <= WINDOW) {
		text = skep_source_window(source, from, &bytes);
		return text ? skep_case_explain(out, text, bytes, request) : -EIO;
	}
	joined = malloc(HEAD + 1 + WINDOW);
	if (!joined)
		return -ENOMEM;
	text = skep_source_window(source, from, &head);
	if (text)
		memcpy(joined, text, head);
	joined[head] = '\n';
	if (text)
		text = skep_source_window(source, to - WINDOW, &bytes);
	if (text)
		memcpy(joined + head + 1, text, bytes);
	err = text ? skep_case_explain(out, joined, head + 1 + bytes, request) : -EIO;
	free(joined);
	return err;
}

static int explain_source(struct skep_explanation *out, struct skep_source *source,
			  const struct skep_request *request)
{
	struct skep_segments segments;
	uint64_t from = 0;
	int err = skep_segments_find(&segments, source);

	if (!err && segments.count > 1 &&
	    is_rest(source, segments.ends[segments.count - 2], segments.ends[segments.count - 1])) {
		segments.count--;
		segments.ends[segments.count - 1] = segments.ends[segments.count];
	}
	for (size_t i = 0; !err && i < segments.count; i++) {
		err = explain_segment(out, source, from, segments.ends[i], request);
		from = segments.ends[i];
	}
	skep_segments_free(&segments);
	if (err == -ENOMEM)
		skep_fail(ENOMEM, "no memory for the explanation");
	return err;
}

static int explain(struct skep_explanation **out, struct skep_source *source,
		   const struct skep_explain_opts *opts)
{
	struct skep_explanation *made = calloc(1, sizeof(*made));
	const struct skep_request request = {
		.program = SKEP_OPT(opts, program),
		.names = SKEP_OPT(opts, names),
		.source_dir = SKEP_OPT(opts, source_dir),
		.story = SKEP_OPT(opts, story),
	};
	int err;

	if (!made)
		return skep_fail(ENOMEM, "no memory for the explanation");
	made->last = &made->first;
	made->last_cost = &made->first_cost;
	err = explain_source(made, source, &request);
	if (err) {
		skep_explanation_free(made);
		return err;
	}
	*out = made;
	return 0;
}

int skep_explain(struct skep_explanation **out, const char *log, size_t bytes,
		 const struct skep_explain_opts *opts)
{
	struct skep_source source;
	int err = SKEP_OPTS_CHECK(opts);

	if (err)
		return err;
	skep_source_of_memory(&source, log, log ? bytes : 0);
	return explain(out, &source, opts);
}

int skep_explain_file(struct skep_explanation **out, const char *path,
		      const struct skep_explain_opts *opts)
{
	struct skep_source source;
	int err = SKEP_OPTS_CHECK(opts);

	if (!err)
		err = skep_source_open(&source, path);
	if (err)
		return err;
	err = explain(out, &source, opts);
	skep_source_close(&source);
	return err;
}

void skep_explanation_free(struct skep_explanation *explanation)
{
	SKEP_KEEP_ERROR;

	if (!explanation)
		return;
	skep_arena_free(&explanation->arena);
	free(explanation);
}

enum skep_verdict skep_explanation_verdict(const struct skep_explanation *explanation)
{
	return explanation->verdict;
}

size_t skep_explanation_count(const struct skep_explanation *explanation)
{
	return explanation->count;
}

const struct skep_diagnostic *skep_explanation_diagnostic(
	const struct skep_explanation *explanation, size_t index)
{
	const struct skep_diagnostics *at = explanation->first;

	while (at && index--)
		at = at->next;
	return at ? &at->diagnostic : NULL;
}

size_t skep_explanation_cost_count(const struct skep_explanation *explanation)
{
	return explanation->cost_count;
}

const struct skep_cost *skep_explanation_cost(const struct skep_explanation *explanation,
					      size_t index)
{
	const struct skep_costs *at = explanation->first_cost;

	while (at && index--)
		at = at->next;
	return at ? &at->cost : NULL;
}
