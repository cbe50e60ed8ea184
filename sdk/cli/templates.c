/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Finding templates. */
#include "templates.h"

#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

static bool own_folder(char folder[TEMPLATE_PATH])
{
	ssize_t n = readlink("/proc/self/exe", folder, TEMPLATE_PATH - 1);

	if (n <= 0)
		return false;
	folder[n] = '\0';
	dirname(folder);
	return true;
}

/* `path` is made short by resolving it, and tells whether it exists. */
static bool is_folder(char path[TEMPLATE_PATH])
{
	char real[TEMPLATE_PATH];
	struct stat st;

	if (!realpath(path, real) || stat(real, &st) || !S_ISDIR(st.st_mode))
		return false;
	strcpy(path, real);
	return true;
}

bool templates_beside(const char *installed, const char *built, char folder[TEMPLATE_PATH])
{
	/* From bin/ of a prefix, and from where the build tree puts the program. */
	const char *const places[] = { installed, built };
	char own[TEMPLATE_PATH];

	if (own_folder(own))
		for (size_t i = 0; i < 2; i++) {
			if (snprintf(folder, TEMPLATE_PATH, "%s%s", own, places[i]) >=
			    TEMPLATE_PATH)
				continue;
			if (is_folder(folder))
				return true;
		}
	return false;
}

int templates_find(const char *what, char folder[TEMPLATE_PATH])
{
	if (templates_beside("/../share/skep/templates", SKEP_BUILD_TEMPLATES, folder))
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
