/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Finding templates. */
#include "templates.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "own.h"

int templates_find(const char *what, char folder[TEMPLATE_PATH])
{
	if (own_find(folder, "/../share/skep/templates", SKEP_BUILD_TEMPLATES))
		return EXIT_OK;
	return cli_fail(what, "install skep with `cmake --install`, which puts them beside it",
			"there are no templates beside this program");
}

void templates_prefix(char prefix[TEMPLATE_PATH])
{
	char config[TEMPLATE_PATH + 64];
	size_t n;

	prefix[0] = '\0';
	if (!own_folder(prefix))
		return;
	n = strlen(prefix);
	if (n < 4 || strcmp(prefix + n - 4, "/bin"))
		n = 0;
	prefix[n ? n - 4 : 0] = '\0';
	snprintf(config, sizeof(config), "%s/share/skep/templates", prefix);
	if (!n || access(config, R_OK))
		prefix[0] = '\0';
}

static void take(char *to, size_t room, const char *line)
{
	snprintf(to, room, "%.*s", (int)strcspn(line, "\n"), line);
}

static void read_about(const char *folder, struct template_entry *entry)
{
	char path[TEMPLATE_PATH + 80], line[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s/.about", folder, entry->name);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (!entry->about[0])
			take(entry->about, sizeof(entry->about), line);
		else if (!strncmp(line, "topic: ", 7))
			take(entry->topic, sizeof(entry->topic), line + 7);
		else if (!strncmp(line, "stem: ", 6))
			take(entry->stem, sizeof(entry->stem), line + 6);
		else if (!strncmp(line, "needs: ", 7))
			take(entry->needs, sizeof(entry->needs), line + 7);
	if (f)
		fclose(f);
}

static int by_topic_and_name(const void *a, const void *b)
{
	const struct template_entry *x = a, *y = b;
	int topic = strcmp(x->topic, y->topic);

	return topic ? topic : strcmp(x->name, y->name);
}

size_t templates_list(const char *folder, struct template_entry **list)
{
	DIR *dir = opendir(folder);
	struct dirent *d;
	size_t count = 0;

	*list = NULL;
	while (dir && (d = readdir(dir))) {
		struct template_entry *grown;

		if (d->d_name[0] == '.' || strlen(d->d_name) >= sizeof((*list)->name))
			continue;
		grown = realloc(*list, (count + 1) * sizeof(*grown));
		if (!grown)
			break;
		*list = grown;
		grown[count] = (struct template_entry){ 0 };
		strcpy(grown[count].name, d->d_name);
		read_about(folder, &grown[count]);
		if (grown[count].about[0]) /* what has no .about is not a template */
			count++;
	}
	if (dir)
		closedir(dir);
	if (*list)
		qsort(*list, count, sizeof(**list), by_topic_and_name);
	return count;
}
