/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A binary by its build-id: in folders, or among what a process has loaded. */
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "elf_file.h"
#include "library.h"

#define FDS_MAX 16 /* folders that are open at a time */

/* nftw() hands nothing on to its callback. */
static _Thread_local const char *wanted;
static _Thread_local char found[SKEP_SHOWN_MAX];

bool skep_library_has_build_id(const char *path, const char *build_id)
{
	struct skep_elf elf SKEP_ELF_AUTO = SKEP_ELF_NONE;
	char id[2 * SKEP_BUILD_ID_MAX + 1];

	SKEP_KEEP_ERROR;
	return skep_elf_open(&elf, path, path) == 0 &&
	       !strcasecmp(skep_elf_build_id_text(&elf, id), build_id);
}

static int look_at(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	(void)where;
	if (kind != FTW_F || !S_ISREG(status->st_mode) || strlen(path) >= sizeof(found) ||
	    !skep_library_has_build_id(path, wanted))
		return 0;
	strcpy(found, path);
	return 1;
}

static bool in_folder(const char *root, const char *folder, size_t length)
{
	char path[SKEP_SHOWN_MAX + 32];

	if (!length ||
	    snprintf(path, sizeof(path), "%s%.*s", root, (int)length, folder) >= (int)sizeof(path))
		return false;
	return nftw(path, look_at, FDS_MAX, FTW_PHYS) == 1;
}

static int in_folders(struct skep_binary *binary, const char *folders, int pid)
{
	const char *at = folders;

	while (*at) {
		size_t length = strcspn(at, ":");

		if (in_folder(binary->root, at, length))
			return skep_binary_open(binary, found + strlen(binary->root), pid);
		at += length + (at[length] == ':');
	}
	return -ENOENT;
}

struct mapped {
	struct skep_binary *binary;
	int pid;
};

static bool look_at_mapped(const char *path, const char *shown, void *ctx)
{
	const struct mapped *mapped = ctx;
	struct skep_binary *binary = mapped->binary;
	char root[sizeof(binary->root)];
	int err;

	memcpy(root, binary->root, sizeof(root));
	if (skep_library_has_build_id(path, wanted)) {
		binary->root[0] = '\0';
		err = skep_binary_open(binary, path, mapped->pid);
		memcpy(binary->root, root, sizeof(root));
	} else {
		err = skep_binary_open(binary, shown, mapped->pid);
		if (!err && !skep_library_has_build_id(binary->path, wanted))
			err = -ENOENT;
	}
	if (err) {
		skep_binary_close(binary);
		return false;
	}
	snprintf(binary->inside, sizeof(binary->inside), "%s", shown);
	snprintf(binary->shown, sizeof(binary->shown), "%s of process %d", shown, mapped->pid);
	return true;
}

int skep_library_by_build_id(struct skep_binary *binary, const char *folders, int pid,
			     const char *build_id)
{
	struct mapped mapped = { .binary = binary, .pid = pid };
	size_t length = strlen(build_id);
	int err;

	if (length < 8 || length % 2 || length > 2 * SKEP_BUILD_ID_MAX ||
	    build_id[strspn(build_id, "0123456789abcdefABCDEF")])
		return skep_fail_hint(skep_fail(EINVAL, "'%s' is no build-id", build_id),
				      "give it in hex, as `readelf -n FILE` shows it");
	if (!folders && !pid)
		return skep_fail_hint(skep_fail(EINVAL, "a build-id alone says not where to look"),
				      "give a file, folders (\"/usr/lib:/opt\"), or .pid");
	wanted = build_id;
	err = folders ? in_folders(binary, folders, pid)
		      : skep_library_each_mapped(pid, look_at_mapped, &mapped);
	if (err == -EMFILE || err == -ENFILE)
		return skep_attach_no_fds(-err, folders ? folders : "what the process has loaded");
	if (!err)
		return 0;
	if (folders)
		return skep_fail_hint(
			skep_fail(ENOENT, "no file in %s has the build-id %s", folders, build_id),
			"`readelf -n FILE` shows a file's");
	return skep_fail_hint(
		skep_fail(ENOENT, "process %d has loaded nothing with the build-id %s", pid,
			  build_id),
		"`readelf -n FILE` shows a file's; /proc/%d/maps what is loaded", pid);
}
