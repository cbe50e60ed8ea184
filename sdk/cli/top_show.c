/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The table: columns as wide as what is in them, and no more of them than the terminal has room for. */
#include "top.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CELL       600 /* words of 256 bytes, if each of the first 128 had to be escaped */
#define HOOK_LEAST 16

/* "1.2K": at most five characters. */
static void say_number(char *text, size_t room, double value, double thousand)
{
	static const char units[] = " KMGTPE";
	size_t unit = 0;

	while (value >= thousand - 0.5 && unit < sizeof(units) - 2) {
		value /= thousand;
		unit++;
	}
	if (value > 0 && value < 9.95)
		snprintf(text, room, "%.1f%c", value, units[unit]);
	else
		snprintf(text, room, "%.0f%c", value, units[unit]);
	if (!unit)
		text[strlen(text) - 1] = '\0';
}

static void say_rate(const struct top *top, char *text, size_t room, uint64_t count, bool known)
{
	if (!known || !top->interval_ns)
		snprintf(text, room, "-");
	else
		say_number(text, room, (double)count * 1e9 / (double)top->interval_ns, 1000);
}

/* Names come from whoever loaded the program: nothing of them may move the cursor. */
static void say_text(char *text, size_t room, const char *from)
{
	size_t at = 0;

	for (; *from && at + 5 < room; from++) {
		if (*from >= ' ' && *from <= '~')
			text[at++] = *from;
		else
			at += (size_t)snprintf(text + at, room - at, "\\x%02x",
					       (unsigned int)(unsigned char)*from);
	}
	text[at] = '\0';
}

/* --- the cells --- */

static void cell_id(const struct top *top, const struct top_program *p, char *text)
{
	(void)top;
	snprintf(text, CELL, "%u", p->id);
}

static void cell_name(const struct top *top, const struct top_program *p, char *text)
{
	(void)top;
	say_text(text, CELL, p->name[0] ? p->name : p->tag);
}

static void cell_type(const struct top *top, const struct top_program *p, char *text)
{
	char number[16];

	(void)top;
	snprintf(text, CELL, "%s", top_type(p->type, number));
}

static void cell_cpu(const struct top *top, const struct top_program *p, char *text)
{
	if (!top->stats || !top->interval_ns)
		snprintf(text, CELL, "-");
	else
		snprintf(text, CELL, "%.2f", 100 * (double)p->since.ns / (double)top->interval_ns);
}

static void cell_ns(const struct top *top, const struct top_program *p, char *text)
{
	say_rate(top, text, CELL, p->since.ns, top->stats);
}

static void cell_runs(const struct top *top, const struct top_program *p, char *text)
{
	say_rate(top, text, CELL, p->since.runs, top->stats);
}

static void cell_each(const struct top *top, const struct top_program *p, char *text)
{
	if (!top->stats || !p->since.runs)
		snprintf(text, CELL, "-");
	else
		say_number(text, CELL, (double)p->since.ns / (double)p->since.runs, 1000);
}

static void cell_misses(const struct top *top, const struct top_program *p, char *text)
{
	say_rate(top, text, CELL, p->since.misses, p->misses_known);
}

static void cell_bytes(const struct top *top, const struct top_program *p, char *text)
{
	(void)top;
	say_number(text, CELL - 1, (double)p->bytes, 1024);
	if (p->shared_bytes)
		strcat(text, "*");
}

static void cell_ring(const struct top *top, const struct top_program *p, char *text)
{
	(void)top;
	if (!p->has_ring)
		snprintf(text, CELL, "-");
	else
		snprintf(text, CELL, "%.0f%%", 100 * (double)p->ring_used / (double)p->ring_size);
}

static void cell_drops(const struct top *top, const struct top_program *p, char *text)
{
	say_rate(top, text, CELL, p->drops, p->drops_known);
}

static void cell_wakeups(const struct top *top, const struct top_program *p, char *text)
{
	say_rate(top, text, CELL, p->wakeups, p->wakeups_known);
}

static void cell_owner(const struct top *top, const struct top_program *p, char *text)
{
	(void)top;
	say_text(text, CELL, p->owner);
}

static void cell_hook(const struct top *top, const struct top_program *p, char *text)
{
	(void)top;
	if (!p->hook_count) {
		snprintf(text, CELL, "-");
		return;
	}
	say_text(text, CELL - 24, p->hooks[0].words);
	if (p->hook_count > 1)
		sprintf(text + strlen(text), " +%zu", p->hook_count - 1);
}

static const struct column {
	const char *title;
	bool is_number;
	int least, most; /* characters, title apart */
	int leaves;      /* where there is no room: 1 leaves first; 0 stays */
	void (*cell)(const struct top *top, const struct top_program *p, char *text);
} columns[] = {
	{ "ID", true, 4, 10, 0, cell_id },        { "PROGRAM", false, 12, 24, 0, cell_name },
	{ "TYPE", false, 4, 16, 1, cell_type },   { "CPU%", true, 5, 7, 0, cell_cpu },
	{ "NS/S", true, 4, 6, 4, cell_ns },       { "RUNS/S", true, 4, 6, 0, cell_runs },
	{ "NS/RUN", true, 4, 6, 5, cell_each },   { "MISS/S", true, 4, 6, 3, cell_misses },
	{ "MAPS", true, 4, 6, 6, cell_bytes },    { "RING", true, 4, 4, 7, cell_ring },
	{ "DROP/S", true, 4, 6, 8, cell_drops },  { "WAKE/S", true, 4, 6, 2, cell_wakeups },
	{ "OWNER", false, 8, 24, 9, cell_owner }, { "HOOK", false, HOOK_LEAST, CELL, 0, cell_hook },
};

#define COLUMNS (sizeof(columns) / sizeof(columns[0]))
#define LAST    (COLUMNS - 1)

struct table {
	const struct top *top;
	struct top_program **programs;
	size_t count;
	int widths[COLUMNS]; /* 0: left out */
};

static int larger(int a, int b)
{
	return a > b ? a : b;
}

static void measure(struct table *t, bool bounded)
{
	char text[CELL];

	for (size_t c = 0; c < COLUMNS; c++) {
		int width = larger((int)strlen(columns[c].title), columns[c].least);

		for (size_t i = 0; i < t->count; i++) {
			columns[c].cell(t->top, t->programs[i], text);
			width = larger(width, (int)strlen(text));
		}
		t->widths[c] = bounded && width > columns[c].most
				       ? larger(columns[c].most, (int)strlen(columns[c].title))
				       : width;
	}
}

static int total(const struct table *t)
{
	int sum = 0;

	for (size_t c = 0; c < LAST; c++)
		sum += t->widths[c] ? t->widths[c] + 1 : 0;
	return sum;
}

/* The last column takes what is left. */
static void fit(struct table *t, int width)
{
	for (int turn = 1; turn <= (int)COLUMNS && total(t) + HOOK_LEAST > width; turn++)
		for (size_t c = 0; c < LAST; c++)
			if (columns[c].leaves == turn)
				t->widths[c] = 0;
	t->widths[LAST] = larger(1, width - total(t));
}

static void put(FILE *to, const struct table *t, size_t c, const char *text, const char *end)
{
	int width = t->widths[c];

	if (c == LAST)
		fprintf(to, "%.*s%s", width, text, end);
	else if (width)
		fprintf(to, columns[c].is_number ? "%*.*s " : "%-*.*s ", width, width, text);
}

static void print_head(FILE *to, const struct top *top, const struct top_filter *filter,
		       size_t shown, const struct top_page *page)
{
	double cpu = 0, runs = 0, bytes = 0, seconds = (double)top->interval_ns / 1e9;
	char each[16], all[16], line[256];

	for (size_t i = 0; i < top->program_count; i++) {
		cpu += (double)top->programs[i].since.ns;
		runs += (double)top->programs[i].since.runs;
	}
	for (size_t i = 0; i < top->map_count; i++)
		bytes += (double)top->maps[i].bytes;
	say_number(each, sizeof(each), seconds > 0 ? runs / seconds : 0, 1000);
	say_number(all, sizeof(all), bytes, 1024);
	if (top->stats)
		snprintf(
			line, sizeof(line),
			"%zu of %zu programs, by %s; all: %.2f%% of a processor, %s runs/s, maps %s",
			shown, top->program_count, top_sort_word(filter->sort),
			seconds > 0 ? cpu / seconds / 1e7 : 0, each, all);
	else
		snprintf(line, sizeof(line),
			 "%zu of %zu programs, by %s; maps %s; runs are not counted: %s", shown,
			 top->program_count, top_sort_word(filter->sort), all,
			 top->stats_error == EINVAL
				 ? "Linux 5.8 is needed, or sysctl kernel.bpf_stats_enabled=1"
				 : strerror(top->stats_error));
	fprintf(to, "%.*s%s", page->width ? page->width : (int)sizeof(line), line, page->end);
}

int top_print(FILE *to, const struct top *top, const struct top_filter *filter,
	      const struct top_page *page)
{
	struct table t = { .top = top };
	char text[CELL];
	size_t shown;

	t.programs = top_select(top, filter, &t.count);
	if (!t.programs)
		return -ENOMEM;
	shown = t.count;
	if (page->height && t.count > (size_t)larger(page->height - 2, 0))
		t.count = (size_t)larger(page->height - 2, 0);
	measure(&t, page->width);
	if (page->width)
		fit(&t, page->width);
	print_head(to, top, filter, shown, page);
	for (size_t c = 0; c < COLUMNS; c++)
		put(to, &t, c, columns[c].title, page->end);
	for (size_t i = 0; i < t.count; i++)
		for (size_t c = 0; c < COLUMNS; c++) {
			columns[c].cell(top, t.programs[i], text);
			put(to, &t, c, text, page->end);
		}
	free(t.programs);
	return 0;
}
