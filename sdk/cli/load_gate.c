/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * --record and --gate. Costs are compared with those of the same program on the same kernel, by the
 * same compiler: all three change them. What has none is told, and where nothing has, the gate fails:
 * it would let everything through.
 */
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "explain_form.h"
#include "load.h"

enum {
	OBJECT,
	PROGRAM,
	KERNEL,
	MACHINE,
	COMPILER,
	KEYS
};

static bool has_grown(const struct load *load, uint64_t before, uint64_t now)
{
	return (double)now > (double)before * (1 + load->growth / 100);
}

/* A kernel that tells nothing tells of no instructions either. */
static bool is_told(const struct load_recorded *before, const struct load_recorded *now)
{
	return before->measures[COST_INSNS] && now->measures[COST_INSNS];
}

/* The row of these keys; with fewer of them, the first that has them. */
static const struct load_recorded *find(const struct load_records *records,
					const struct load_recorded *like, int keys)
{
	for (size_t i = 0; i < records->count; i++)
		if (!load_recorded_compare(&records->rows[i], like, keys))
			return &records->rows[i];
	return NULL;
}

static void count(struct load *load)
{
	struct load_growth *g = load->growths;

	for (size_t i = 0; i < g->now.count; i++) {
		const struct load_recorded *now = &g->now.rows[i];
		const struct load_recorded *before = find(&g->before, now, KEYS);
		bool grown = false;

		if (!before)
			continue;
		g->compared++;
		for (int m = 0; m < COST_MEASURES; m++)
			grown |= is_told(before, now) &&
				 has_grown(load, before->measures[m], now->measures[m]);
		g->grown += grown;
	}
}

int load_gate_read(struct load *load)
{
	bool found;
	int code;

	load->growths = calloc(1, sizeof(*load->growths));
	if (!load->growths)
		return cli_fail(load->what, NULL, "no memory");
	code = load_records_read(&load->growths->before, load->what, load->gate, &found);
	if (!code && !found)
		code = cli_fail(load->what, "make it with --record, and commit it",
				"there is no file %s to compare with", load->gate);
	return code;
}

int load_gate(struct load *load)
{
	int code = load_records_of(&load->growths->now, load);

	if (!code)
		count(load);
	return code;
}

void load_gate_free(struct load *load)
{
	if (!load->growths)
		return;
	load_records_free(&load->growths->before);
	load_records_free(&load->growths->now);
	free(load->growths);
}

static void print_growth(const struct load *load, const struct load_recorded *before,
			 const struct load_recorded *now, FILE *out)
{
	for (int m = 0; m < COST_MEASURES; m++) {
		uint64_t was = before->measures[m], is = now->measures[m];

		if (!is_told(before, now) || !has_grown(load, was, is))
			continue;
		fprintf(out, "grown %s of %s: %s %llu -> %llu", now->keys[PROGRAM],
			now->keys[OBJECT], load_measure_names[m], (unsigned long long)was,
			(unsigned long long)is);
		if (was)
			fprintf(out, " (+%.1f %%)", 100.0 * (double)(is - was) / (double)was);
		fputc('\n', out);
	}
}

/* "6.1, 6.12": what the rows of a program have in a column, each once. */
static void print_others(const struct load_records *records, const struct load_recorded *like,
			 int keys, int column, FILE *out)
{
	const char *last = NULL;

	for (size_t i = 0; i < records->count; i++) {
		const struct load_recorded *row = &records->rows[i];

		if (load_recorded_compare(row, like, keys) ||
		    (last && !strcmp(last, row->keys[column])))
			continue;
		fprintf(out, "%s%s", last ? ", " : "", row->keys[column]);
		last = row->keys[column];
	}
}

/* Why a program has nothing to be compared with. */
static void print_new(const struct load_records *before, const struct load_recorded *now, FILE *out)
{
	fprintf(out, "note: %s of %s is not recorded", now->keys[PROGRAM], now->keys[OBJECT]);
	if (!find(before, now, KERNEL)) {
		fputs(": it is new", out);
	} else if (!find(before, now, MACHINE)) {
		fprintf(out, " for Linux %s, but for ", now->keys[KERNEL]);
		print_others(before, now, KERNEL, KERNEL, out);
	} else if (!find(before, now, COMPILER)) {
		fprintf(out, " for %s, but for ", now->keys[MACHINE]);
		print_others(before, now, MACHINE, MACHINE, out);
	} else {
		fprintf(out, " as compiled by %s, but by ", now->keys[COMPILER]);
		print_others(before, now, COMPILER, COMPILER, out);
	}
	fputc('\n', out);
}

/* Whether a recorded program's object was looked at here, and it was not in it. */
static bool is_gone(const struct load *load, const struct load_recorded *before)
{
	const struct load_growth *g = load->growths;
	bool same = false;

	for (size_t i = 0; i < g->now.count; i++) {
		const struct load_recorded *now = &g->now.rows[i];

		if (!strcmp(before->keys[OBJECT], now->keys[OBJECT]) &&
		    !strcmp(before->keys[PROGRAM], now->keys[PROGRAM]))
			return false;
		same |= !strcmp(before->keys[OBJECT], now->keys[OBJECT]) &&
			!strcmp(before->keys[KERNEL], now->keys[KERNEL]) &&
			!strcmp(before->keys[MACHINE], now->keys[MACHINE]) &&
			!strcmp(before->keys[COMPILER], now->keys[COMPILER]);
	}
	return same && !load->show.program;
}

static int fail_nothing(const struct load *load)
{
	const struct load_growth *g = load->growths;
	const struct load_recorded *any = g->now.rows;

	if (!any)
		return cli_fail(load->what, NULL, "nothing was measured to compare with %s",
				load->gate);
	return cli_fail(load->what,
			"record it here, too: --record instead of --gate, or add the lines above",
			"nothing of %s is of this kernel and compiler (Linux %s, %s, %s)",
			load->gate, any->keys[KERNEL], any->keys[MACHINE], any->keys[COMPILER]);
}

static int fail_grown(const struct load *load)
{
	return cli_fail(load->what,
			"--stats shows the costliest lines; growth that is meant is taken over "
			"by --record",
			"%zu of %zu program%s grew by more than %g %% since %s was recorded",
			load->growths->grown, load->growths->compared,
			load->growths->compared == 1 ? "" : "s", load->growth, load->gate);
}

int load_gate_show(const struct load *load, FILE *out)
{
	const struct load_growth *g = load->growths;

	for (size_t i = 0; i < g->now.count; i++) {
		const struct load_recorded *now = &g->now.rows[i];
		const struct load_recorded *before = find(&g->before, now, KEYS);

		if (before)
			print_growth(load, before, now, out);
		else
			print_new(&g->before, now, out);
	}
	for (size_t i = 0; i < g->before.count; i++)
		if (is_gone(load, &g->before.rows[i]))
			fprintf(out, "note: %s of %s is recorded, and not there any more\n",
				g->before.rows[i].keys[PROGRAM], g->before.rows[i].keys[OBJECT]);
	/* In a virtual machine --record writes what is gone with it; this can be copied. */
	if (!g->compared && g->now.count) {
		fprintf(out, "lines for %s:\n", load->gate);
		load_records_print(&g->now, out);
	}
	/* The verdict goes to standard error, behind what it is about. */
	fflush(out);
	if (!g->compared)
		return fail_nothing(load);
	if (g->grown)
		return fail_grown(load);
	if (g->compared)
		fprintf(out, "gate: %zu program%s, none grew by more than %g %%\n", g->compared,
			g->compared == 1 ? "" : "s", load->growth);
	return EXIT_OK;
}

json_t *load_gate_json(const struct load *load)
{
	const struct load_growth *g = load->growths;
	json_t *grown = json_array(), *missing = json_array();

	for (size_t i = 0; i < g->now.count; i++) {
		const struct load_recorded *now = &g->now.rows[i];
		const struct load_recorded *before = find(&g->before, now, KEYS);

		if (!before)
			json_array_append_new(missing,
					      json_pack("{s:o,s:o}", "object",
							form_text(now->keys[OBJECT]), "program",
							form_text(now->keys[PROGRAM])));
		for (int m = 0; before && m < COST_MEASURES; m++)
			if (is_told(before, now) &&
			    has_grown(load, before->measures[m], now->measures[m]))
				json_array_append_new(
					grown, json_pack("{s:o,s:o,s:s,s:I,s:I}", "object",
							 form_text(now->keys[OBJECT]), "program",
							 form_text(now->keys[PROGRAM]), "measure",
							 load_measure_names[m], "before",
							 (json_int_t)before->measures[m], "now",
							 (json_int_t)now->measures[m]));
	}
	return json_pack("{s:o,s:f,s:I,s:o,s:o}", "file", form_text(load->gate), "growth_percent",
			 load->growth, "compared", (json_int_t)g->compared, "grown", grown,
			 "not_recorded", missing);
}

/* Rows of the file that what was measured takes the place of. */
static bool is_replaced(const struct load *load, const struct load_recorded *old,
			const struct load_records *now)
{
	for (size_t i = 0; i < now->count; i++) {
		const struct load_recorded *row = &now->rows[i];

		if (!strcmp(old->keys[OBJECT], row->keys[OBJECT]) &&
		    !strcmp(old->keys[KERNEL], row->keys[KERNEL]) &&
		    !strcmp(old->keys[MACHINE], row->keys[MACHINE]) &&
		    !strcmp(old->keys[COMPILER], row->keys[COMPILER]) &&
		    (!load->show.program || !strcmp(old->keys[PROGRAM], row->keys[PROGRAM])))
			return true;
	}
	return false;
}

int load_record(const struct load *load)
{
	struct load_records now, all = { 0 };
	bool found = false;
	int code = load_records_of(&now, load);
	size_t kept = 0;

	if (code)
		return code;
	if (!now.count) {
		load_records_free(&now);
		return cli_fail(load->what, NULL,
				"this kernel does not tell what verification cost");
	}
	if (strcmp(load->record, "-") != 0)
		code = load_records_read(&all, load->what, load->record, &found);
	for (size_t i = 0; !code && i < all.count; i++) {
		if (is_replaced(load, &all.rows[i], &now)) {
			for (int k = 0; k < KEYS; k++)
				free(all.rows[i].keys[k]);
		} else {
			all.rows[kept++] = all.rows[i];
		}
	}
	all.count = kept;
	if (!code) {
		struct load_recorded *rows = realloc(all.rows, (kept + now.count) * sizeof(*rows));

		if (rows) {
			memcpy(rows + kept, now.rows, now.count * sizeof(*rows));
			all.rows = rows;
			all.count += now.count;
			now.count = 0; /* taken over */
			code = load_records_write(&all, load->what, load->record);
		} else {
			code = cli_fail(load->what, NULL, "no memory");
		}
	}
	load_records_free(&now);
	load_records_free(&all);
	return code;
}
