/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* How a project that was just made is started: its README says it, arguments and all. */
#include <stdio.h>
#include <string.h>

#include "templates.h"

/* The second line of the first block of commands; what begins with # is about it. */
static int second_line(FILE *readme, char *line, size_t room)
{
	int at = -1; /* outside */

	while (fgets(line, (int)room, readme)) {
		if (at < 0 && !strcmp(line, "```sh\n"))
			at = 0;
		else if (at >= 0 && ++at == 2)
			return 0;
	}
	return -1;
}

void templates_line(const char *target, const char *name, char *line, size_t room)
{
	char path[TEMPLATE_PATH], usual[64];
	const char *start;
	FILE *readme;
	int err = -1;

	snprintf(usual, sizeof(usual), "./build/%s", name);
	snprintf(path, sizeof(path), "%s/README.md", target);
	readme = fopen(path, "re");
	if (readme) {
		err = second_line(readme, line, room);
		fclose(readme);
	}
	start = err ? NULL : strstr(line, usual);
	if (!start) {
		snprintf(line, room, "%s", usual);
		return;
	}
	memmove(line, start, strlen(start) + 1);
	line[strcspn(line, "#\n")] = '\0';
	for (size_t n = strlen(line); n && line[n - 1] == ' ';)
		line[--n] = '\0';
}
