/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "doctor.h"

#include <string.h>

static const char *const short_answers[] = {
	[SKEP_UNKNOWN] = "?", [SKEP_NO] = "no", [SKEP_YES] = "ok"
};

const char *doctor_short_answer(enum skep_answer answer)
{
	return short_answers[answer];
}

static int widest_name(const struct doctor_result *results, size_t count)
{
	size_t widest = 0;

	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(results[i].name);

		widest = length > widest ? length : widest;
	}
	return (int)widest;
}

/* One remedy often helps many: it is said where it is needed first. */
static bool is_said_before(const struct doctor_result *results, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (!strcmp(results[i].remedy, results[at].remedy))
			return true;
	return false;
}

static void print_result(FILE *to, const struct doctor_result *results, size_t at, int width)
{
	const struct doctor_result *r = &results[at];
	const char *words = r->answer == SKEP_YES ? r->detail : r->why;
	const char *dashes = r->answer == SKEP_YES ? "  " : "--";

	if (!words[0])
		fprintf(to, "  %-2s  %s\n", short_answers[r->answer], r->name);
	else
		fprintf(to, "  %-2s  %-*s %s %s\n", short_answers[r->answer], width, r->name,
			dashes, words);
	if (r->remedy[0] && !is_said_before(results, at))
		fprintf(to, "      %-*s    help: %s\n", width, "", r->remedy);
}

void doctor_print_text(FILE *to, const struct doctor_result *results, size_t count, bool fit)
{
	int width = widest_name(results, count);
	const char *group = "";

	for (size_t i = 0; i < count; i++) {
		if (strcmp(group, results[i].group)) {
			fprintf(to, "%s%s\n", i ? "\n" : "", results[i].group);
			group = results[i].group;
		}
		print_result(to, results, i, width);
	}
	fprintf(to, "\n%s\n",
		fit ? "A basic program runs here: it loads, attaches to a raw "
		      "tracepoint, and has a ring buffer."
		    : "A basic program does not run here: see the first `no`.");
}

static json_t *result_to_json(const struct doctor_result *r)
{
	json_t *object = json_object();

	doctor_set_text(object, "group", r->group);
	doctor_set_text(object, "name", r->name);
	doctor_set_answer(object, r->answer, r->since, r->code);
	doctor_set_text(object, "detail", r->detail);
	doctor_set_text(object, "why", r->why);
	doctor_set_text(object, "remedy", r->remedy);
	return object;
}

json_t *doctor_results_json(const struct doctor_result *results, size_t count)
{
	json_t *checks = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(checks, result_to_json(&results[i]));
	return checks;
}
