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

static void read_about(const char *folder, struct template_entry *entry)
{
	char path[TEMPLATE_PATH + 80];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s/.about", folder, entry->name);
	f = fopen(path, "re");
	if (!f)
		return;
	if (fgets(entry->about, sizeof(entry->about), f))
		entry->about[strcspn(entry->about, "\n")] = '\0';
	fclose(f);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct template_entry *)a)->name,
		      ((const struct template_entry *)b)->name);
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
		qsort(*list, count, sizeof(**list), by_name);
	return count;
}
