/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The file of --record and --gate: what verification cost, as tab-separated lines. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "cli.h"
#include "load.h"

#define KEYS    5
#define COLUMNS (KEYS + COST_MEASURES)

const char *const load_measure_names[COST_MEASURES] = { "insns", "peak states", "states", "stack" };

static const char head[] =
	"# What the verification of each program cost; written by `skep load --record`, compared by\n"
	"# --gate. Instructions along all paths, states kept at one time and in all, bytes of stack.\n"
	"#\n"
	"# object\tprogram\tkernel\tmachine\tcompiler\tinsns\tpeak\tstates\tstack\n";

int load_recorded_compare(const struct load_recorded *a, const struct load_recorded *b, int keys)
{
	int order = 0;

	for (int i = 0; !order && i < keys; i++)
		order = strcmp(a->keys[i], b->keys[i]);
	return order;
}

static int by_all(const void *a, const void *b)
{
	return load_recorded_compare(a, b, KEYS);
}

void load_records_free(struct load_records *records)
{
	for (size_t i = 0; i < records->count; i++)
		for (int k = 0; k < KEYS; k++)
			free(records->rows[i].keys[k]);
	free(records->rows);
	*records = (struct load_records){ 0 };
}

/* Takes the row over when it works. */
static bool add(struct load_records *records, struct load_recorded *row)
{
	struct load_recorded *rows = NULL;
	bool whole = true;

	for (int k = 0; k < KEYS; k++)
		whole &= row->keys[k] != NULL;
	if (whole)
		rows = realloc(records->rows, (records->count + 1) * sizeof(*rows));
	if (!rows) {
		for (int k = 0; k < KEYS; k++)
			free(row->keys[k]);
		return false;
	}
	rows[records->count++] = *row;
	records->rows = rows;
	return true;
}

/* Splits a line at its tabs. How many columns it has. */
static int split(char *line, char *cells[COLUMNS])
{
	int n = 0;

	for (char *tab = line; line; line = tab, n++) {
		tab = strchr(line, '\t');
		if (tab)
			*tab++ = '\0';
		if (n < COLUMNS)
			cells[n] = line;
	}
	return n;
}

static bool read_number(const char *cell, uint64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoull(cell, &end, 10);
	return *cell >= '0' && *cell <= '9' && !*end && !errno;
}

/* What is wrong with a line; NULL: it is one more row. */
static const char *read_line(struct load_records *records, char *line)
{
	struct load_recorded row = { 0 };
	char *cells[COLUMNS];

	if (split(line, cells) != COLUMNS)
		return "nine columns separated by tabs are expected";
	for (int k = 0; k < KEYS; k++)
		if (!*cells[k])
			return "a column is empty";
	for (int m = 0; m < COST_MEASURES; m++)
		if (!read_number(cells[KEYS + m], &row.measures[m]))
			return "the last four columns are numbers";
	for (int k = 0; k < KEYS; k++)
		row.keys[k] = strdup(cells[k]);
	return add(records, &row) ? NULL : "no memory";
}

static int read_lines(struct load_records *records, const char *what, const char *path, FILE *file)
{
	const char *wrong = NULL;
	char *line = NULL;
	size_t room = 0, number = 0;
	ssize_t n;

	while (!wrong && (n = getline(&line, &room, file)) >= 0) {
		size_t length = (size_t)n;

		number++;
		while (length && (line[length - 1] == '\n' || line[length - 1] == '\r'))
			line[--length] = '\0';
		if (strlen(line) != length)
			wrong = "it is no text";
		else if (*line && *line != '#')
			wrong = read_line(records, line);
	}
	free(line);
	if (wrong)
		return cli_fail(what, "mend that line, or remove the file and use --record",
				"%s:%zu: %s", path, number, wrong);
	if (ferror(file))
		return cli_fail(what, NULL, "cannot read %s: %s", path, strerror(errno));
	if (records->count)
		qsort(records->rows, records->count, sizeof(*records->rows), by_all);
	for (size_t i = 1; i < records->count; i++)
		if (!by_all(&records->rows[i - 1], &records->rows[i]))
			return cli_fail(what, "keep one of the lines",
					"%s has two lines for program '%s' of %s on %s", path,
					records->rows[i].keys[1], records->rows[i].keys[0],
					records->rows[i].keys[2]);
	return EXIT_OK;
}

int load_records_read(struct load_records *records, const char *what, const char *path, bool *found)
{
	FILE *file = fopen(path, "re");
	int code;

	*records = (struct load_records){ 0 };
	*found = file != NULL;
	if (!file)
		return errno == ENOENT
			       ? EXIT_OK
			       : cli_fail(what, NULL, "cannot read %s: %s", path, strerror(errno));
	code = read_lines(records, what, path, file);
	fclose(file);
	if (code)
		load_records_free(records);
	return code;
}

/* "clang-14", as the object's debug information has it; "-" where it does not tell. */
static char *compiler_of(const struct load_image *image)
{
	static const char mark[] = "clang version ";
	const unsigned char *at = NULL, *end = image->data + image->bytes;
	char text[32];
	int n = 0;

	if (image->data)
		at = memmem(image->data, image->bytes, mark, sizeof(mark) - 1);
	if (at)
		at += sizeof(mark) - 1;
	while (at && at + n < end && at[n] >= '0' && at[n] <= '9' && n < 8)
		n++;
	if (!n)
		return strdup("-");
	snprintf(text, sizeof(text), "clang-%.*s", n, (const char *)at);
	return strdup(text);
}

/* Patches of one release family hardly change the verifier: 6.1.170 is 6.1. */
static void fill_keys(struct load_recorded *row, const struct load_object *object,
		      const struct load_program *program)
{
	const char *slash = strrchr(object->path, '/');
	struct utsname name;
	unsigned major = 0, minor = 0;
	char kernel[32];

	if (uname(&name))
		memset(&name, 0, sizeof(name));
	if (sscanf(name.release, "%u.%u", &major, &minor) != 2)
		snprintf(kernel, sizeof(kernel), "%.30s", name.release);
	else
		snprintf(kernel, sizeof(kernel), "%u.%u", major, minor);
	row->keys[0] = strdup(slash ? slash + 1 : object->path);
	row->keys[1] = strdup(program->name);
	row->keys[2] = strdup(kernel);
	row->keys[3] = strdup(*name.machine ? name.machine : "-");
	row->keys[4] = compiler_of(&object->image);
}

/* Of a chain of calls; where the kernel tells those of functions only, their sum. */
static uint64_t stack_of(const struct skep_cost *cost)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < cost->stack_count; i++)
		sum += cost->stacks[i];
	return cost->stack ? cost->stack : sum;
}

static bool add_program(struct load_records *records, const struct load_object *object,
			const struct load_program *program)
{
	struct load_recorded row = { 0 };
	const struct skep_cost *cost;

	if (program->verdict != LOAD_ACCEPTED || !program->explanation ||
	    !skep_explanation_cost_count(program->explanation))
		return true;
	cost = skep_explanation_cost(program->explanation, 0);
	fill_keys(&row, object, program);
	row.measures[COST_INSNS] = cost->insns;
	row.measures[COST_PEAK] = cost->states_peak;
	row.measures[COST_STATES] = cost->states;
	row.measures[COST_STACK] = stack_of(cost);
	return add(records, &row);
}

int load_records_of(struct load_records *records, const struct load *load)
{
	bool added = true;

	*records = (struct load_records){ 0 };
	for (size_t o = 0; o < load->count; o++)
		for (size_t i = 0; added && i < load->objects[o].count; i++)
			added = add_program(records, &load->objects[o],
					    &load->objects[o].programs[i]);
	if (!added) {
		load_records_free(records);
		return cli_fail(load->what, NULL, "no memory");
	}
	if (records->count)
		qsort(records->rows, records->count, sizeof(*records->rows), by_all);
	for (size_t i = 1; i < records->count; i++) {
		const struct load_recorded *row = &records->rows[i];

		if (by_all(row - 1, row))
			continue;
		cli_fail(load->what, "costs are kept by the names of objects: give them others",
			 "two objects are named %s", row->keys[0]);
		load_records_free(records);
		return EXIT_FAILED;
	}
	return EXIT_OK;
}

void load_records_print(const struct load_records *records, FILE *out)
{
	for (size_t i = 0; i < records->count; i++) {
		const struct load_recorded *row = &records->rows[i];

		for (int k = 0; k < KEYS; k++)
			fprintf(out, "%s%s", k ? "\t" : "", row->keys[k]);
		for (int m = 0; m < COST_MEASURES; m++)
			fprintf(out, "\t%llu", (unsigned long long)row->measures[m]);
		fputc('\n', out);
	}
}

int load_records_write(struct load_records *records, const char *what, const char *path)
{
	bool to_stdout = !strcmp(path, "-");
	size_t bytes = 0;
	char *text = NULL;
	FILE *out = open_memstream(&text, &bytes);
	int code = EXIT_OK;

	if (records->count)
		qsort(records->rows, records->count, sizeof(*records->rows), by_all);
	if (out) {
		fputs(head, out);
		load_records_print(records, out);
		code = ferror(out);
		code |= fclose(out);
	}
	if (!out || code || !text)
		code = cli_fail(what, NULL, "no memory");
	else
		code = cli_write(what, to_stdout ? NULL : path, text, bytes);
	free(text);
	return code;
}
