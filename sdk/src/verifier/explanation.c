/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The public side: a log in memory, a file or a pipe, and what is found. */
#include "verifier/explanation.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "base/opts.h"
#include "verifier/object/objinfo.h"
#include "verifier/log/segments.h"
#include "verifier/log/source.h"
#include "verifier/log/unescape.h"

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

/* Places that a kernel's report tells have no function; the program may not be named at all. */
static void complete(struct skep_explanation *out, struct skep_diagnostic *d,
		     const struct skep_objinfo *object)
{
	const char *program = object->found->layout->entry->name;
	struct skep_spot spot;

	if (!d->program && *program)
		d->program = skep_arena_copy(&out->arena, skep_span_of(program));
	if (!d->primary.function && skep_objinfo_spot(object, d->primary.insn, &spot))
		d->primary.function =
			skep_arena_copy(&out->arena, skep_span_of(spot.function->name));
}

/* What the object adds to the diagnostics from `first` on; or why it was of no use for them. */
static void add_object(struct skep_explanation *out, struct skep_diagnostics *first,
		       const struct skep_objinfo *object)
{
	const struct skep_objinfo_found *found = object->found;
	const char *note = NULL;

	if (*found->note)
		note = skep_arena_copy(&out->arena, skep_span_of(found->note));
	for (; first; first = first->next) {
		first->diagnostic.object_note = note;
		if (found->layout)
			complete(out, &first->diagnostic, object);
	}
}

/* With the lines that the object tells, where it is that of the log. */
static int explain_with_object(struct skep_explanation *out, struct skep_span log,
			       const struct skep_request *request)
{
	struct skep_diagnostics **last = out->last;
	AUTO_FREE char *unescaped = NULL;
	AUTO_FREE char *text = NULL;
	size_t bytes = 0;
	int err;

	if (skep_is_escaped(log)) {
		unescaped = skep_unescape(log, &log.length);
		log.at = unescaped;
		if (!unescaped)
			return -ENOMEM;
	}
	text = skep_objinfo_annotate(request, log, &bytes, &err);
	if (!err)
		err = skep_case_explain(out, text ? text : log.at, text ? bytes : log.length,
					request);
	if (!err)
		add_object(out, *last, request->object);
	return err;
}

static int explain_text(struct skep_explanation *out, const char *text, size_t bytes,
			const struct skep_request *request)
{
	if (request->object)
		return explain_with_object(out, (struct skep_span){ text, bytes }, request);
	return skep_case_explain(out, text, bytes, request);
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
		return text ? explain_text(out, text, bytes, request) : -EIO;
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
	err = text ? explain_text(out, joined, head + 1 + bytes, request) : -EIO;
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
		size_t costs = out->cost_count;

		err = explain_segment(out, source, from, segments.ends[i], request);
		if (!err && out->cost_count > costs)
			err = skep_cost_count(out, source, from, segments.ends[i], request);
		from = segments.ends[i];
	}
	skep_segments_free(&segments);
	if (err == -ENOMEM)
		skep_fail(ENOMEM, "no memory for the explanation");
	return err;
}

static int open_object(struct skep_objinfo **object, const struct skep_explain_opts *opts)
{
	const char *path = SKEP_OPT(opts, object);
	const void *data = SKEP_OPT(opts, object_data);

	if (data)
		return skep_objinfo_open(object, data, SKEP_OPT(opts, object_bytes),
					 path ? path : "the object");
	return path ? skep_objinfo_open_file(object, path) : 0;
}

static int explain_more(struct skep_explanation *out, struct skep_source *source,
			const struct skep_explain_opts *opts)
{
	struct skep_objinfo *object = NULL;
	int err = open_object(&object, opts);
	const struct skep_request request = {
		.program = SKEP_OPT(opts, program),
		.object = object,
		.names = SKEP_OPT(opts, names),
		.source_dir = SKEP_OPT(opts, source_dir),
		.story = SKEP_OPT(opts, story),
	};

	if (!err)
		err = explain_source(out, source, &request);
	skep_objinfo_free(object);
	return err;
}

static int explain(struct skep_explanation **out, struct skep_source *source,
		   const struct skep_explain_opts *opts)
{
	struct skep_explanation *made = calloc(1, sizeof(*made));
	int err;

	if (!made)
		return skep_fail(ENOMEM, "no memory for the explanation");
	made->last = &made->first;
	made->last_cost = &made->first_cost;
	err = explain_more(made, source, opts);
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

int skep_explanation_add(struct skep_explanation *explanation, const char *log, size_t bytes,
			 const struct skep_explain_opts *opts)
{
	struct skep_source source;
	int err = SKEP_OPTS_CHECK(opts);

	if (err)
		return err;
	skep_source_of_memory(&source, log, log ? bytes : 0);
	return explain_more(explanation, &source, opts);
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
