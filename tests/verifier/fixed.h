/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A log and a source: what the first fix makes of it. */
#ifndef TESTS_VERIFIER_FIXED_H
#define TESTS_VERIFIER_FIXED_H

#include "harness/test.h"

#include <stdio.h>

#include <skep/verifier.h>

static void write_source(const char *text)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/x.bpf.c", test_tmpdir());
	file = fopen(path, "we");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static struct skep_explanation *explain(const char *log, const char *source)
{
	struct skep_explanation *explanation = NULL;

	write_source(source);
	assert_ok(skep_explain(&explanation, log, strlen(log),
			       SKEP_OPTS(skep_explain_opts, .source_dir = test_tmpdir())));
	assert_int_equal(skep_explanation_count(explanation), 1);
	return explanation;
}

/* The source with the edits of a fix made. */
static void apply(const char *source, const struct skep_fix *fix, char *out, size_t bytes)
{
	unsigned line = 1, gone = 0;
	size_t used = 0;

	for (size_t edit = 0; *source || edit < fix->edit_count;) {
		size_t n = strcspn(source, "\n") + (source[strcspn(source, "\n")] == '\n');

		if (edit < fix->edit_count && fix->edits[edit].line == line && !gone) {
			used += (size_t)snprintf(out + used, bytes - used, "%s",
						 fix->edits[edit].text);
			gone = fix->edits[edit++].removed;
			if (!gone)
				continue;
		}
		if (gone)
			gone--;
		else
			used += (size_t)snprintf(out + used, bytes - used, "%.*s", (int)n, source);
		source += n;
		line++;
	}
}

/* The first fix may be applied by a machine, and makes this of the source. */
static void assert_fixed(const char *log, const char *source, const char *wanted)
{
	struct skep_explanation *explanation = explain(log, source);
	const struct skep_diagnostic *d = skep_explanation_diagnostic(explanation, 0);
	char made[4096] = "";

	assert_true(d->fix_count > 0);
	assert_int_equal(d->fixes[0].applicability, SKEP_FIX_MACHINE);
	assert_non_null(d->fixes[0].patch);
	apply(source, &d->fixes[0], made, sizeof(made));
	assert_string_equal(made, wanted);
	skep_explanation_free(explanation);
}

/* There may be words, and nothing that changes the source. */
static void assert_not_placed(const char *log, const char *source)
{
	struct skep_explanation *explanation = explain(log, source);
	const struct skep_diagnostic *d = skep_explanation_diagnostic(explanation, 0);

	for (size_t i = 0; i < d->fix_count; i++) {
		assert_int_equal(d->fixes[i].edit_count, 0);
		assert_null(d->fixes[i].patch);
	}
	skep_explanation_free(explanation);
}

#define END "processed 9 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0\n"

#endif
