/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Arrays, /proc and folders, for the parts of `skep top`. */
#include "top.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <mntent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#define LEVELS_MOST  40
#define ENTRIES_MOST 50000

void *top_more(void *items, size_t count, size_t bytes)
{
	if (count & (count - 1)) /* room is doubled at each power of two */
		return items;
	return realloc(items, (count ? count * 2 : 1) * bytes);
}

int top_add_hook(struct top *top, const struct top_hook *hook)
{
	struct top_hook *more = top_more(top->others, top->other_count, sizeof(*more));

	if (!more)
		return -ENOMEM;
	top->others = more;
	more[top->other_count++] = *hook;
	return 0;
}

int top_add_holder(struct top *top, const struct top_holder *holder)
{
	struct top_holder *more = top_more(top->holders, top->holder_count, sizeof(*more));

	if (!more)
		return -ENOMEM;
	top->holders = more;
	more[top->holder_count++] = *holder;
	return 0;
}

uint64_t top_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

const char *top_type(uint32_t type, char words[16])
{
	const char *known = libbpf_bpf_prog_type_str((enum bpf_prog_type)type);

	if (!known)
		snprintf(words, 16, "type %u", type);
	return known ? known : words;
}

const char *top_map_type(uint32_t type, char words[16])
{
	const char *known = libbpf_bpf_map_type_str((enum bpf_map_type)type);

	if (!known)
		snprintf(words, 16, "type %u", type);
	return known ? known : words;
}

void top_comm(pid_t pid, char comm[32])
{
	char path[40];
	size_t n = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	file = fopen(path, "re");
	if (file) {
		n = fread(comm, 1, 31, file);
		fclose(file);
	}
	while (n && comm[n - 1] == '\n')
		n--;
	comm[n] = '\0';
	if (!n)
		strcpy(comm, "?");
}

static void take_line(const char *line, struct top_fdinfo *info)
{
	uint64_t value;
	char key[32];

	if (sscanf(line, "%31[^:]: %" SCNu64, key, &value) != 2)
		return;
	if (!strcmp(key, "prog_id"))
		info->program = (uint32_t)value;
	else if (!strcmp(key, "map_id"))
		info->map = (uint32_t)value;
	else if (!strcmp(key, "link_id"))
		info->link = (uint32_t)value;
	else if (!strcmp(key, "map_type"))
		info->map_type = (uint32_t)value;
	else if (!strcmp(key, "memlock"))
		info->bytes = value;
}

bool top_fdinfo(pid_t pid, int fd, struct top_fdinfo *info)
{
	char path[64], line[256];
	FILE *file;

	*info = (struct top_fdinfo){ 0 };
	if (pid)
		snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", (int)pid, fd);
	else
		snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	if (!file)
		return false;
	while (fgets(line, sizeof(line), file))
		take_line(line, info);
	fclose(file);
	return true;
}

int top_each_mount(struct top *top, const char *type, top_mount_fn fn)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent entry, *found;
	char text[2 * PATH_MAX];
	int err = 0;

	if (!mounts)
		return 0;
	while (!err && (found = getmntent_r(mounts, &entry, text, sizeof(text))))
		if (!strcmp(found->mnt_type, type))
			err = fn(top, found->mnt_dir);
	endmntent(mounts);
	return err;
}

struct walk {
	struct top *top;
	top_walk_fn fn;
	dev_t device;
	char path[PATH_MAX];
	unsigned int entries;
};

static int walk_folder(struct walk *walk, size_t length, int level);

static int walk_entry(struct walk *walk, size_t length, const struct dirent *entry, int level)
{
	int n = snprintf(walk->path + length, sizeof(walk->path) - length, "/%s", entry->d_name);
	int err = 0;

	if (n > 0 && length + (size_t)n < sizeof(walk->path)) {
		if (entry->d_type == DT_DIR)
			err = walk_folder(walk, length + (size_t)n, level + 1);
		else if (entry->d_type == DT_REG)
			err = walk->fn(walk->top, walk->path, false);
	}
	walk->path[length] = '\0';
	return err;
}

static int walk_folder(struct walk *walk, size_t length, int level)
{
	struct dirent *entry;
	struct stat st;
	DIR *folder;
	int err;

	if (level > LEVELS_MOST || lstat(walk->path, &st) || st.st_dev != walk->device)
		return 0;
	folder = opendir(walk->path);
	if (!folder)
		return 0;
	err = walk->fn(walk->top, walk->path, true);
	while (!err && walk->entries < ENTRIES_MOST && (entry = readdir(folder))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		walk->entries++;
		err = walk_entry(walk, length, entry, level);
	}
	closedir(folder);
	return err;
}

int top_walk(struct top *top, const char *path, top_walk_fn fn)
{
	struct walk walk = { .top = top, .fn = fn };
	struct stat st;

	if (lstat(path, &st) || strlen(path) >= sizeof(walk.path))
		return 0;
	walk.device = st.st_dev;
	strcpy(walk.path, path);
	return walk_folder(&walk, strlen(path), 0);
}
