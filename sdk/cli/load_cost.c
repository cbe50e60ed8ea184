/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What verification cost, as a table, and the costliest lines below it. */
#include <stdlib.h>
#include <string.h>

#include "load.h"

#define LINES     10
#define BAR       20 /* of all instructions */
#define STACK_MAX 512
#define COLUMNS   10
#define CELL      24

/* 1234567 as 1,234,567; nothing known as -. */
static void format_number(char cell[CELL], uint64_t number)
{
	char digits[CELL];
	int n = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)number), at = 0;

	if (!number) {
		snprintf(cell, CELL, "-");
		return;
	}
	/* 20 digits and 6 commas would not fit: no kernel counts so far. */
	for (int i = 0; i < n && at < CELL - 2; i++) {
		if (i && (n - i) % 3 == 0)
			cell[at++] = ',';
		cell[at++] = digits[i];
	}
	cell[at] = '\0';
}

static void format_percent(char cell[CELL], uint64_t part, uint64_t whole)
{
	double percent = whole ? 100.0 * (double)part / (double)whole : 0;

	if (!whole || !part)
		snprintf(cell, CELL, "-");
	else if (percent < 0.1)
		snprintf(cell, CELL, "< 0.1 %%");
	else
		snprintf(cell, CELL, "%.1f %%", percent);
}

static void format_time(char cell[CELL], uint64_t us)
{
	if (!us)
		snprintf(cell, CELL, "-");
	else if (us < 1000)
		snprintf(cell, CELL, "%llu us", (unsigned long long)us);
	else if (us < 1000000)
		snprintf(cell, CELL, "%.1f ms", (double)us / 1e3);
	else
		snprintf(cell, CELL, "%.2f s", (double)us / 1e6);
}

/* Of the deepest chain where that is known; otherwise of each function, or of the first few. */
static void format_stack(char cell[CELL], const struct skep_cost *cost)
{
	bool any = !cost->stack_count;
	size_t at = 0;

	for (size_t i = 0; i < cost->stack_count; i++)
		any |= cost->stacks[i] != 0;
	/* Where no function has any, no chain of them does. */
	if (cost->stack || cost->stack_count == 1 || !any) {
		snprintf(cell, CELL, "%u", cost->stack);
		return;
	}
	snprintf(cell, CELL, "-");
	for (size_t i = 0; i < cost->stack_count; i++) {
		if (at + 14 > CELL) {
			snprintf(cell + at, CELL - at, "+...");
			return;
		}
		at += (size_t)snprintf(cell + at, CELL - at, "%s%u", i ? "+" : "", cost->stacks[i]);
	}
}

/* A log may hold anything; what a terminal would obey does not reach it. */
static void print_plain(FILE *out, const char *text, size_t most)
{
	size_t n = strnlen(text, most);

	if (text[n]) /* never half of a character */
		while (n && ((unsigned char)text[n] & 0xc0) == 0x80)
			n--;
	for (size_t i = 0; i < n; i++)
		fputc((unsigned char)text[i] < ' ' || text[i] == 127 ? ' ' : text[i], out);
	if (text[n])
		fputs("...", out);
}

static void fill_row(char row[COLUMNS][CELL], const struct load_cost_row *from)
{
	const struct skep_cost *cost = from->cost;

	format_number(row[1], cost->insns);
	format_percent(row[2], cost->insns, cost->insn_limit);
	format_number(row[3], cost->states);
	format_number(row[4], cost->states_peak);
	format_number(row[5], cost->states_most);
	format_stack(row[6], cost);
	format_time(row[7], cost->time_us);
	format_number(row[8], from->xlated_bytes);
	format_number(row[9], from->jited_bytes);
}

static const char *name_of(const struct skep_cost *cost)
{
	return cost->program ? cost->program : "(program)";
}

static const char *mark_of(const struct skep_cost *cost)
{
	return cost->refused ? " (refused)" : "";
}

/* Columns are as wide as what stands in them; those that nobody knows anything for are left out. */
static void print_table(const struct load_cost_row *rows, size_t count, FILE *out)
{
	static const char *const heads[COLUMNS] = { "PROGRAM",     "INSNS", "OF LIMIT",
						    "STATES",      "PEAK",  "MOST",
						    "STACK",       "TIME",  "BPF BYTES",
						    "MACHINE CODE" };
	char row[COLUMNS][CELL];
	size_t name = strlen(heads[0]), widths[COLUMNS] = { 0 };

	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(name_of(rows[i].cost)) + strlen(mark_of(rows[i].cost));

		fill_row(row, &rows[i]);
		name = length > name ? length : name;
		for (int c = 1; c < COLUMNS; c++)
			if (strcmp(row[c], "-") && strlen(row[c]) > widths[c])
				widths[c] = strlen(row[c]);
	}
	name = name < 40 ? name : 40;
	fprintf(out, "%-*s", (int)name, heads[0]);
	for (int c = 1; c < COLUMNS; c++) {
		if (widths[c] && widths[c] < strlen(heads[c]))
			widths[c] = strlen(heads[c]);
		if (widths[c])
			fprintf(out, "  %*s", (int)widths[c], heads[c]);
	}
	fputc('\n', out);
	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(name_of(rows[i].cost)) + strlen(mark_of(rows[i].cost));

		fill_row(row, &rows[i]);
		print_plain(out, name_of(rows[i].cost), SIZE_MAX / 2);
		fputs(mark_of(rows[i].cost), out);
		fprintf(out, "%*s", length < name ? (int)(name - length) : 0, "");
		for (int c = 1; c < COLUMNS; c++)
			if (widths[c])
				fprintf(out, "  %*s", (int)widths[c], row[c]);
		fputc('\n', out);
	}
}

static void print_place(const struct skep_place *place, FILE *out)
{
	const char *slash = place->file ? strrchr(place->file, '/') : NULL;

	if (place->file && place->line) {
		/* Of a long path its end tells most. */
		print_plain(out, slash && slash - place->file > 24 ? slash + 1 : place->file, 60);
		fprintf(out, ":%u  ", place->line);
	} else if (place->line) {
		fprintf(out, "line %u  ", place->line);
	} else if (!place->text) {
		fprintf(out, "instruction %d  ", place->insn);
	}
	if (place->text)
		print_plain(out, place->text, 60);
	else if (place->asm_text)
		print_plain(out, place->asm_text, 60);
	fputc('\n', out);
}

static void print_lines(const struct skep_cost *cost, FILE *out)
{
	size_t count = cost->line_count < LINES ? cost->line_count : LINES;
	char number[CELL], shown[CELL];

	fputs("\nThe costliest lines of ", out);
	print_plain(out, name_of(cost), 64);
	if (cost->insns_shown < cost->insns) {
		format_number(number, cost->insns);
		format_number(shown, cost->insns_shown);
		fprintf(out, ", of the %s instructions of %s that the log shows", shown, number);
	}
	fputs(":\n", out);
	for (size_t i = 0; i < count; i++) {
		const struct skep_line_cost *line = &cost->lines[i];
		double share = (double)line->insns / (double)cost->insns_shown;
		int bar = (int)(share * BAR + 0.5);

		format_number(number, line->insns);
		fprintf(out, "  %5.1f %%  %-*.*s  %9s  ", 100 * share, BAR, bar,
			"####################", number);
		print_place(&line->place, out);
	}
	if (cost->line_count > count)
		fprintf(out, "  (and %zu%s lines more)\n", cost->line_count - count,
			cost->line_count == 256 ? " or more" : "");
}

void load_costs_print(const struct load_cost_row *rows, size_t count, FILE *out)
{
	bool deep = false;

	if (!count)
		return;
	print_table(rows, count, out);
	for (size_t i = 0; i < count; i++) {
		if (rows[i].cost->line_count && rows[i].cost->insns_shown)
			print_lines(rows[i].cost, out);
		deep |= rows[i].cost->stack > STACK_MAX / 4 * 3;
	}
	if (deep)
		fprintf(out, "\nnote: a chain of calls has %d bytes of stack\n", STACK_MAX);
}

void load_costs_show(const struct skep_explanation *explanation, FILE *out)
{
	size_t count = skep_explanation_cost_count(explanation);
	struct load_cost_row *rows = count ? calloc(count, sizeof(*rows)) : NULL;

	if (!rows)
		return;
	for (size_t i = 0; i < count; i++)
		rows[i].cost = skep_explanation_cost(explanation, i);
	fputc('\n', out);
	load_costs_print(rows, count, out);
	free(rows);
}
