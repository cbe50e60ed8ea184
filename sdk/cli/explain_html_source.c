/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Source files for the page. Their names come from a log, which anybody may have written, and the
 * page is made to be passed on: so a file is taken only when it has the name of a source file, and
 * the lines that the log quotes stand in it. That also keeps out a source that was changed since.
 */
#include "explain_html.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BYTES_MOST ((off_t)1 << 20)
#define FILES_MOST 16

static bool is_source_name(const char *name)
{
	static const char *const ends[] = { ".c",   ".h",   ".cc", ".cpp", ".cxx",
					    ".hpp", ".inc", ".rs", ".bpf" };
	const char *end = strrchr(name, '.');

	for (size_t i = 0; end && i < sizeof(ends) / sizeof(ends[0]); i++)
		if (!strcmp(end, ends[i]))
			return true;
	return false;
}

static char *read_source(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *text = NULL;
	struct stat st;
	ssize_t n, used = 0;

	if (fd < 0)
		return NULL;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size <= BYTES_MOST)
		text = malloc((size_t)st.st_size + 1);
	while (text && used < st.st_size &&
	       (n = read(fd, text + used, (size_t)(st.st_size - used))) > 0)
		used += n;
	if (text)
		text[used] = 0;
	close(fd);
	return text;
}

static json_t *split(char *text)
{
	json_t *lines = json_array();

	while (*text) {
		size_t n = strcspn(text, "\n");
		bool last = !text[n];

		text[n] = 0;
		if (n && text[n - 1] == '\r')
			text[n - 1] = 0;
		json_array_append_new(lines, form_text(text));
		text += n + !last;
	}
	return lines;
}

/* Whether a line is the one that the log quotes, but for what stands around it. */
static bool is_quoted(json_t *lines, const struct skep_place *place)
{
	const char *line = json_string_value(json_array_get(lines, place->line - 1));
	const char *text = place->text;
	size_t length;

	if (!line)
		return false;
	line += strspn(line, " \t");
	text += strspn(text, " \t");
	length = strlen(text);
	return !strncmp(line, text, length) && !line[length + strspn(line + length, " \t")];
}

struct quotes {
	const char *file;
	json_t *lines;
	size_t right, wrong;
};

static void compare(struct quotes *quotes, const struct skep_place *place)
{
	if (!place->file || !place->line || !place->text || strcmp(place->file, quotes->file))
		return;
	if (is_quoted(quotes->lines, place))
		quotes->right++;
	else
		quotes->wrong++;
}

static bool agrees(json_t *lines, const char *file, const struct skep_explanation *explanation)
{
	struct quotes quotes = { .file = file, .lines = lines };

	for (size_t i = 0; i < skep_explanation_count(explanation); i++) {
		const struct skep_diagnostic *d = skep_explanation_diagnostic(explanation, i);

		compare(&quotes, &d->primary);
		for (size_t c = 0; c < d->cause_count; c++)
			compare(&quotes, &d->causes[c].place);
		for (size_t s = 0; s < d->step_count; s++)
			compare(&quotes, &d->steps[s].place);
	}
	return quotes.right && !quotes.wrong;
}

static void add_source(json_t *sources, const struct show *show, const char *file,
		       const struct skep_explanation *explanation)
{
	char *path, *text, *name;
	json_t *lines;

	if (!file || !is_source_name(file) || json_object_size(sources) >= FILES_MOST)
		return;
	name = form_utf8(file);
	path = form_path(show, file);
	if (name && path && !json_object_get(sources, name)) {
		text = read_source(path);
		lines = text ? split(text) : NULL;
		if (!lines || agrees(lines, file, explanation))
			json_object_set(sources, name, lines ? lines : json_null());
		else
			json_object_set_new(sources, name, json_null());
		json_decref(lines);
		free(text);
	}
	free(path);
	free(name);
}

json_t *html_sources(const struct show *show, const struct skep_explanation *explanation)
{
	json_t *sources = json_object();

	for (size_t i = 0; i < skep_explanation_count(explanation); i++) {
		const struct skep_diagnostic *d = skep_explanation_diagnostic(explanation, i);

		add_source(sources, show, d->primary.file, explanation);
		for (size_t c = 0; c < d->cause_count; c++)
			add_source(sources, show, d->causes[c].place.file, explanation);
		for (size_t s = 0; s < d->step_count; s++)
			add_source(sources, show, d->steps[s].place.file, explanation);
	}
	return sources;
}
