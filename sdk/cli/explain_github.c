/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Annotations: lines that CI sites turn into marks beside the source,
 *
 *	::error file=x.bpf.c,line=11,title=...::message
 *
 * What a log says must not end such a line, nor begin another: % \r \n are encoded everywhere, and
 * `,` and `:` in properties.
 */
#include "explain_form.h"

#include <stdlib.h>
#include <string.h>

static void put(FILE *out, const char *text, const char *encoded)
{
	char *clean = form_utf8(text ? text : "");

	for (const char *c = clean ? clean : ""; *c; c++) {
		if (strchr(encoded, *c) || (unsigned char)*c < 32)
			fprintf(out, "%%%02X", (unsigned char)*c);
		else
			fputc(*c, out);
	}
	free(clean);
}

static void put_property(FILE *out, const char *text)
{
	put(out, text, "%\r\n,:");
}

static void put_data(FILE *out, const char *text)
{
	put(out, text, "%\r\n");
}

static void put_lines(FILE *out, const char *before, const char *text)
{
	if (!text)
		return;
	put_data(out, "\n");
	put_data(out, before);
	put_data(out, text);
}

static void put_causes(FILE *out, const struct skep_diagnostic *d)
{
	for (size_t i = d->cause_count; i-- > 0;) {
		const struct skep_cause *cause = &d->causes[i];
		char before[32] = "- ";

		if (cause->place.line)
			snprintf(before, sizeof(before), "- line %u: ", cause->place.line);
		put_lines(out, before, cause->label);
	}
}

static void put_annotation(FILE *out, const struct show *show, const struct skep_diagnostic *d)
{
	const struct skep_place *at = &d->primary;
	char *path = at->file ? form_path(show, at->file) : NULL;

	fputs("::error ", out);
	if (path && at->line) {
		fputs("file=", out);
		put_property(out, path);
		fprintf(out, ",line=%u,", at->line);
		if (at->column)
			fprintf(out, "col=%u,", at->column);
	}
	fputs("title=", out);
	put_property(out, d->code);
	put_property(out, " ");
	put_property(out, d->name);
	if (d->program) {
		put_property(out, " in ");
		put_property(out, d->program);
	}
	fputs("::", out);
	put_data(out, d->message);
	put_causes(out, d);
	put_lines(out, "the kernel: ", d->kernel_message);
	put_lines(out, "", d->explanation);
	if (d->fix_count) {
		put_lines(out, "help: ", d->fixes[0].text);
		put_lines(out, "", d->fixes[0].code);
	}
	fputc('\n', out);
	free(path);
}

void show_github(const struct show *show, const struct skep_explanation *explanation, FILE *out)
{
	for (size_t i = 0; i < skep_explanation_count(explanation); i++)
		put_annotation(out, show, skep_explanation_diagnostic(explanation, i));
}
