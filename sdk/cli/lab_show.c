/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What `skep lab` tells: the list, an exercise's task, hints, the solution. */
#include "lab.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>
#include <skep/kernel.h>

#include "templates.h"

/* Privilege is no reason: it is asked for when something is loaded. */
const char *lab_why_not(size_t i)
{
	struct template_entry entry = { 0 };
	struct template_answer answer;

	if (skep_kernel_finding(SKEP_CAN_BPF)->answer != SKEP_YES)
		return NULL;
	snprintf(entry.needs, sizeof(entry.needs), "%s", lab_exercises[i].needs);
	templates_ask(&entry, &answer);
	return answer.why;
}

const char *lab_typed(const char *path)
{
	char here[OWN_PATH];
	size_t n = getcwd(here, sizeof(here)) ? strlen(here) : 0;

	return n > 1 && !strncmp(path, here, n) && path[n] == '/' ? path + n + 1 : path;
}

size_t lab_done(const struct lab *lab)
{
	size_t done = 0;

	for (size_t i = 0; i < lab_count; i++)
		done += lab->marks[i].done;
	return done;
}

static const char *mark_of(const struct lab *lab, size_t i, const char *why)
{
	if (lab->marks[i].done)
		return "done";
	if (why)
		return "no";
	return i == lab->current ? "->" : "";
}

static int list_text(const struct lab *lab)
{
	size_t done = lab_done(lab);
	char path[LAB_PATH];

	for (size_t i = 0; i < lab_count; i++) {
		const char *why = lab->marks[i].done ? NULL : lab_why_not(i);

		int at = printf("%5s  %-20s ", mark_of(lab, i, why), lab_exercises[i].name);

		if (why)
			cli_print_last(at, "%s (%s)", lab_exercises[i].title, why);
		else
			cli_print_last(at, "%s", lab_exercises[i].title);
	}
	putchar('\n');
	if (lab->folder[0])
		printf("%zu of %zu are done.", done, lab_count);
	if (!lab->folder[0]) {
		puts("No folder of exercises is here: `skep lab start` makes one.");
	} else if (done == lab_count) {
		puts(" `skep new --list` tells what to begin now.");
	} else {
		lab_file(lab, lab->current, lab_source_of(&lab_exercises[lab->current]), path);
		printf(" Now: edit %s\nand try it with `skep lab check`.\n", lab_typed(path));
	}
	return cli_finish(stdout, "standard output");
}

static json_t *json_of(const struct lab *lab, size_t i)
{
	const struct lab_exercise *exercise = &lab_exercises[i];
	const char *why = lab_why_not(i);
	char path[LAB_PATH];
	json_t *file = NULL;

	lab_file(lab, i, lab_source_of(exercise), path);
	if (lab->folder[0])
		file = json_string(path);
	return json_pack("{s:s,s:s,s:b,s:b,s:i,s:o,s:o}", "name", exercise->name, "title",
			 exercise->title, "done", lab->marks[i].done, "current",
			 lab->folder[0] && i == lab->current, "hints_read",
			 (int)lab->marks[i].hints, "file", file ? file : json_null(), "impossible",
			 why ? json_string(why) : json_null());
}

static int list_json(const struct lab *lab)
{
	json_t *all = json_array(), *root;
	int err = all ? 0 : -1;

	for (size_t i = 0; !err && i < lab_count; i++)
		err = json_array_append_new(all, json_of(lab, i));
	root = json_pack("{s:i,s:i,s:o}", "done", (int)lab_done(lab), "count", (int)lab_count,
			 "exercises", all);
	if (!err && root)
		err = json_dumpf(root, stdout, JSON_INDENT(2));
	json_decref(root);
	if ((err || !root) && !ferror(stdout))
		return cli_fail(lab->what, NULL, "no memory");
	putchar('\n');
	return cli_finish(stdout, "standard output");
}

int lab_show_list(struct lab *lab, enum cli_format format)
{
	return format == FORMAT_JSON ? list_json(lab) : list_text(lab);
}

/* The comment at the file's top, without its stars. */
static void print_story(const char *text)
{
	const char *at = strstr(text, "/*\n"), *end = at ? strstr(at, " */") : NULL;

	for (at = at ? at + 3 : NULL; at && at < end;) {
		size_t n = strcspn(at, "\n");
		size_t skip = n >= 3 ? 3 : n;

		printf("%.*s\n", (int)(n - skip), at + skip);
		at += n + 1;
	}
}

int lab_show_task(struct lab *lab, size_t i)
{
	char path[LAB_PATH], file[16], *text;

	snprintf(file, sizeof(file), "start%s", lab_source_of(&lab_exercises[i]));
	lab_own_file(lab, i, file, path);
	text = lab_read_text(path);
	if (!text)
		return cli_fail(lab->what, "install skep again", "cannot read %s: %s", path,
				strerror(errno));
	printf("%s: ", lab_exercises[i].name);
	print_story(text);
	free(text);
	lab_file(lab, i, lab_source_of(&lab_exercises[i]), path);
	printf("\nEdit %s\nand try it with `skep lab check`; `skep lab hint` helps.\n",
	       lab_typed(path));
	return cli_finish(stdout, "standard output");
}

/* Hint `n` of a text whose hints are parted by lines of three dashes; NULL: there are fewer. */
static const char *hint_of(const char *text, unsigned n, size_t *length)
{
	static const char part[] = "\n---\n";

	while (n--) {
		text = strstr(text, part);
		if (!text)
			return NULL;
		text += sizeof(part) - 1;
	}
	*length = strstr(text, part) ? (size_t)(strstr(text, part) - text) : strlen(text);
	return text;
}

static unsigned count_hints(const char *text)
{
	unsigned n = 0;
	size_t length;

	while (hint_of(text, n, &length))
		n++;
	return n;
}

static char *hints_of(const struct lab *lab, size_t i)
{
	char path[LAB_PATH], *text;

	lab_own_file(lab, i, "hints.md", path);
	text = lab_read_text(path);
	if (!text)
		cli_fail(lab->what, "install skep again", "cannot read %s: %s", path,
			 strerror(errno));
	return text;
}

int lab_show_hint(struct lab *lab, size_t i)
{
	char *text = hints_of(lab, i);
	unsigned count, shown;
	const char *hint;
	size_t length = 0;

	if (!text)
		return EXIT_FAILED;
	count = count_hints(text);
	shown = lab->marks[i].hints;
	/* All were read: the last one again. */
	if (shown >= count)
		shown = count - 1;
	hint = hint_of(text, shown, &length);
	while (hint && length && hint[length - 1] == '\n')
		length--;
	printf("%s, hint %u of %u:\n\n%.*s\n", lab_exercises[i].name, shown + 1, count, (int)length,
	       hint ? hint : "");
	if (shown + 1 == count)
		puts("\nThat was the last one: `skep lab solution` shows one way to do it.");
	free(text);
	lab->marks[i].hints = shown + 1;
	return cli_finish(stdout, "standard output") || lab_write(lab);
}

int lab_show_solution(struct lab *lab, size_t i)
{
	char path[LAB_PATH], file[24], *text = hints_of(lab, i);
	unsigned count;

	if (!text)
		return EXIT_FAILED;
	count = count_hints(text);
	free(text);
	if (!lab->marks[i].done && lab->marks[i].hints < count)
		return cli_fail(lab->what, "`skep lab hint`; the solution comes after the last",
				"%s: %u of %u hints were read", lab_exercises[i].name,
				lab->marks[i].hints, count);
	snprintf(file, sizeof(file), "solution%s", lab_source_of(&lab_exercises[i]));
	lab_own_file(lab, i, file, path);
	text = lab_read_text(path);
	if (!text)
		return cli_fail(lab->what, "install skep again", "cannot read %s: %s", path,
				strerror(errno));
	fputs(text, stdout);
	free(text);
	return cli_finish(stdout, "standard output");
}

/* The next that is not done and can be; lab_count: there is none. Others are named. */
static size_t next_of(const struct lab *lab, bool tell)
{
	for (size_t n = 1; n <= lab_count; n++) {
		size_t i = (lab->current + n) % lab_count;
		const char *why = lab->marks[i].done ? NULL : lab_why_not(i);

		if (why && tell)
			printf("%s is left out here: %s\n\n", lab_exercises[i].name, why);
		if (!lab->marks[i].done && !why)
			return i;
	}
	return lab_count;
}

int lab_next(struct lab *lab, size_t to, bool skip)
{
	size_t from = lab->current;
	int err;

	if (to == lab_count && !lab->marks[from].done && !skip && !lab_why_not(from))
		return cli_fail(
			lab->what,
			"`skep lab check` when it is; `skep lab next --skip` leaves it for later",
			"%s is not done yet", lab_exercises[from].name);
	if (to == lab_count)
		to = next_of(lab, true);
	if (to == lab_count) {
		puts("All that can be done here is done. `skep new --list` tells what to begin now.");
		return cli_finish(stdout, "standard output");
	}
	lab->current = to;
	err = lab_show_task(lab, to);
	return err ? err : lab_write(lab);
}
