/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What tests printed becomes rows: test, case, kernel, result, reason. tap.awk in sdk/vm reads TAP
 * and whatever else programs print; what ctest's properties say of a result is looked at here.
 */
#include "test.h"

#include <ctype.h>
#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCHEMA     1 /* another number: members were renamed or removed */
#define SHOWN_TAIL 16384

struct report {
	const struct test_plan *plan;
	FILE *rows; /* separated by tabs, as table.awk takes them */
	json_t *results;
	size_t passed, failed, skipped;
};

struct ending {
	int rc;
	long long ms;
	char *log; /* the path, or NULL: there is none */
};

static void set_text(json_t *object, const char *key, const char *text)
{
	/* Programs print bytes of any kind; JSON is UTF-8. */
	if (text && *text && json_object_set_new(object, key, json_string(text)))
		json_object_set_new(object, key, json_string("(not UTF-8)"));
}

/* The end of a file, from the beginning of a line; the caller frees it. */
static char *tail_of(const char *path)
{
	char *text = calloc(1, SHOWN_TAIL + 1), *line;
	FILE *file = path ? fopen(path, "re") : NULL;
	bool cut = false;
	size_t n = 0;

	if (file && text) {
		cut = !fseek(file, -SHOWN_TAIL, SEEK_END);
		if (!cut)
			rewind(file);
		n = fread(text, 1, SHOWN_TAIL, file);
	}
	if (file)
		fclose(file);
	/* What moves the cursor, or worse, is not shown. */
	for (size_t i = 0; i < n; i++)
		if (iscntrl((unsigned char)text[i]) && text[i] != '\n' && text[i] != '\t')
			text[i] = ' ';
	line = cut && text ? strchr(text, '\n') : NULL;
	if (line)
		memmove(text, line + 1, strlen(line));
	return text;
}

static void add_row(struct report *report, const struct test_item *item, const char *name,
		    const struct test_kernel *kernel, const char *result, const char *reason)
{
	json_t *row = json_object();

	fprintf(report->rows, "%s\t%s\t%s\t%s\t%s\n", item->name, name, kernel->label, result,
		reason);
	set_text(row, "test", item->name);
	set_text(row, "from", item->from);
	if (strcmp(name, "-"))
		set_text(row, "case", name);
	set_text(row, "kernel", kernel->label);
	set_text(row, "result", result);
	set_text(row, "reason", reason);
	json_array_append_new(report->results, row);
	report->passed += !strcmp(result, "pass");
	report->failed += !strcmp(result, "fail");
	report->skipped += !strcmp(result, "skip");
}

/* Whether the output matches one of a property's expressions; they may be extended ones. */
static bool matches(const struct test_item *item, const char *property, const char *output)
{
	json_t *all = json_object_get(item->properties, property), *one;
	size_t i;

	json_array_foreach(all, i, one) {
		const char *text = json_string_value(one);
		regex_t regex;
		bool found;

		if (!text || regcomp(&regex, text, REG_EXTENDED | REG_NOSUB | REG_NEWLINE))
			continue;
		found = !regexec(&regex, output, 0, NULL, 0);
		regfree(&regex);
		if (found)
			return true;
	}
	return false;
}

/*
 * By ctest's rules where the test has some that are not its cases': true if `result` is the whole
 * result.
 */
static bool judge(const struct test_item *item, struct ending *end, const char **result,
		  const char **reason)
{
	json_t *skip = json_object_get(item->properties, "SKIP_RETURN_CODE");
	bool inverted = json_is_true(json_object_get(item->properties, "WILL_FAIL"));
	bool wants_text = json_object_get(item->properties, "PASS_REGULAR_EXPRESSION");
	bool late = end->rc == 124 || end->rc == 137, good = end->rc == 0, all = true;
	char *output = tail_of(end->log);

	*reason = "";
	if (skip && json_integer_value(skip) == end->rc)
		end->rc = TEST_SKIPPED;
	if (output && matches(item, "SKIP_REGULAR_EXPRESSION", output)) {
		*result = "skip";
		*reason = "what it printed says so (SKIP_REGULAR_EXPRESSION)";
	} else if (late || end->rc == TEST_SKIPPED) {
		all = false;
	} else if (output && matches(item, "FAIL_REGULAR_EXPRESSION", output)) {
		*result = inverted ? "pass" : "fail";
		*reason = inverted ? "" : "what it printed matches FAIL_REGULAR_EXPRESSION";
	} else if (wants_text || inverted) {
		good = wants_text ? output && matches(item, "PASS_REGULAR_EXPRESSION", output)
				  : good;
		*result = good != inverted ? "pass" : "fail";
		if (good == inverted)
			*reason =
				inverted ? "it was to fail (WILL_FAIL), and did not"
					 : "what it printed does not match PASS_REGULAR_EXPRESSION";
	} else {
		all = false;
	}
	free(output);
	return all;
}

/* awk takes backslashes in variables as escapes. */
static char *variable(const char *name, const char *value)
{
	char *text = malloc(strlen(name) + 2 * strlen(value) + 2), *to = text;

	if (!text)
		return NULL;
	to += sprintf(to, "%s=", name);
	for (; *value; *to++ = *value++)
		if (*value == '\\')
			*to++ = '\\';
	*to = '\0';
	return text;
}

static void take_rows(struct report *report, const struct test_item *item,
		      const struct test_kernel *kernel, const char *path)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;

	while (file && getline(&line, &room, file) > 0) {
		char *rest = line, *fields[5];
		size_t n = 0;

		line[strcspn(line, "\n")] = '\0';
		while (rest && n < 5)
			fields[n++] = strsep(&rest, "\t");
		if (n == 5)
			add_row(report, item, fields[1], kernel, fields[3], fields[4]);
	}
	free(line);
	if (file)
		fclose(file);
}

static int read_cases(struct report *report, const struct test_item *item,
		      const struct test_kernel *kernel, const struct ending *end, const char *lost)
{
	const struct test_plan *plan = report->plan;
	unsigned int seconds = test_seconds(plan, item) * (kernel->is_host ? 1 : TEST_SCALE);
	char script[PATH_MAX + 64], out[PATH_MAX + 64], rc[32], ms[32], limit[32];
	char *why = variable("lost", lost ? lost : "");
	const char *argv[] = {
		"awk",     "-v", "id=-", "-v", "kernel=-", "-v",
		"plain=1", "-v", rc,     "-v", ms,         "-v",
		limit,     "-v", why,    "-f", script,     end->log ? end->log : "/dev/null",
		NULL
	};
	const struct test_process process = { argv, NULL, out, "/dev/null" };
	size_t before = report->passed + report->failed + report->skipped;
	int err;

	snprintf(script, sizeof(script), "%s/tap.awk", plan->vm);
	snprintf(out, sizeof(out), "%s/rows", plan->work);
	snprintf(rc, sizeof(rc), "rc=%d", end->rc);
	snprintf(ms, sizeof(ms), "ms=%lld", end->ms);
	snprintf(limit, sizeof(limit), "limit=%u", seconds);
	err = why ? test_process_run(&process) : -ENOMEM;
	if (!err)
		take_rows(report, item, kernel, out);
	free(why);
	if (!err && before == report->passed + report->failed + report->skipped)
		add_row(report, item, "-", kernel, "fail", "its output could not be read");
	return err ? EXIT_FAILED : EXIT_OK;
}

static void attach_output(struct report *report, size_t first, const char *log)
{
	size_t n = json_array_size(report->results);
	char *text = NULL;

	for (size_t i = first; i < n; i++) {
		json_t *row = json_array_get(report->results, i);

		if (strcmp(json_string_value(json_object_get(row, "result")), "fail"))
			continue;
		text = tail_of(log);
		set_text(row, "output", text);
		break;
	}
	free(text);
}

static void show_output(const struct test_item *item, const struct test_kernel *kernel,
			const char *log)
{
	char *text = tail_of(log);

	printf("---- %s on %s\n%s", item->name, kernel->label, text ? text : "");
	if (text && *text && text[strlen(text) - 1] != '\n')
		putchar('\n');
	free(text);
}

static int report_test(struct report *report, size_t number, const struct test_kernel *kernel)
{
	const struct test_item *item = &report->plan->items[number];
	const char *result, *reason, *lost = kernel->why;
	size_t first = json_array_size(report->results), failed = report->failed;
	char log[PATH_MAX + 64], rc[PATH_MAX + 64], name[64], text[1100];
	struct ending end = { 0 };
	int err = EXIT_OK;
	FILE *file;

	snprintf(name, sizeof(name), "logs/%zu.log", number);
	test_path(report->plan, kernel, name, log);
	snprintf(name, sizeof(name), "logs/%zu.rc", number);
	test_path(report->plan, kernel, name, rc);
	end.log = access(log, R_OK) ? NULL : log;
	file = fopen(rc, "re");
	if (file) {
		lost = fscanf(file, "%d %lld", &end.rc, &end.ms) == 2 ? NULL : "no exit status";
		fclose(file);
	} else {
		snprintf(text, sizeof(text), "not run to its end: %s", lost ? lost : "unknown");
		lost = text;
	}
	if (!lost && judge(item, &end, &result, &reason))
		add_row(report, item, "-", kernel, result, reason);
	else
		err = read_cases(report, item, kernel, &end, lost);
	if (report->failed == failed || err)
		return err;
	if (report->plan->format == FORMAT_JSON)
		attach_output(report, first, end.log);
	else if (end.log)
		show_output(item, kernel, end.log);
	return err;
}

/* The end of the console of a machine that did not come to its end. */
static void show_machine(const struct test_plan *plan, const struct test_kernel *kernel)
{
	char path[PATH_MAX + 64], *text, *line, *rest;

	printf("---- the machine of %s: %s\n", kernel->label, kernel->why);
	test_path(plan, kernel, "console.log", path);
	text = rest = tail_of(path);
	while (rest && (line = strsep(&rest, "\n")))
		if (*line && strncmp(line, "==skep beat", 11))
			printf("%s\n", line);
	free(text);
}

static int report_kernel(struct report *report, const struct test_kernel *kernel)
{
	const struct test_plan *plan = report->plan;
	int err = EXIT_OK;

	if (kernel->why && plan->format == FORMAT_TEXT)
		show_machine(plan, kernel);
	for (size_t i = 0; i < plan->item_count && !err; i++) {
		const struct test_item *item = &plan->items[i];

		if (item->skipped)
			add_row(report, item, "-", kernel, "skip", item->skipped);
		else if (item->missing)
			add_row(report, item, "-", kernel, "fail", item->missing);
		else if (!test_runs_on(item, kernel))
			continue;
		else if (!kernel->is_host && item->not_in_guests)
			add_row(report, item, "-", kernel, "skip", item->not_in_guests);
		else
			err = report_test(report, i, kernel);
	}
	return err;
}

/* The release that the guest told. */
static void release_of(const struct test_plan *plan, const struct test_kernel *kernel,
		       char release[128])
{
	char path[PATH_MAX + 64], line[256];
	FILE *file;

	test_path(plan, kernel, "results.log", path);
	release[0] = '\0';
	file = fopen(path, "re");
	while (file && !*release && fgets(line, sizeof(line), file))
		if (sscanf(line, "==skep kernel %127s", release) != 1)
			release[0] = '\0';
	if (file)
		fclose(file);
}

static int print_json(const struct report *report)
{
	json_t *kernels = json_array(), *all;
	char release[128];

	for (size_t i = 0; i < report->plan->kernel_count; i++) {
		const struct test_kernel *kernel = &report->plan->kernels[i];
		json_t *one = json_object();

		release_of(report->plan, kernel, release);
		set_text(one, "name", kernel->label);
		set_text(one, "arch", test_arch_name(kernel->arch));
		set_text(one, "release", release);
		set_text(one, "status", kernel->why ? kernel->why : "ok");
		json_array_append_new(kernels, one);
	}
	all = json_pack("{s:i, s:o, s:O, s:I, s:I, s:I}", "schema", SCHEMA, "kernels", kernels,
			"results", report->results, "passed", (json_int_t)report->passed, "failed",
			(json_int_t)report->failed, "skipped", (json_int_t)report->skipped);
	json_dumpf(all, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(all);
	return cli_finish(stdout, "standard output");
}

static int print_table(const struct report *report, const char *rows)
{
	char script[PATH_MAX + 64], kernels[4096] = "kernels=";
	const char *argv[] = { "awk", "-v", kernels, "-f", script, rows, NULL };
	const struct test_process process = { argv, NULL, NULL, NULL };
	size_t used = strlen(kernels);

	for (size_t i = 0; i < report->plan->kernel_count && used < sizeof(kernels); i++)
		used += (size_t)snprintf(kernels + used, sizeof(kernels) - used, "%s%s",
					 i ? " " : "", report->plan->kernels[i].label);
	snprintf(script, sizeof(script), "%s/table.awk", report->plan->vm);
	return cli_finish(stdout, "standard output") || test_process_run(&process) < 0 ? EXIT_FAILED
										       : EXIT_OK;
}

int test_report(const struct test_plan *plan)
{
	struct report report = { .plan = plan, .results = json_array() };
	char path[PATH_MAX + 64];
	int err = EXIT_OK;

	snprintf(path, sizeof(path), "%s/results.tsv", plan->work);
	report.rows = fopen(path, "we");
	if (!report.rows)
		err = cli_fail(plan->what, NULL, "cannot write %s: %s", path, strerror(errno));
	for (size_t i = 0; i < plan->kernel_count && !err; i++)
		err = report_kernel(&report, &plan->kernels[i]);
	if (report.rows && fclose(report.rows) && !err)
		err = cli_fail(plan->what, NULL, "cannot write %s: %s", path, strerror(errno));
	if (!err)
		err = plan->format == FORMAT_JSON ? print_json(&report)
						  : print_table(&report, path);
	json_decref(report.results);
	if (!err && !report.failed && !report.passed)
		err = cli_fail(plan->what, NULL, "all were skipped: nothing was shown");
	return err ? err : report.failed ? EXIT_FAILED : EXIT_OK;
}
