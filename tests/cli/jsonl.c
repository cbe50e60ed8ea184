/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * jsonl [PATH...]: each line of standard input is one JSON object, or it says which one is not and
 * ends with 1. Prints the values at the paths ("record.pid") as JSON, separated by tabs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

static json_t *value_at(json_t *object, const char *path)
{
	char *copy = strdup(path), *rest = copy;

	for (char *key = strsep(&rest, "."); key && object; key = strsep(&rest, "."))
		object = json_object_get(object, key);
	free(copy);
	return object;
}

static int print_value(json_t *value, char end)
{
	char *text = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;

	printf("%s%c", text ? text : "-", end);
	free(text);
	return 0;
}

int main(int argc, char **argv)
{
	char *line = NULL;
	size_t room = 0;
	unsigned int number = 0;
	ssize_t bytes;

	while ((bytes = getline(&line, &room, stdin)) > 0) {
		json_error_t error;
		json_t *object = json_loadb(line, (size_t)bytes, JSON_REJECT_DUPLICATES, &error);

		number++;
		if (!json_is_object(object) || line[bytes - 1] != '\n') {
			fprintf(stderr, "line %u is no JSON object: %s\n%s\n", number,
				object ? "" : error.text, line);
			return 1;
		}
		for (int i = 1; i < argc; i++)
			print_value(value_at(object, argv[i]), i + 1 < argc ? '\t' : '\n');
		json_decref(object);
	}
	free(line);
	return 0;
}
