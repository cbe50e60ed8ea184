/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "locate.h"

#include <dirent.h>
#include <errno.h>

#include "c_text.h"
#include "verifier/log/quoted.h"

#define FILES_MOST   256
#define BYTES_MOST   ((size_t)4 << 20)
#define LINES_MOST   64 /* different ones, that a file is known by */
#define LINES_LEAST  3
#define BYTES_LEAST  24   /* of fewer lines; all of them are found then */
#define LOCATED_MOST 2000 /* lines of a log that get their place: the last */

struct quotes {
	struct skep_span at[LINES_MOST];
	size_t count;
};

static void add_quote(struct quotes *quotes, struct skep_span text)
{
	if (text.length < 2 || quotes->count == LINES_MOST)
		return;
	for (size_t i = 0; i < quotes->count; i++)
		if (skep_span_is(quotes->at[i], text))
			return;
	quotes->at[quotes->count++] = text;
}

/* What the log quotes; false where it has places itself. */
static bool collect(const struct skep_case *c, struct quotes *quotes)
{
	size_t bytes = 0;

	quotes->count = 0;
	for (size_t i = 0; i < c->lines.count; i++) {
		struct skep_quoted quoted;

		if (c->lines.at[i].kind == SKEP_LINE_REPORT)
			return false;
		if (c->lines.at[i].kind != SKEP_LINE_SOURCE)
			continue;
		quoted = skep_quoted_parse(c->lines.at[i].text);
		if (quoted.file.length)
			return false;
		add_quote(quotes, quoted.text);
	}
	for (size_t i = 0; i < quotes->count; i++)
		bytes += quotes->at[i].length;
	return quotes->count >= LINES_LEAST || bytes >= BYTES_LEAST;
}

static bool is_line(const struct skep_ctext *text, size_t start, size_t end,
		    struct skep_span wanted, bool comments)
{
	return skep_span_is(skep_span_trim(comments ? skep_ctext_span(text, start, end)
						    : skep_ctext_code(text, start, end)),
			    wanted);
}

/*
 * The next line that reads so, at or behind a position: the position, or SKEP_NOWHERE. Blanks around
 * it do not count, nor without `comments` those that were put there since.
 */
static size_t find_line(const struct skep_ctext *text, size_t at, struct skep_span wanted,
			bool comments)
{
	while (at < text->length) {
		struct skep_span rest = { text->text + at, text->length - at };
		ptrdiff_t found = skep_span_find(rest, wanted);
		size_t start, end;

		if (found < 0)
			return SKEP_NOWHERE;
		at += (size_t)found;
		start = skep_ctext_line_start(text, at);
		end = skep_ctext_line_end(text, at);
		if (is_line(text, start, end, wanted, comments))
			return at;
		at = end + 1;
	}
	return SKEP_NOWHERE;
}

static size_t count_found(const struct skep_ctext *text, const struct quotes *quotes)
{
	size_t count = 0;

	for (size_t i = 0; i < quotes->count; i++) {
		count += find_line(text, 0, quotes->at[i], true) != SKEP_NOWHERE;
		/* Most files have none of them. */
		if (i == LINES_LEAST && !count)
			break;
	}
	return count;
}

static bool is_source(const char *name)
{
	size_t n = strlen(name);

	return n > 2 && name[0] != '.' && !strcmp(name + n - 2, ".c");
}

/* How well a file fits: 0 for not at all. */
typedef size_t (*skep_fit_fn)(const struct skep_ctext *text, const void *wanted);

/* The only file of the folder that fits best, and how well; or NULL. */
static const char *find_best(const struct skep_case *c, skep_fit_fn fit, const void *wanted,
			     size_t *most)
{
	const char *dir = c->request->source_dir, *best = NULL;
	size_t bytes = 0, files = 0;
	struct dirent *entry;
	bool twice = false;
	DIR *folder = opendir(dir);

	*most = 0;
	while (folder && files < FILES_MOST && bytes < BYTES_MOST && (entry = readdir(folder))) {
		struct skep_ctext text;
		size_t found;

		if (!is_source(entry->d_name) || skep_ctext_read(&text, dir, entry->d_name))
			continue;
		files++;
		bytes += text.length;
		found = fit(&text, wanted);
		skep_ctext_free(&text);
		twice = found == *most ? twice || found > 0 : found < *most && twice;
		if (found <= *most)
			continue;
		*most = found;
		best = skep_arena_copy(c->arena, skep_span_of(entry->d_name));
	}
	if (folder)
		closedir(folder);
	return twice ? NULL : best;
}

static size_t fit_quotes(const struct skep_ctext *text, const void *wanted)
{
	return count_found(text, wanted);
}

/* At least four of five lines: some are of headers. */
static const char *find_file(const struct skep_case *c, const struct quotes *quotes)
{
	size_t most;
	const char *best = find_best(c, fit_quotes, quotes, &most);

	return (most >= LINES_LEAST || most == quotes->count) && most * 5 >= quotes->count * 4
		       ? best
		       : NULL;
}

/* All of the names, or none. */
static size_t fit_names(const struct skep_ctext *text, const void *wanted)
{
	const struct quotes *names = wanted;

	for (size_t i = 0; i < names->count; i++)
		if (skep_ctext_find(text, 0, text->length, names->at[i]) == SKEP_NOWHERE)
			return 0;
	return 1;
}

const char *skep_file_locate(const struct skep_case *c, const struct skep_span *names, size_t count)
{
	struct quotes wanted = { .count = 0 };
	size_t most;

	for (size_t i = 0; i < count; i++)
		if (skep_span_word(names[i]) == names[i].length)
			add_quote(&wanted, names[i]);
	if (!wanted.count || !c->request->source_dir)
		return NULL;
	return find_best(c, fit_names, &wanted, &most);
}

/*
 * A line that stands in several places: the next behind the one before, which is where the compiler
 * put it most often; not told where that is far away.
 */
static size_t choose(const struct skep_ctext *text, struct skep_span wanted, size_t before)
{
	size_t first = find_line(text, 0, wanted, true), next;
	bool comments = first != SKEP_NOWHERE;

	if (!comments)
		first = find_line(text, 0, wanted, false);

	if (first == SKEP_NOWHERE ||
	    find_line(text, skep_ctext_line_end(text, first), wanted, comments) == SKEP_NOWHERE)
		return first;
	next = find_line(text, before, wanted, comments);
	return next != SKEP_NOWHERE && next - before < 4096 ? next : SKEP_NOWHERE;
}

static void write_places(struct skep_case *c, const struct skep_ctext *text, const char *file)
{
	size_t before = 0, first = c->lines.count;

	for (size_t count = 0; first > 0 && count < LOCATED_MOST; first--)
		count += c->lines.at[first - 1].kind == SKEP_LINE_SOURCE;
	for (size_t i = first; i < c->lines.count; i++) {
		struct skep_line *line = &c->lines.at[i];
		struct skep_quoted quoted;
		size_t at;

		if (line->kind != SKEP_LINE_SOURCE)
			continue;
		quoted = skep_quoted_parse(line->text);
		at = quoted.text.length ? choose(text, quoted.text, before) : SKEP_NOWHERE;
		if (at == SKEP_NOWHERE)
			continue;
		before = skep_ctext_line_start(text, at);
		line->text = skep_span_of(skep_arena_printf(c->arena, "; %.*s @ %s:%u",
							    (int)quoted.text.length, quoted.text.at,
							    file, skep_ctext_line_of(text, at)));
	}
}

void skep_lines_locate(struct skep_case *c)
{
	struct quotes quotes;
	struct skep_ctext text;
	const char *file;

	if (!c->request->source_dir || !collect(c, &quotes))
		return;
	file = find_file(c, &quotes);
	if (!file || skep_ctext_read(&text, c->request->source_dir, file))
		return;
	write_places(c, &text, file);
	skep_ctext_free(&text);
}
