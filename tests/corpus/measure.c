/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * How good the explainer is on the recorded logs, kernel by kernel:
 *
 *	measure [-v] CORPUS [OBJECTS]
 *
 * CORPUS has labels/, logs/KERNEL/ and programs/; OBJECTS, where it is given, NAME.o of each program.
 * Prints a table, with -v also what is wrong; exits 1 where it is below the bar that is asked for.
 */
#include <dirent.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skep/error.h>
#include <skep/verifier.h>

#include "labels.h"
#include "tokens.h"

#define KERNELS_MOST 8

enum column {
	LOGS,
	SPECIFIC,        /* a known refusal */
	CODE,            /* as labelled */
	LINE,            /* the refused line, from the log alone */
	LINE_OBJECT,     /* with the object at hand */
	CAUSE,           /* of the programs with a cause line: it is named */
	CAUSE_OBJECT,    /* with the object at hand */
	CAUSE_PRECISION, /* of the cause lines named there: the labelled one */
	FIX,
	FIX_NAMES, /* of the fixes: has a name or a number of this very program */
	EXACT,
	EXACT_RIGHT, /* of the exact: code, line and cause right */
	COLUMNS,
};

static const struct {
	const char *name;
	int asked;     /* per cent; 0: only told */
	bool together; /* of all kernels' logs together: where the line is, a log does not always say */
} columns[COLUMNS] = {
	[LOGS] = { "logs", 0 },          [SPECIFIC] = { "specific", 98 },
	[CODE] = { "code", 95 },         [LINE] = { "line", 97, true },
	[LINE_OBJECT] = { "+obj", 97 },  [CAUSE] = { "cause", 90 },
	[CAUSE_OBJECT] = { "+obj", 90 }, [CAUSE_PRECISION] = { "precision", 0 },
	[FIX] = { "fix", 90 },           [FIX_NAMES] = { "names", 90 },
	[EXACT] = { "exact", 0 },        [EXACT_RIGHT] = { "right", 99 },
};

struct figures {
	char kernel[16];
	int right[COLUMNS], of[COLUMNS];
};

static bool verbose;
static const char *corpus, *objects;

static void count(struct figures *f, enum column column, bool right)
{
	f->of[column]++;
	f->right[column] += right;
}

__attribute__((format(printf, 3, 4))) static void complain(const struct figures *f,
							   const struct label *label,
							   const char *format, ...)
{
	va_list args;

	if (!verbose)
		return;
	printf("%-5s %-32s ", f->kernel, label->program);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

/* Linux 6.1 quotes lines without their numbers: the marks in them tell. */
static bool is_line(const struct skep_place *place, unsigned line, const char *mark)
{
	if (place->line)
		return place->line == line;
	return place->text && strstr(place->text, mark);
}

static bool names_cause(const struct skep_diagnostic *d, unsigned line)
{
	for (size_t i = 0; i < d->cause_count; i++)
		if (is_line(&d->causes[i].place, line, "/* cause */"))
			return true;
	return false;
}

static struct skep_explanation *explain(const char *kernel, const struct label *label,
					const char *object)
{
	struct skep_explanation *explanation = NULL;
	char path[1024], sources[1024];
	struct skep_explain_opts opts = { .sz = sizeof(opts), .object = object };

	snprintf(path, sizeof(path), "%s/logs/%s/%s.log", corpus, kernel, label->program);
	snprintf(sources, sizeof(sources), "%s/programs", corpus);
	opts.source_dir = sources;
	if (skep_explain_file(&explanation, path, &opts))
		skep_perror(path);
	return explanation;
}

static void measure_places(struct figures *f, const struct label *label,
			   const struct skep_diagnostic *d, enum column line, enum column cause)
{
	bool right = is_line(&d->primary, label->refused, "/* refused */");

	if (label->refused)
		count(f, line, right);
	if (label->refused && !right)
		complain(f, label, "%s: line %u, not %u", columns[line].name, d->primary.line,
			 label->refused);
	if (label->cause)
		count(f, cause, names_cause(d, label->cause));
	if (label->cause && !names_cause(d, label->cause))
		complain(f, label, "%s: cause line %u is not named", columns[cause].name,
			 label->cause);
}

static void measure_fix(struct figures *f, const struct label *label,
			const struct skep_diagnostic *d)
{
	char path[1024];
	bool names = false;

	count(f, FIX, d->fix_count > 0);
	if (!d->fix_count)
		complain(f, label, "no fix");
	snprintf(path, sizeof(path), "%s/programs/%s.bpf.c", corpus, label->program);
	for (size_t i = 0; i < d->fix_count && !names; i++)
		names = tokens_name_program(path, d->kernel_message, d->fixes[i].text,
					    d->fixes[i].code);
	if (d->fix_count && d->primary.text)
		count(f, FIX_NAMES, names);
	if (d->fix_count && d->primary.text && !names)
		complain(f, label, "the fix names nothing of the program: %s", d->fixes[0].text);
}

static void measure_exact(struct figures *f, const struct label *label,
			  const struct skep_diagnostic *d)
{
	bool right = !strcmp(d->code, label->code) &&
		     (!label->refused || is_line(&d->primary, label->refused, "/* refused */")) &&
		     (!label->cause || names_cause(d, label->cause));

	count(f, EXACT, d->confidence == SKEP_CONFIDENCE_EXACT);
	if (d->confidence != SKEP_CONFIDENCE_EXACT)
		return;
	count(f, EXACT_RIGHT, right);
	if (!right)
		complain(f, label, "is called exact");
}

static void measure_alone(struct figures *f, const struct label *label,
			  const struct skep_diagnostic *d)
{
	count(f, LOGS, true);
	count(f, SPECIFIC, d->confidence != SKEP_CONFIDENCE_FALLBACK);
	count(f, CODE, !strcmp(d->code, label->code));
	if (strcmp(d->code, label->code))
		complain(f, label, "%s, not %s: %s", d->code, label->code, d->kernel_message);
	measure_places(f, label, d, LINE, CAUSE);
	measure_fix(f, label, d);
	measure_exact(f, label, d);
}

static void measure_program(struct figures *f, const struct label *label, char code[16])
{
	struct skep_explanation *explanation = explain(f->kernel, label, NULL);
	const struct skep_diagnostic *d =
		explanation ? skep_explanation_diagnostic(explanation, 0) : NULL;
	char object[1024];

	code[0] = '\0';
	if (!d) {
		count(f, LOGS, false);
		count(f, SPECIFIC, false);
		complain(f, label, "no diagnostic");
	} else {
		measure_alone(f, label, d);
		snprintf(code, 16, "%s", d->code);
	}
	skep_explanation_free(explanation);
	if (!objects)
		return;
	snprintf(object, sizeof(object), "%s/%s.o", objects, label->program);
	explanation = explain(f->kernel, label, object);
	d = explanation ? skep_explanation_diagnostic(explanation, 0) : NULL;
	if (d)
		measure_places(f, label, d, LINE_OBJECT, CAUSE_OBJECT);
	for (size_t i = 0; d && label->cause && i < d->cause_count; i++)
		count(f, CAUSE_PRECISION,
		      is_line(&d->causes[i].place, label->cause, "/* cause */"));
	skep_explanation_free(explanation);
}

static bool print_figures(const struct figures *f, bool together)
{
	bool good = true;

	printf("%-7s%5d", f->kernel, f->of[LOGS]);
	for (int c = SPECIFIC; c < COLUMNS; c++) {
		char text[16] = "-";

		if (f->of[c])
			snprintf(text, sizeof(text), "%.1f%s", 100.0 * f->right[c] / f->of[c],
				 f->right[c] * 100 < columns[c].asked * f->of[c] ? "!" : "");
		printf(" %9s", text);
		if (together || !columns[c].together)
			good = good && f->right[c] * 100 >= columns[c].asked * f->of[c];
	}
	putchar('\n');
	return good;
}

static void print_head(void)
{
	printf("%-7s%5s", "", columns[LOGS].name);
	for (int c = SPECIFIC; c < COLUMNS; c++)
		printf(" %9s", columns[c].name);
	printf("\n%-12s", "asked");
	for (int c = SPECIFIC; c < COLUMNS; c++)
		if (columns[c].asked)
			printf(" %9d", columns[c].asked);
		else
			printf(" %9s", "");
	putchar('\n');
}

static int is_kernel(const struct dirent *entry)
{
	return entry->d_name[0] >= '0' && entry->d_name[0] <= '9';
}

/* 6.2 before 6.12. */
static int by_version(const struct dirent **a, const struct dirent **b)
{
	return strverscmp((*a)->d_name, (*b)->d_name);
}

static int find_kernels(struct figures figures[KERNELS_MOST])
{
	char path[1024];
	struct dirent **names;
	int found;

	snprintf(path, sizeof(path), "%s/logs", corpus);
	found = scandir(path, &names, is_kernel, by_version);
	for (int i = 0; i < found; i++) {
		if (i < KERNELS_MOST)
			snprintf(figures[i].kernel, sizeof(figures[i].kernel), "%.15s",
				 names[i]->d_name);
		free(names[i]);
	}
	if (found >= 0)
		free(names);
	return found < KERNELS_MOST ? found : KERNELS_MOST;
}

static void add(struct figures *sum, const struct figures *f)
{
	for (int c = 0; c < COLUMNS; c++) {
		sum->right[c] += f->right[c];
		sum->of[c] += f->of[c];
	}
}

/* One code for a program on all kernels that refuse it. */
static bool is_consistent(char codes[KERNELS_MOST][16], int kernels)
{
	const char *first = NULL;

	for (int k = 0; k < kernels; k++) {
		if (!codes[k][0])
			continue;
		if (first && strcmp(first, codes[k]))
			return false;
		first = codes[k];
	}
	return true;
}

static bool measure(const struct labels *labels, struct figures *figures, int kernels)
{
	struct figures all = { .kernel = "all" };
	size_t consistent = 0;
	bool good = true;

	for (size_t i = 0; i < labels->count; i++) {
		char codes[KERNELS_MOST][16] = { 0 };

		for (int k = 0; k < kernels; k++)
			if (label_refused_on(&labels->at[i], figures[k].kernel))
				measure_program(&figures[k], &labels->at[i], codes[k]);
		consistent += is_consistent(codes, kernels);
	}
	print_head();
	for (int k = 0; k < kernels; k++) {
		add(&all, &figures[k]);
		good &= print_figures(&figures[k], false);
	}
	good &= print_figures(&all, true);
	printf("%zu programs; the same code on every kernel: %.1f %% (asked: 95)\n", labels->count,
	       100.0 * (double)consistent / (double)labels->count);
	return good && consistent * 100 >= labels->count * 95;
}

int main(int argc, char **argv)
{
	struct figures figures[KERNELS_MOST] = { 0 };
	struct labels labels;
	char path[1024];
	bool good;
	int option;

	while ((option = getopt(argc, argv, "v")) == 'v')
		verbose = true;
	if (option != -1 || optind >= argc || argc - optind > 2) {
		fprintf(stderr, "usage: measure [-v] CORPUS [OBJECTS]\n");
		return 2;
	}
	corpus = argv[optind];
	objects = argv[optind + 1];
	snprintf(path, sizeof(path), "%s/labels", corpus);
	good = labels_read(&labels, path) && measure(&labels, figures, find_kernels(figures));
	labels_free(&labels);
	return !good;
}
