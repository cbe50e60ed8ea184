/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Links that outlive their process, and links that come from elsewhere. */
#include "link.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <skep/link.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "map/fds.h"
#include "map/pin.h"

#define MANY_DIGITS 12

static int no_link(int fd, const char *what, const char *where)
{
	char words[SKEP_FD_WORDS];
	const char *is = skep_fd_words(fd, words);

	return skep_fail_hint(skep_fail(EINVAL, "%s%s is not a link, but %s", what, where, is),
			      !strcmp(is, "a BPF map") ? "skep_map_open_pinned() opens maps"
						       : "check which one was meant");
}

int skep_link_adopt_fd(struct skep_link **out, int fd)
{
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 3);

	if (own < 0 && errno == EBADF)
		return skep_fail_hint(skep_fail(EBADF, "file descriptor %d is not open", fd),
				      "check what made it");
	if (own < 0)
		return skep_fail_hint(
			skep_fail(errno, "cannot keep a file descriptor: %s", strerror(errno)),
			"raise ulimit -n");
	if (!skep_link_is(own)) {
		int err = no_link(own, "the file descriptor", "");

		close(own);
		return err;
	}
	return skep_link_from_fd(out, own);
}

/* --- paths --- */

static int fail_path(const char *verb, const char *path, int err)
{
	int ret = skep_fail(err, "cannot %s %s: %s", verb, path, strerror(abs(err)));

	switch (abs(err)) {
	case EROFS:
		return skep_fail_hint(ret,
				      "its file system is read-only: "
				      "`mount -o remount,rw \"$(findmnt -n -o TARGET -T %s)\"`",
				      path);
	case EEXIST:
		return skep_fail_hint(ret, "skep_link_open_pinned() opens a link that is there; "
					   "else remove it, or choose another name");
	case EPERM:
	case EACCES:
		return skep_fail_hint(ret, "it needs root or CAP_BPF, and the right to write "
					   "the folder");
	default:
		return ret;
	}
}

static int check_path(const char *path)
{
	char folder[SKEP_PIN_PATH];
	const char *name;
	int err;

	if (!path || !*path)
		return skep_fail(EINVAL, "there is no path for the link's pin");
	err = skep_pin_split(path, folder, &name);
	return err ? err : skep_pin_check_folder(path, folder, name);
}

/* Of several links: the folder's pins are called by their numbers. */
static const char *path_of_part(char buf[SKEP_PIN_PATH], const char *path, size_t number)
{
	snprintf(buf, SKEP_PIN_PATH, "%.*s/%u", SKEP_PIN_PATH - MANY_DIGITS, path,
		 (unsigned int)number);
	return buf;
}

/* --- pin --- */

static int cannot_pin(const struct skep_link *link)
{
	int err = skep_fail(EOPNOTSUPP,
			    "a link of the way '%s' cannot be pinned: it is no link of "
			    "the kernel's",
			    skep_link_way(link));

	if (skep_link_fd(link) >= 0)
		return skep_fail_hint(err, "perf events are links from Linux 5.15 on; attach a raw "
					   "tracepoint instead, or keep the process");
	return skep_fail_hint(err, "keep the process that has it, or attach by a hook with links "
				   "(tcx instead of tc)");
}

static int pin_one(struct skep_link *link, const char *path)
{
	int err;

	if (skep_link_fd(link) < 0 || !skep_link_is(skep_link_fd(link)))
		return cannot_pin(link);
	err = bpf_obj_pin(skep_link_fd(link), path);
	if (err)
		return fail_path("pin the link at", path, err);
	link->pins++;
	return 0;
}

static int unlink_one(struct skep_link *link, const char *path)
{
	if (unlink(path))
		return -errno;
	if (link->pins > 0)
		link->pins--;
	return 0;
}

static int unlink_parts(const struct skep_link *link, const char *path, size_t count)
{
	char part[SKEP_PIN_PATH];
	int err = 0;

	for (size_t i = 0; i < count && !err; i++)
		err = unlink_one(link->parts[i], path_of_part(part, path, i));
	if (!err && rmdir(path))
		err = -errno;
	return err;
}

static int pin_parts(struct skep_link *link, const char *path)
{
	char part[SKEP_PIN_PATH];

	if (mkdir(path, 0700))
		return fail_path("make the folder", path, errno);
	for (size_t i = 0; i < link->count; i++) {
		int err = pin_one(link->parts[i], path_of_part(part, path, i));

		if (err) {
			unlink_parts(link, path, i);
			return err;
		}
	}
	link->pins++;
	return 0;
}

int skep_link_pin(struct skep_link *link, const char *path)
{
	int err = skep_link_need_open(link);

	if (!err)
		err = check_path(path);
	if (err)
		return err;
	return link->parts ? pin_parts(link, path) : pin_one(link, path);
}

/* --- open --- */

static int open_fd(const char *path)
{
	AUTO_CLOSE int fd = bpf_obj_get(path);

	if (fd == -ENOENT)
		return skep_fail_hint(skep_fail(fd, "nothing is pinned at %s", path),
				      "attach, and pin it with skep_link_pin()");
	if (fd == -EACCES && !access(path, F_OK)) /* what is no BPF object the kernel calls so */
		return skep_fail_hint(skep_fail(EINVAL, "%s is not a pinned link", path),
				      "or it may not be opened: see its owner with `ls -l`");
	if (fd < 0)
		return fail_path("open", path, fd);
	if (!skep_link_is(fd))
		return no_link(fd, "what is pinned at ", path);
	return skep_take_fd(&fd);
}

static int open_one(struct skep_link **out, const char *path)
{
	int fd = open_fd(path);
	int err = fd < 0 ? fd : skep_link_from_fd(out, fd);

	if (!err)
		(*out)->pins = 1;
	return err;
}

static int open_parts(struct skep_link **out, const char *path)
{
	struct skep_link **parts = NULL;
	char part[SKEP_PIN_PATH];
	size_t count = 0;
	int err = 0;

	while (!access(path_of_part(part, path, count), F_OK)) {
		struct skep_link **grown = realloc(parts, (count + 1) * sizeof(*parts));

		if (grown)
			parts = grown;
		err = grown ? open_one(&parts[count], part) : skep_fail(ENOMEM, "no memory");
		if (err)
			break;
		count++;
	}
	if (!err && !count)
		err = skep_fail_hint(skep_fail(EINVAL, "%s is a folder without pinned links", path),
				     "name the pin itself");
	if (!err)
		err = skep_link_from_many(out, SKEP_TAKE(parts), count);
	else
		while (count)
			skep_link_free(parts[--count]);
	free(parts);
	if (!err)
		(*out)->pins = 1;
	return err;
}

int skep_link_open_pinned(struct skep_link **out, const char *path)
{
	struct stat st;

	if (!path || !*path)
		return skep_fail(EINVAL, "there is no path of a pinned link");
	if (strlen(path) >= SKEP_PIN_PATH - MANY_DIGITS)
		return skep_fail(ENAMETOOLONG, "the path %.60s... is too long", path);
	if (!stat(path, &st) && S_ISDIR(st.st_mode))
		return open_parts(out, path);
	return open_one(out, path);
}

/* --- unpin --- */

static int same_link(const struct skep_link *a, const struct skep_link *b, const char *path)
{
	struct skep_link_info one = { .sz = sizeof(one) }, two = { .sz = sizeof(two) };
	int err = skep_link_info(a, &one);

	if (!err)
		err = skep_link_info(b, &two);
	if (err || (one.id == two.id && one.count == two.count))
		return err;
	return skep_fail_hint(skep_fail(EINVAL,
					"what is pinned at %s is link %u (%s), and not link %u",
					path, two.id, two.kind, one.id),
			      "`bpftool link show` lists them");
}

int skep_link_unpin(struct skep_link *link, const char *path)
{
	SKEP_AUTO(skep_link) *pinned = NULL;
	int err = skep_link_need_open(link);

	if (!err)
		err = skep_link_open_pinned(&pinned, path);
	if (!err)
		err = same_link(link, pinned, path);
	if (err)
		return err;
	if (!link->parts)
		err = unlink_one(link, path);
	else
		err = unlink_parts(link, path, link->count);
	if (err)
		return fail_path("unpin", path, err);
	if (link->parts && link->pins > 0)
		link->pins--;
	return 0;
}
