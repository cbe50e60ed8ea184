/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Pins, and frozen maps. */
#include "pin.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include "base/cleanup.h"
#include "base/fail.h"

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int skep_pin_split(const char *path, char folder[SKEP_PIN_PATH], const char **name)
{
	size_t length;

	if (!path || !*path)
		return skep_fail(EINVAL, "there is no path to pin a map at");
	*name = name_of(path);
	length = (size_t)(*name - path);
	if (length + strlen(*name) >= SKEP_PIN_PATH - 32)
		return skep_fail(ENAMETOOLONG, "the path %.60s... is too long", path);
	if (!**name || !strcmp(*name, ".") || !strcmp(*name, ".."))
		return skep_fail(EINVAL, "%s is a folder's name: a pin needs one of its own", path);
	/* "/x" is in "/", "x" in "." */
	snprintf(folder, SKEP_PIN_PATH, "%.*s", length ? (int)length : 1, length ? path : ".");
	return 0;
}

int skep_pin_check_folder(const char *path, const char *folder, const char *name)
{
	struct statfs fs;

	if (statfs(folder, &fs)) {
		int err = skep_fail(errno, "cannot pin at %s: %s: %m", path, folder);

		return err == -ENOENT ? skep_fail_hint(err, "make the folder: mkdir -p %s", folder)
				      : err;
	}
	if ((unsigned long)fs.f_type != SKEP_BPF_FS)
		return skep_fail_hint(skep_fail(EINVAL,
						"cannot pin at %s: %s is not in a BPF file system",
						path, folder),
				      "mount one: mount -t bpf bpf /sys/fs/bpf, and pin below it");
	if (strchr(name, '.'))
		return skep_fail_hint(skep_fail(EINVAL,
						"cannot pin at %s: BPF file systems take "
						"no names with a dot",
						path),
				      "use '_' instead");
	return 0;
}

int skep_pin_fd(int fd, const char *path)
{
	int err = bpf_obj_pin(fd, path);

	if (err == -EEXIST)
		return skep_fail_hint(skep_fail(err, "cannot pin at %s: there is something", path),
				      "remove it, or choose another name");
	if (err == -EROFS)
		return skep_fail_hint(
			skep_fail(err, "cannot pin at %s: its file system is read-only", path),
			"`mount -o remount,rw \"$(findmnt -n -o TARGET -T %s)\"`", path);
	if (err)
		return skep_fail_hint(skep_fail(err, "cannot pin at %s: %s", path, strerror(-err)),
				      "pinning needs root or CAP_BPF, and the right to write the "
				      "folder");
	return 0;
}

int skep_map_pin(const struct skep_map *map, const char *path)
{
	char folder[SKEP_PIN_PATH];
	const char *name;
	int err = skep_map_need_open(map);

	if (!err)
		err = skep_pin_split(path, folder, &name);
	if (!err)
		err = skep_pin_check_folder(path, folder, name);
	return err ? err : skep_pin_fd(map->fd, path);
}

int skep_map_unpin(const struct skep_map *map, const char *path)
{
	SKEP_AUTO(skep_map) *pinned = NULL;
	int err = skep_map_need_open(map);

	if (!err)
		err = skep_map_open_pinned_raw(&pinned, path, NULL);
	if (err)
		return err;
	if (pinned->id != map->id)
		return skep_fail(EINVAL,
				 "what is pinned at %s is map '%s' with id %u, not '%s' with id %u",
				 path, pinned->name, pinned->id, map->name, map->id);
	if (unlink(path))
		return skep_fail(errno, "cannot unpin %s: %m", path);
	return 0;
}

/* Whether a kernel knows the command at all: asked of a map that nobody else has. */
static bool can_freeze(void)
{
	AUTO_CLOSE int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "skep_freeze", 4, 4, 1, NULL);

	return fd < 0 || bpf_map_freeze(fd) != -EINVAL;
}

static int fail_freeze(const struct skep_map *map, int err)
{
	struct skep_map_info info = { .sz = sizeof(info) };
	uint32_t since = skep_kernel_since("frozen maps");

	/* Kernels from 6.5 on say that a frozen map cannot be written. */
	if (err == -EPERM && !skep_map_info(map, &info) && info.is_frozen)
		err = -EBUSY;
	if (err == -EINVAL && !can_freeze())
		return skep_fail(EOPNOTSUPP, "this kernel cannot freeze maps: Linux %u.%u can",
				 since >> 16, since >> 8 & 255);
	if (err == -EBUSY)
		return skep_fail_hint(
			skep_fail(err, "map '%s' is frozen already, or mapped writable", map->name),
			"unmap it first; skep_map_info() tells whether it is frozen");
	if (err == -524 || err == -EOPNOTSUPP)
		return skep_fail(EOPNOTSUPP, "the kernel does not freeze a %s: map '%s'",
				 skep_map_kind(map->type)->name, map->name);
	return skep_fail_hint(
		skep_fail(err, "cannot freeze map '%s': %s", map->name, strerror(-err)),
		"run as root or with CAP_BPF");
}

int skep_map_freeze(const struct skep_map *map)
{
	int err = skep_map_need_open(map);

	if (err)
		return err;
	err = bpf_map_freeze(map->fd);
	return err ? fail_freeze(map, err) : 0;
}
