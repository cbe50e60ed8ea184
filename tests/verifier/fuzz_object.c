/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Damaged objects beside their logs, some of those damaged too, through the explainer, under
 * AddressSanitizer and UndefinedBehaviorSanitizer, which end the process at the first error.
 *
 *	fuzz_object [-t CPU_SECONDS] [-s SEED] [-c CASE] OBJECTS LOGS
 *
 * OBJECTS and LOGS are folders: NAME.o and NAME.log belong together. -c repeats a case; the number of
 * one that goes wrong is in the last line of what is printed.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <skep/verifier.h>

#define PAIRS_MOST 512
#define ROOM       ((size_t)1 << 17)

struct piece {
	char *data;
	size_t bytes;
};

static struct pair {
	struct piece object, log;
} pairs[PAIRS_MOST];
static size_t pair_count;
static uint64_t state;

static uint64_t draw(uint64_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return below ? (state >> 11) % below : 0;
}

static bool read_piece(const char *folder, const char *name, const char *end, struct piece *piece)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s%s", folder, name, end);
	file = fopen(path, "re");
	if (!file)
		return false;
	piece->data = malloc(ROOM);
	piece->bytes = piece->data ? fread(piece->data, 1, ROOM, file) : 0;
	fclose(file);
	return piece->bytes && piece->bytes < ROOM;
}

static void read_pairs(const char *objects, const char *logs)
{
	DIR *dir = opendir(objects);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)) && pair_count < PAIRS_MOST) {
		struct pair *pair = &pairs[pair_count];
		char name[256];

		snprintf(name, sizeof(name), "%s", entry->d_name);
		if (!strstr(name, ".o"))
			continue;
		*strstr(name, ".o") = '\0';
		if (read_piece(objects, name, ".o", &pair->object) &&
		    read_piece(logs, name, ".log", &pair->log)) {
			pair_count++;
			continue;
		}
		free(pair->object.data);
		free(pair->log.data);
		*pair = (struct pair){ 0 };
	}
	if (dir)
		closedir(dir);
}

/* Single bytes, runs of one value, and pieces from elsewhere in it. */
static void damage(char *data, size_t bytes, uint64_t times)
{
	for (uint64_t i = 0; i < times; i++) {
		size_t at = draw(bytes), n = 1 + draw(16);

		if (n > bytes - at)
			n = bytes - at;
		switch (draw(4)) {
		case 0:
			data[at] = (char)draw(256);
			break;
		case 1:
			data[at] = (char)(data[at] ^ (1 << draw(8)));
			break;
		case 2:
			memset(data + at, draw(2) ? 0xff : 0, n);
			break;
		default:
			memmove(data + at, data + draw(bytes - n + 1), n);
			break;
		}
	}
}

static void explain(const struct piece *object, const struct piece *log)
{
	struct skep_explanation *explanation = NULL;
	char *text = NULL;

	if (skep_explain(&explanation, log->data, log->bytes,
			 SKEP_OPTS(skep_explain_opts, .object_data = object->data,
				   .object_bytes = object->bytes, .story = true)))
		return;
	if (skep_explanation_count(explanation) &&
	    !skep_diagnostic_text(&text, skep_explanation_diagnostic(explanation, 0),
				  SKEP_OPTS(skep_diagnostic_text_opts, .verbose = 2)))
		free(text);
	skep_explanation_free(explanation);
}

/* Exact copies, so that reading beyond them is seen. */
static void run_case(uint64_t seed, uint64_t number)
{
	const struct pair *pair;
	struct piece object, log;

	state = (seed + 1) * 0x9e3779b97f4a7c15 + number * 0xd1342543de82ef95;
	state += !state;
	draw(2);
	pair = &pairs[draw(pair_count)];
	object.bytes = draw(8) ? pair->object.bytes : draw(pair->object.bytes) + 1;
	log.bytes = draw(8) ? pair->log.bytes : draw(pair->log.bytes) + 1;
	object.data = malloc(object.bytes);
	log.data = malloc(log.bytes);
	if (object.data && log.data) {
		memcpy(object.data, pair->object.data, object.bytes);
		memcpy(log.data, pair->log.data, log.bytes);
		damage(object.data, object.bytes, draw(8));
		damage(log.data, log.bytes, draw(2) ? 0 : draw(8));
		explain(&object, &log);
	}
	free(object.data);
	free(log.data);
}

int main(int argc, char **argv)
{
	uint64_t seed = 1, only = UINT64_MAX, number = 0;
	long seconds = 10;
	int option;

	while ((option = getopt(argc, argv, "t:s:c:")) != -1) {
		if (option == 't')
			seconds = strtol(optarg, NULL, 10);
		else if (option == 's')
			seed = strtoull(optarg, NULL, 10);
		else if (option == 'c')
			only = strtoull(optarg, NULL, 10);
		else
			return 2;
	}
	if (optind + 2 == argc)
		read_pairs(argv[optind], argv[optind + 1]);
	if (!pair_count) {
		fputs("fuzz_object: which objects, and which logs?\n", stderr);
		return 2;
	}
	if (only != UINT64_MAX)
		run_case(seed, only);
	for (; only == UINT64_MAX && clock() / CLOCKS_PER_SEC < seconds; number++) {
		if (number % 100 == 0)
			fprintf(stderr, "cases from %llu\n", (unsigned long long)number);
		run_case(seed, number);
	}
	printf("%llu cases of %zu objects, %ld CPU seconds\n", (unsigned long long)number,
	       pair_count, (long)(clock() / CLOCKS_PER_SEC));
	return 0;
}
