/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A log, and what its one diagnostic says. */
#ifndef TESTS_VERIFIER_SAID_H
#define TESTS_VERIFIER_SAID_H

#include "harness/test.h"

#include <skep/verifier.h>

#define END   "processed 12 insns (limit 1000000) max_states_per_insn 0 total_states 1\n"
#define BEGIN "0: R1=ctx() R10=fp0\n"

struct expected {
	const char *code, *message, *cause, *fix, *written;
};

static bool has_cause(const struct skep_diagnostic *d, const char *words)
{
	for (size_t i = 0; i < d->cause_count; i++)
		if (strstr(d->causes[i].label, words))
			return true;
	return false;
}

static bool has_fix(const struct skep_diagnostic *d, const char *words)
{
	for (size_t i = 0; i < d->fix_count; i++)
		if (strstr(d->fixes[i].text, words))
			return true;
	return false;
}

static void check_of(const char *log, const struct skep_explain_opts *opts, struct expected e)
{
	struct skep_explanation *explanation = NULL;
	const struct skep_diagnostic *d;

	assert_ok(skep_explain(&explanation, log, strlen(log), opts));
	assert_int_equal(skep_explanation_count(explanation), 1);
	d = skep_explanation_diagnostic(explanation, 0);
	assert_string_equal(d->code, e.code);
	if (e.message && !strstr(d->message, e.message))
		fail_msg("\"%s\", not \"%s\"", d->message, e.message);
	for (size_t i = 0; e.cause && !has_cause(d, e.cause) && i <= d->cause_count; i++)
		if (i == d->cause_count)
			fail_msg("%s: no cause says \"%s\", but \"%s\"", d->code, e.cause,
				 i ? d->causes[0].label : "");
	if (e.fix && !has_fix(d, e.fix))
		fail_msg("fix \"%s\", not \"%s\"", d->fix_count ? d->fixes[0].text : "", e.fix);
	if (e.written &&
	    (!d->fix_count || !d->fixes[0].code || !strstr(d->fixes[0].code, e.written)))
		fail_msg("the fix does not write \"%s\"", e.written);
	skep_explanation_free(explanation);
}

static void check(const char *log, struct expected e)
{
	check_of(log, NULL, e);
}

#endif
