/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Finding a control group, and what is wrong with what is none. */
#include "cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>

#include <linux/magic.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "kernel/facts.h"
#include "kernel/rules.h"
#include "map/fds.h"

/* Where groups are, or how to get some: to a failure that was just recorded. */
static int advise_mount(int err)
{
	char root[PATH_MAX];

	if (skep_kernel_mount(SKEP_MOUNT_CGROUP2, NULL, root, sizeof(root)))
		return skep_fail_hint(err, "cgroup v2 is mounted at %s", root);
	return skep_fail_hint(err, "cgroup v2 is mounted nowhere: `%s`",
			      skep_kernel_mount_command(SKEP_MOUNT_CGROUP2));
}

static int refuse_file_system(const char *path, const struct statfs *fs)
{
	if (fs->f_type == CGROUP_SUPER_MAGIC)
		return advise_mount(skep_fail(
			EINVAL, "%s is a group of cgroup v1, which takes no programs", path));
	return advise_mount(skep_fail(EINVAL, "%s is not a control group", path));
}

static int check_folder(int fd, const char *path)
{
	struct statfs fs;

	if (fstatfs(fd, &fs))
		return skep_fail(errno, "cannot look at %s: %s", path, strerror(errno));
	return fs.f_type == CGROUP2_SUPER_MAGIC ? 0 : refuse_file_system(path, &fs);
}

/* Groups in the folder where the path goes astray that are named alike. */
static void find_nearest(struct skep_nearest *nearest, const char *folder)
{
	struct dirent *entry;
	DIR *dir = opendir(folder);

	while (dir && (entry = readdir(dir)))
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
			skep_kernel_nearest_offer(nearest, entry->d_name);
	if (dir)
		closedir(dir);
}

/* Cuts `path` to the last folder that is there; returns the name that is not in it. */
static const char *go_astray(char *path)
{
	const char *name = path;
	struct statfs fs;
	char *slash;

	while ((slash = strrchr(path, '/')) && slash != path) {
		*slash = '\0';
		name = slash + 1;
		if (!statfs(path, &fs))
			break;
	}
	return name;
}

static int refuse_absent(const char *cgroup, const char *path)
{
	char folder[PATH_MAX], names[320];
	struct skep_nearest nearest;
	struct statfs fs;
	int err = skep_fail(ENOENT, "there is no control group %s", cgroup);

	snprintf(folder, sizeof(folder), "%s", path);
	skep_kernel_nearest_start(&nearest, go_astray(folder));
	if (statfs(folder, &fs) || fs.f_type != CGROUP2_SUPER_MAGIC)
		return advise_mount(err);
	find_nearest(&nearest, folder);
	if (!skep_kernel_nearest_text(&nearest, names, sizeof(names))[0])
		return advise_mount(err);
	return skep_fail_hint(err, "in %s, did you mean %s?", folder, names);
}

static bool can_open(void)
{
	AUTO_CLOSE int fd = open("/", O_PATH | O_CLOEXEC);

	return fd >= 0 || errno != EMFILE;
}

static int refuse_open(const char *cgroup, const char *path, int code)
{
	switch (code) {
	case ENOENT:
		return refuse_absent(cgroup, path);
	case ENOTDIR:
		return skep_fail_hint(
			skep_fail(EINVAL, "%s is not a control group: it is a file", cgroup),
			"a control group is a folder: name that");
	case EMFILE:
		return skep_fail_hint(skep_fail(EMFILE,
						"cannot open the control group %s: no file "
						"descriptor is free",
						cgroup),
				      "close some, or raise the limit: `ulimit -n`");
	case ENAMETOOLONG:
		return skep_fail(EINVAL, "the path of the control group is too long");
	default:
		return skep_fail(code, "cannot open the control group %s: %s", cgroup,
				 strerror(code));
	}
}

/* From the root of the file system, or else from where groups are. -errno in words. */
static int make_path(const char *cgroup, char *path, size_t size)
{
	char root[PATH_MAX];
	int n;

	if (!cgroup || !*cgroup)
		return advise_mount(skep_fail(EINVAL, "no control group is named"));
	if (!can_open()) /* then mounts cannot be read either */
		return refuse_open(cgroup, path, EMFILE);
	if (*cgroup == '/')
		n = snprintf(path, size, "%s", cgroup);
	else if (skep_kernel_mount(SKEP_MOUNT_CGROUP2, NULL, root, sizeof(root)))
		n = snprintf(path, size, "%s/%s", root, cgroup);
	else
		return advise_mount(skep_fail(ENOENT, "there is no control group %s", cgroup));
	return n > 0 && (size_t)n < size ? 0 : refuse_open(cgroup, path, ENAMETOOLONG);
}

int skep_cgroup_open(const char *cgroup, char *path, size_t size)
{
	AUTO_CLOSE int fd = -1;
	int err = make_path(cgroup, path, size);

	if (err)
		return err;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return refuse_open(cgroup, path, errno);
	err = check_folder(fd, path);
	return err ? err : skep_take_fd(&fd);
}

int skep_cgroup_look(int fd, char *where, size_t size)
{
	char words[SKEP_FD_WORDS], entry[40];
	const char *is = skep_fd_words(fd, words);
	int flags = fcntl(fd, F_GETFL);
	ssize_t n;

	if (flags < 0)
		return skep_fail(EBADF, "file descriptor %d is not open", fd);
	if (strcmp(is, "a folder") != 0)
		return advise_mount(
			skep_fail(EINVAL, "file descriptor %d is %s: not a control group", fd, is));
	if (flags & O_PATH)
		return skep_fail_hint(
			skep_fail(EBADF, "file descriptor %d only names its folder (O_PATH)", fd),
			"open it with O_RDONLY | O_DIRECTORY");
	snprintf(entry, sizeof(entry), "/proc/self/fd/%d", fd);
	n = readlink(entry, where, size - 1);
	if (n <= 0)
		snprintf(where, size, "file descriptor %d", fd);
	else
		where[n] = '\0';
	return check_folder(fd, where);
}
