/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Where the loader would look, in its order: ld.so(8). And the shell, for programs. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/fail.h"
#include "elf_file.h"
#include "library.h"

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

struct search {
	struct skep_binary *binary;
	const char *name;
	int pid;
	bool executable; /* as the shell looks */
};

static bool try_file(const char *path, void *ctx)
{
	const struct search *search = ctx;

	if (*path == '/' && skep_binary_open(search->binary, path, search->pid) == 0 &&
	    skep_binary_is_native(search->binary->fd, search->pid))
		return true;
	skep_binary_close(search->binary);
	return false;
}

/* The name as it is, or the first that fits it. */
static bool try_folder(const char *folder, const struct search *search)
{
	char path[SKEP_SHOWN_MAX];
	struct dirent *entry;
	bool found = false;
	DIR *dir;

	if (*folder != '/' ||
	    snprintf(path, sizeof(path), "%s/%s", folder, search->name) >= (int)sizeof(path))
		return false;
	if (try_file(path, (void *)(uintptr_t)search))
		return true;
	if (search->executable || strstr(search->name, ".so") ||
	    snprintf(path, sizeof(path), "%s%s", search->binary->root, folder) >= (int)sizeof(path))
		return false;
	dir = opendir(path);
	while (dir && !found && (entry = readdir(dir)))
		found = skep_library_fits(entry->d_name, search->name) &&
			snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name) <
				(int)sizeof(path) &&
			try_file(path, (void *)(uintptr_t)search);
	if (dir)
		closedir(dir);
	return found;
}

/* A list with ':' between, or ';' as LD_LIBRARY_PATH may have. `origin` stands for $ORIGIN. */
static bool try_list(const char *list, const char *origin, const struct search *search)
{
	while (list && *list) {
		size_t length = strcspn(list, ":;\n");
		char folder[SKEP_SHOWN_MAX];
		size_t skip = !strncmp(list, "$ORIGIN", 7)     ? 7
			      : !strncmp(list, "${ORIGIN}", 9) ? 9
							       : 0;

		snprintf(folder, sizeof(folder), "%s%.*s", skip && origin ? origin : "",
			 (int)(length - (skip <= length ? skip : 0)), list + skip);
		if (length && try_folder(folder, search))
			return true;
		list += length + (list[length] != '\0');
	}
	return false;
}

/* A variable of the process's environment, into `buf`; NULL: it has none. */
static const char *variable_of(int pid, const char *name, char *buf, size_t size)
{
	char path[32], *line = NULL;
	const char *value = NULL;
	size_t room = 0, length = strlen(name);
	FILE *file;

	if (!pid)
		return secure_getenv(name);
	snprintf(path, sizeof(path), "/proc/%d/environ", pid);
	file = fopen(path, "re");
	while (file && !value && getdelim(&line, &room, '\0', file) > 0)
		if (!strncmp(line, name, length) && line[length] == '=') {
			snprintf(buf, size, "%s", line + length + 1);
			value = buf;
		}
	free(line);
	if (file)
		fclose(file);
	return value;
}

/* DT_RUNPATH of the process's program, or DT_RPATH where that is all it has. */
static bool try_runpath(const struct search *search)
{
	struct skep_elf elf SKEP_ELF_AUTO = SKEP_ELF_NONE;
	char exe[32], origin[SKEP_SHOWN_MAX];
	const char *path = NULL;
	GElf_Shdr header;
	Elf_Scn *section;
	Elf_Data *data;
	GElf_Dyn entry;
	ssize_t length;

	snprintf(exe, sizeof(exe), "/proc/%d/exe", search->pid);
	length = readlink(exe, origin, sizeof(origin) - 1);
	if (length <= 0 || skep_elf_open(&elf, exe, exe))
		return false;
	origin[length] = '\0';
	if (strrchr(origin, '/'))
		*strrchr(origin, '/') = '\0';
	section = skep_elf_section(&elf, ".dynamic", &header);
	data = section ? elf_getdata(section, NULL) : NULL;
	for (int i = 0; data && gelf_getdyn(data, i, &entry); i++)
		if (entry.d_tag == DT_RUNPATH || (entry.d_tag == DT_RPATH && !path))
			path = elf_strptr(elf.elf, header.sh_link, entry.d_un.d_val);
	return path && try_list(path, origin, search);
}

/* musl has no cache, but a list of folders. */
static bool try_musl(const struct search *search)
{
	char path[sizeof(search->binary->root) + 96], list[1024];
	struct utsname machine;
	size_t length = 0;
	FILE *file;

	if (uname(&machine))
		return false;
	snprintf(path, sizeof(path), "%s/etc/ld-musl-%.60s.path", search->binary->root,
		 machine.machine);
	file = fopen(path, "re");
	if (file) {
		length = fread(list, 1, sizeof(list) - 1, file);
		fclose(file);
	}
	list[length] = '\0';
	return try_list(list, NULL, search);
}

static bool try_defaults(const struct search *search)
{
	char list[512];
	struct utsname machine;

	if (uname(&machine))
		return false;
	snprintf(list, sizeof(list),
		 "/lib/%.60s-linux-gnu:/usr/lib/%.60s-linux-gnu:/lib64:/usr/lib64:/lib:/usr/lib:"
		 "/usr/local/lib",
		 machine.machine, machine.machine);
	return try_list(list, NULL, search);
}

bool skep_library_search(struct skep_binary *binary, const char *name, int pid)
{
	struct search search = { .binary = binary, .name = name, .pid = pid };
	char buf[4096];
	const char *path;

	SKEP_KEEP_ERROR;
	if (!strstr(name, ".so")) {
		search.executable = true;
		path = variable_of(pid, "PATH", buf, sizeof(buf));
		if (try_list(path ? path : DEFAULT_PATH, NULL, &search))
			return true;
		search.executable = false;
	}
	return try_list(variable_of(pid, "LD_LIBRARY_PATH", buf, sizeof(buf)), NULL, &search) ||
	       (pid && try_runpath(&search)) ||
	       skep_library_in_cache(binary->root, name, try_file, &search) || try_musl(&search) ||
	       try_defaults(&search);
}
