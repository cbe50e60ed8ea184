/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Which programs are at a hook of a control group. */
#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/magic.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "object/capture.h"
#include "object/sections.h"

int skep_cgroup_list(int fd, unsigned int type, struct skep_cgroup_list *list)
{
	memset(list, 0, sizeof(*list));
	list->count = SKEP_CGROUP_PROGRAMS;
	return bpf_prog_query(fd, (enum bpf_attach_type)type, 0, &list->flags, list->ids,
			      &list->count);
}

bool skep_cgroup_has(const struct skep_cgroup_list *list, uint32_t id)
{
	for (uint32_t i = 0; i < list->count && i < SKEP_CGROUP_PROGRAMS; i++)
		if (list->ids[i] == id)
			return true;
	return false;
}

uint32_t skep_cgroup_program_id(int prog_fd)
{
	struct bpf_prog_info info = { 0 };
	uint32_t bytes = sizeof(info);

	return bpf_obj_get_info_by_fd(prog_fd, &info, &bytes) ? 0 : info.id;
}

/* " ('name')", or nothing. */
static void name_program(uint32_t id, char *text, size_t size)
{
	struct bpf_prog_info info = { 0 };
	uint32_t bytes = sizeof(info);
	AUTO_CLOSE int fd = bpf_prog_get_fd_by_id(id);

	text[0] = '\0';
	if (fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &bytes) && info.name[0])
		snprintf(text, size, " ('%.*s')", (int)sizeof(info.name), info.name);
}

static int refuse_blocked(const struct skep_cgroup_place *place, int at,
			  const struct skep_cgroup_list *list)
{
	char name[40], entry[40], where[PATH_MAX];
	ssize_t n;

	name_program(list->ids[0], name, sizeof(name));
	snprintf(entry, sizeof(entry), "/proc/self/fd/%d", at);
	n = readlink(entry, where, sizeof(where) - 1);
	where[n > 0 ? n : 0] = '\0';
	return skep_fail_hint(
		skep_fail(EBUSY,
			  "cannot attach program '%s' to %s: program %u%s on %s allows no others "
			  "beside it",
			  skep_program_name(place->program), place->name, list->ids[0], name,
			  n > 0 ? where : "a group above"),
		"take that one off (`bpftool cgroup tree` shows it), or have it attached with "
		"BPF_F_ALLOW_MULTI");
}

int skep_cgroup_blocked(const struct skep_cgroup_place *place)
{
	AUTO_CLOSE int at = fcntl(place->fd, F_DUPFD_CLOEXEC, 3);
	struct skep_cgroup_list list;
	struct statfs fs;
	bool above = false;

	while (at >= 0 && !fstatfs(at, &fs) && fs.f_type == CGROUP2_SUPER_MAGIC) {
		int up;

		if (skep_cgroup_list(at, place->type, &list))
			return 0;
		if (list.count && list.flags & BPF_F_ALLOW_MULTI)
			return 0;
		if (list.count && above && list.flags & BPF_F_ALLOW_OVERRIDE)
			return 0;
		if (list.count)
			return refuse_blocked(place, at, &list);
		above = true;
		up = openat(at, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		close(at);
		at = up;
	}
	return 0;
}

static bool is_of_groups(const char *section)
{
	static const char *const prefixes[] = { "cgroup_skb/", "cgroup/", "lsm_cgroup/" };

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (!strncmp(section, prefixes[i], strlen(prefixes[i])))
			return true;
	return !strcmp(section, "sockops");
}

/* Of a section that names a hook of groups; -EINVAL in words. */
static int find_type(const char *section, enum bpf_attach_type *attach)
{
	const struct skep_section *newer = section ? skep_section_find(section) : NULL;
	enum bpf_prog_type type;
	SKEP_CAPTURE(said);

	if (section && is_of_groups(section)) {
		if (!libbpf_prog_type_by_name(section, &type, attach))
			return 0;
		if (newer) {
			*attach = (enum bpf_attach_type)newer->attach_type;
			return 0;
		}
	}
	return skep_fail_hint(skep_fail(EINVAL, "'%s' is not a hook of control groups",
					section ? section : "(null)"),
			      "name it as in SEC(): \"cgroup_skb/ingress\", \"cgroup/connect4\"");
}

static int refuse_query(const char *path, const char *section, int err)
{
	switch (err) {
	case -EPERM:
		return skep_fail_hint(skep_fail(EPERM,
						"cannot ask for the programs of %s: this process "
						"lacks CAP_NET_ADMIN",
						path),
				      "run it with sudo, or grant cap_net_admin");
	case -EINVAL:
		return skep_fail(EOPNOTSUPP, "this kernel has no hook '%s' of control groups",
				 section);
	default:
		return skep_fail(err, "cannot ask for the programs of %s: %s", path,
				 strerror(-skep_errno_standard(err)));
	}
}

int skep_cgroup_programs(const char *cgroup, const char *section, enum skep_cgroup_which which,
			 uint32_t *ids, size_t *count)
{
	enum bpf_attach_type type = 0;
	char path[PATH_MAX];
	AUTO_CLOSE int fd = -1;
	uint32_t flags = 0, there;
	size_t room;
	int err;

	if (!count || (*count && !ids))
		return skep_fail(EINVAL, "there is no place for the ids of programs");
	if ((unsigned int)which > SKEP_CGROUP_EFFECTIVE)
		return skep_fail(EINVAL, "%d is not an enum skep_cgroup_which", (int)which);
	err = find_type(section, &type);
	if (err)
		return err;
	fd = skep_cgroup_open(cgroup, path, sizeof(path));
	if (fd < 0)
		return fd;
	room = *count > UINT32_MAX ? UINT32_MAX : *count;
	there = (uint32_t)room;
	err = bpf_prog_query(fd, type, which == SKEP_CGROUP_EFFECTIVE ? BPF_F_QUERY_EFFECTIVE : 0,
			     &flags, ids, &there);
	if (err && err != -ENOSPC)
		return refuse_query(path, section, err);
	*count = there;
	if (there > room)
		return skep_fail(E2BIG, "%s has %u programs at %s: there is room for %zu", path,
				 there, section, room);
	return 0;
}
