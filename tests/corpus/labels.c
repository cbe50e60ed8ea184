/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "labels.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool read_row(const char *text, struct label *label)
{
	char refused[16], cause[16];

	if (sscanf(text, "%63[^\t]\t%15[^\t]\t%15[^\t]\t%15[^\t]\t%47[^\t\n]\t%47[^\t\n]",
		   label->program, label->code, refused, cause, label->no_log, label->no_fixed) < 5)
		return false;
	label->refused = (unsigned)strtoul(refused, NULL, 10);
	label->cause = (unsigned)strtoul(cause, NULL, 10);
	return !strncmp(label->code, "SKEP-V", 6);
}

static bool read_table(struct labels *labels, const char *folder, const char *name)
{
	char path[512], text[256];
	FILE *file;
	bool good = true;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "re");
	if (!file) {
		perror(path);
		return false;
	}
	while (good && fgets(text, sizeof(text), file)) {
		struct label label = { 0 }, *grown;

		if (text[0] == '#' || text[0] == '\n')
			continue;
		grown = realloc(labels->at, (labels->count + 1) * sizeof(*grown));
		good = grown && read_row(text, &label);
		if (grown)
			labels->at = grown;
		if (!good) {
			fprintf(stderr, "%s: what is `%s`?\n", path, text);
			break;
		}
		snprintf(label.author, sizeof(label.author), "%.*s", (int)strcspn(name, "."), name);
		labels->at[labels->count++] = label;
	}
	fclose(file);
	return good;
}

static int by_program(const void *a, const void *b)
{
	return strcmp(((const struct label *)a)->program, ((const struct label *)b)->program);
}

static int is_table(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return length > 4 && !strcmp(entry->d_name + length - 4, ".tsv");
}

bool labels_read(struct labels *labels, const char *folder)
{
	struct dirent **names;
	int count = scandir(folder, &names, is_table, alphasort);
	bool good = count > 0;

	*labels = (struct labels){ 0 };
	if (!good)
		fprintf(stderr, "%s: no tables of labels\n", folder);
	for (int i = 0; i < count; i++) {
		good = good && read_table(labels, folder, names[i]->d_name);
		free(names[i]);
	}
	if (count >= 0)
		free(names);
	if (labels->count)
		qsort(labels->at, labels->count, sizeof(*labels->at), by_program);
	return good;
}

void labels_free(struct labels *labels)
{
	free(labels->at);
	*labels = (struct labels){ 0 };
}

const struct label *labels_find(const struct labels *labels, const char *program)
{
	struct label wanted;

	snprintf(wanted.program, sizeof(wanted.program), "%s", program);
	return bsearch(&wanted, labels->at, labels->count, sizeof(*labels->at), by_program);
}

static bool is_among(const char *kernels, const char *kernel)
{
	size_t length = strlen(kernel);

	for (const char *at = kernels; (at = strstr(at, kernel)); at += length)
		if ((at == kernels || at[-1] == ',') && (!at[length] || at[length] == ','))
			return true;
	return false;
}

bool label_refused_on(const struct label *label, const char *kernel)
{
	return !is_among(label->no_log, kernel);
}

bool label_fixed_on(const struct label *label, const char *kernel)
{
	return !is_among(label->no_fixed, kernel);
}
