/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What an iterator writes, as bytes, records or lines. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include <skep/attach.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "base/opts.h"
#include "object/link.h"

#define DEFAULT_BYTES (64u << 10)
#define LEAST_BYTES   512u
#define MOST_BYTES    (1u << 30)

/*
 * What was read and not handed out is [from, end) of the buffer. Records are moved to its beginning
 * when they do not lie as their type wants it: so they are aligned as malloc() aligns.
 */
struct skep_iter {
	struct skep_link *own; /* made by skep_iter_open(); or NULL */
	int link;              /* its file descriptor, borrowed */
	int fd;
	bool over;
	size_t from, end, room;
	char *buf;
};

void skep_iter_free(struct skep_iter *iter)
{
	SKEP_KEEP_ERROR;

	if (!iter)
		return;
	if (iter->fd >= 0)
		close(iter->fd);
	skep_link_free(iter->own);
	free(iter->buf);
	free(iter);
}

int skep_iter_fd(const struct skep_iter *iter)
{
	return iter ? iter->fd : -1;
}

static int need(const struct skep_iter *iter)
{
	return iter ? 0
		    : skep_fail_hint(skep_fail(EINVAL, "there is no iteration"),
				     "look at what skep_iter_open() returned");
}

int skep_iter_restart(struct skep_iter *iter)
{
	int err = need(iter), fd;

	if (err)
		return err;
	fd = bpf_iter_create(iter->link);
	if (fd == -EINVAL || fd == -EBADF)
		return skep_fail_hint(skep_fail(EPROTOTYPE, "the link is not that of an iterator"),
				      "links of SEC(\"iter/...\") programs can be read");
	if (fd == -EMFILE)
		return skep_fail_hint(skep_fail(fd, "cannot begin an iteration: this process may "
						    "not open more files"),
				      "raise `ulimit -n`");
	if (fd < 0)
		return skep_fail(fd, "cannot begin an iteration: %s", strerror(-fd));
	if (iter->fd >= 0)
		close(iter->fd);
	iter->fd = fd;
	iter->from = iter->end = 0;
	iter->over = false;
	return 0;
}

/* Takes the link over where it is to be this iteration's own; on failure too. */
static int start(struct skep_iter **out, int link, struct skep_link *own,
		 const struct skep_iter_opts *opts)
{
	SKEP_AUTO(skep_iter) *iter = calloc(1, sizeof(*iter));
	size_t room = SKEP_OPT(opts, buffer_bytes);
	int err;

	if (!iter) {
		skep_link_free(own);
		return skep_fail(ENOMEM, "no memory for an iteration");
	}
	*iter = (struct skep_iter){ .own = own, .link = link, .fd = -1 };
	iter->room = room ? room : DEFAULT_BYTES;
	if (iter->room < LEAST_BYTES || iter->room > MOST_BYTES)
		return skep_fail(EINVAL, "a buffer has from %u bytes to 1 GiB, not %zu",
				 LEAST_BYTES, iter->room);
	iter->buf = malloc(iter->room + 1); /* a last line may need its end there */
	if (!iter->buf)
		return skep_fail(ENOMEM, "no memory for an iteration");
	err = skep_iter_restart(iter);
	if (!err)
		*out = SKEP_TAKE(iter);
	return err;
}

int skep_iter_open(struct skep_iter **out, const struct skep_program *program,
		   const struct skep_iter_opts *opts)
{
	struct skep_link *link = NULL;
	int err = skep_attach_iter(&link, program, opts);

	return err ? err : start(out, skep_link_fd(link), link, opts);
}

int skep_iter_open_link(struct skep_iter **out, const struct skep_link *link,
			const struct skep_iter_opts *opts)
{
	int err = SKEP_OPTS_CHECK(opts);

	return err ? err : start(out, skep_link_fd(link), NULL, opts);
}

static int refuse(int err)
{
	switch (err) {
	case E2BIG:
		return skep_fail_hint(skep_fail(err, "the iterator wrote more for one object than "
						     "the kernel keeps"),
				      "write at most 32 KiB for each");
	case EACCES:
	case EPERM:
		return skep_fail_hint(
			skep_fail(EACCES, "the kernel ended the iteration: %s", strerror(err)),
			"iterators return 0, or 1 to see an object again");
	default:
		return skep_fail(err, "cannot read the iteration: %s", strerror(err));
	}
}

/* EAGAIN: many objects without output. The kernel wants to be asked again, to look at signals. */
static int read_some(struct skep_iter *iter, void *buf, size_t bytes, size_t *got)
{
	ssize_t n;

	do
		n = read(iter->fd, buf, bytes);
	while (n < 0 && errno == EAGAIN);
	if (n < 0)
		return refuse(errno);
	*got = (size_t)n;
	iter->over = n == 0;
	return 0;
}

int skep_iter_read(struct skep_iter *iter, void *buf, size_t bytes, size_t *got)
{
	size_t left;
	int err = need(iter);

	if (err)
		return err;
	left = iter->end - iter->from;
	if (!bytes)
		return skep_fail(EINVAL, "there is no room to read into");
	if (!left && iter->over) {
		*got = 0;
		return 0;
	}
	if (!left)
		return read_some(iter, buf, bytes, got);
	left = left < bytes ? left : bytes;
	memcpy(buf, iter->buf + iter->from, left);
	iter->from += left;
	*got = left;
	return 0;
}

/* Reads more behind what is there, which goes to the buffer's beginning. */
static int fill(struct skep_iter *iter)
{
	size_t got = 0;
	int err;

	if (iter->over)
		return 0;
	memmove(iter->buf, iter->buf + iter->from, iter->end - iter->from);
	iter->end -= iter->from;
	iter->from = 0;
	err = read_some(iter, iter->buf + iter->end, iter->room - iter->end, &got);
	iter->end += got;
	return err;
}

/* A record of 12 bytes may hold a type that wants 8: what lies badly is moved. */
static void align(struct skep_iter *iter, size_t bytes)
{
	size_t want = bytes & (~bytes + 1); /* the largest power of two in its size */

	want = want < 16 ? want : 16;
	if (iter->from % want == 0)
		return;
	memmove(iter->buf, iter->buf + iter->from, iter->end - iter->from);
	iter->end -= iter->from;
	iter->from = 0;
}

int skep_iter_next_raw(struct skep_iter *iter, const void **record, size_t bytes)
{
	size_t left;
	int err = need(iter);

	if (err)
		return err;
	if (!bytes || bytes > iter->room)
		return skep_fail_hint(skep_fail(EINVAL,
						"records of %zu bytes do not go through a "
						"buffer of %zu",
						bytes, iter->room),
				      "give a larger .buffer_bytes");
	while (iter->end - iter->from < bytes && !iter->over) {
		err = fill(iter);
		if (err)
			return err;
	}
	left = iter->end - iter->from;
	if (!left)
		return skep_fail_quick(ENODATA, "the iteration is over%s", "");
	if (left < bytes) {
		iter->from = iter->end;
		return skep_fail_hint(skep_fail(EBADMSG,
						"the iteration ended after %zu bytes of a "
						"record of %zu",
						left, bytes),
				      "both sides must mean the same struct, of the same size");
	}
	align(iter, bytes);
	*record = iter->buf + iter->from;
	iter->from += bytes;
	return 0;
}

const void *skep_iter_each_raw(struct skep_iter *iter, size_t bytes, int *err)
{
	const void *record = NULL;

	*err = skep_iter_next_raw(iter, &record, bytes);
	if (*err == -ENODATA)
		*err = 0;
	return record;
}

int skep_iter_line(struct skep_iter *iter, const char **line)
{
	char *from, *newline;

	if (!iter)
		return need(iter);
	for (;;) {
		size_t left = iter->end - iter->from;

		from = iter->buf + iter->from;
		newline = memchr(from, '\n', left);
		if (newline || iter->over)
			break;
		if (left == iter->room)
			return skep_fail_hint(skep_fail(EMSGSIZE,
							"a line has more than the %zu "
							"bytes of the buffer",
							iter->room),
					      "give a larger .buffer_bytes");
		int err = fill(iter);

		if (err)
			return err;
	}
	if (!newline && iter->from == iter->end)
		return skep_fail_quick(ENODATA, "the iteration is over%s", "");
	if (newline) {
		*newline = '\0';
		iter->from = (size_t)(newline - iter->buf) + 1;
	} else {
		iter->buf[iter->end] = '\0';
		iter->from = iter->end;
	}
	*line = from;
	return 0;
}
