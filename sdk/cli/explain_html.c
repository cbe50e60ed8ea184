/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * One page, for a browser without a network: page/ has its style and its script. The data stand in
 * it as JSON without a `<`, so that nothing that a log says can end it; the script makes nodes of
 * text of them. The plain explanation stands there too, for browsers without scripts.
 */
#include "explain_html.h"

#include <stdlib.h>
#include <string.h>

/* More than anybody looks at, and what browsers still scroll. */
#define STEPS_MOST  5000
#define STATES_MOST ((size_t)4 << 20)

static void put_escaped(FILE *out, const char *text)
{
	char *clean = form_utf8(text ? text : "");

	for (const char *c = clean ? clean : ""; *c; c++) {
		if (strchr("<>&\"'", *c))
			fprintf(out, "&#%d;", *c);
		else if ((unsigned char)*c >= 32 || *c == '\n' || *c == '\t')
			fputc(*c, out);
	}
	free(clean);
}

static int put_json(const char *text, size_t bytes, void *out)
{
	for (size_t i = 0; i < bytes; i++) {
		if (text[i] == '<')
			fputs("\\u003c", out);
		else
			fputc(text[i], out);
	}
	return 0;
}

static size_t length(json_t *step, const char *name)
{
	return json_string_length(json_object_get(step, name));
}

/* Of a very long way the end, which is where the causes are. */
static void cut_story(json_t *diagnostic)
{
	json_t *story = json_object_get(diagnostic, "story"), *kept = json_array();
	size_t count = json_array_size(story), first = count, bytes = 0;

	while (first > 0 && count - first < STEPS_MOST && bytes < STATES_MOST) {
		json_t *step = json_array_get(story, --first);

		bytes += length(step, "before") + length(step, "after") + length(step, "asm");
	}
	if (!first) {
		json_decref(kept);
		return;
	}
	for (size_t i = first; i < count; i++)
		json_array_append(kept, json_array_get(story, i));
	json_object_set_new(diagnostic, "story", kept);
	json_object_set_new(diagnostic, "omitted", json_integer((json_int_t)first));
}

static json_t *page_data(const struct show *show, const struct skep_explanation *explanation)
{
	json_t *data = form_explanation(explanation, true), *diagnostic;
	json_t *diagnostics = json_object_get(data, "diagnostics");
	size_t i;

	json_array_foreach(diagnostics, i, diagnostic)
		cut_story(diagnostic);
	json_object_set_new(data, "sources", html_sources(show, explanation));
	return data;
}

static int put_plain(const struct skep_explanation *explanation, FILE *out)
{
	fputs("<pre id=\"plain\">", out);
	for (size_t i = 0; i < skep_explanation_count(explanation); i++) {
		char *text = NULL;

		if (skep_diagnostic_text(&text, skep_explanation_diagnostic(explanation, i), NULL))
			return -1;
		put_escaped(out, text);
		fputc('\n', out);
		free(text);
	}
	fputs("</pre>\n", out);
	return 0;
}

static void put_head(const struct skep_explanation *explanation, FILE *out)
{
	const struct skep_diagnostic *first = skep_explanation_diagnostic(explanation, 0);

	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	      "style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; "
	      "form-action 'none'\">\n<title>",
	      out);
	put_escaped(out, first ? first->code : "skep explain");
	if (first) {
		fputs(": ", out);
		put_escaped(out, first->message);
	}
	fprintf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n", page_css);
}

int show_html(const struct show *show, const struct skep_explanation *explanation, FILE *out)
{
	json_t *data = page_data(show, explanation);
	int err = data ? 0 : -1;

	if (!err) {
		put_head(explanation, out);
		err = put_plain(explanation, out);
	}
	if (!err) {
		fputs("<script type=\"application/json\" id=\"data\">", out);
		err = json_dump_callback(data, put_json, out, JSON_COMPACT);
		fprintf(out, "</script>\n<script>\n%s</script>\n</body>\n</html>\n", page_js);
	}
	json_decref(data);
	return err;
}
