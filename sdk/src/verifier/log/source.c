/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/fail.h"

#define PIPE_HEAD ((size_t)1 << 20)
#define PIPE_TAIL ((size_t)24 << 20)

/*
 * Files are read, not mapped: it is as fast, counts less memory, and a file that somebody cuts off
 * meanwhile is an error and not a signal.
 */
static ssize_t read_whole(int fd, char *to, size_t bytes, off_t at)
{
	size_t done = 0;

	while (done < bytes) {
		ssize_t n = at < 0 ? read(fd, to + done, bytes - done)
				   : pread(fd, to + done, bytes - done, at + (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (!n)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

static bool grow(struct skep_source *source, size_t bytes)
{
	char *grown;

	if (source->room >= bytes)
		return true;
	grown = realloc(source->window, bytes);
	if (!grown) {
		skep_fail(ENOMEM, "no memory to read %s", source->name);
		return false;
	}
	source->window = grown;
	source->room = bytes;
	return true;
}

const char *skep_source_window(struct skep_source *source, uint64_t offset, size_t *bytes)
{
	ssize_t n;

	if (offset > source->size)
		offset = source->size;
	if (*bytes > source->size - offset)
		*bytes = (size_t)(source->size - offset);
	if (source->memory)
		return source->memory + offset;
	if (!grow(source, *bytes ? *bytes : 1))
		return NULL;
	n = read_whole(source->fd, source->window, *bytes, (off_t)offset);
	if (n < 0) {
		skep_fail(EIO, "cannot read %s: %s", source->name, strerror(errno));
		return NULL;
	}
	*bytes = (size_t)n;
	return source->window;
}

/* The ring behind the head, once round: its older part to the front. */
static bool unroll(char *ring, size_t used, size_t at)
{
	char *older = malloc(used - at + 1);

	if (!older)
		return false;
	memcpy(older, ring + at, used - at);
	memmove(ring + used - at, ring, at);
	memcpy(ring, older, used - at);
	free(older);
	return true;
}

/* Of a pipe: its first megabyte, and its end. */
static int spool(struct skep_source *source)
{
	size_t used = 0, room = 0, at = PIPE_HEAD, most = PIPE_HEAD + PIPE_TAIL;
	bool wrapped = false;

	for (;;) {
		ssize_t n;

		if (used == room && room < most) {
			size_t more = room ? 2 * room : 1 << 16;
			char *grown = realloc(source->owned, more < most ? more : most);

			if (!grown)
				return skep_fail(ENOMEM, "no memory to read %s", source->name);
			source->owned = grown;
			room = more < most ? more : most;
		}
		if (used < room) {
			n = read_whole(source->fd, source->owned + used, room - used, -1);
			used += n > 0 ? (size_t)n : 0;
		} else {
			n = read_whole(source->fd, source->owned + at, most - at, -1);
			wrapped |= n > 0;
			at = n > 0 && at + (size_t)n == most ? PIPE_HEAD
							     : at + (n > 0 ? (size_t)n : 0);
		}
		if (n < 0)
			return skep_fail(EIO, "cannot read %s: %s", source->name, strerror(errno));
		if (!n)
			break;
	}
	if (wrapped && at > PIPE_HEAD &&
	    !unroll(source->owned + PIPE_HEAD, PIPE_TAIL, at - PIPE_HEAD))
		return skep_fail(ENOMEM, "no memory to read %s", source->name);
	source->memory = source->owned;
	source->size = used;
	return 0;
}

static int check_text(struct skep_source *source)
{
	size_t bytes = 4096;
	const char *text;

	if (!source->size)
		return skep_fail_hint(skep_fail(EINVAL, "%s is empty", source->name),
				      "give it the log that the loader printed");
	text = skep_source_window(source, 0, &bytes);
	if (!text)
		return -EIO;
	if (bytes > 4 && !memcmp(text, "\177ELF", 4))
		return skep_fail_hint(
			skep_fail(EINVAL, "%s is an object file, not a log", source->name),
			"load it, and give the log that the kernel answers with");
	if (memchr(text, '\0', bytes))
		return skep_fail_hint(skep_fail(EINVAL, "%s is binary, not a log", source->name),
				      "give it the log that the loader printed");
	return 0;
}

static int open_fd(struct skep_source *source, const char *path)
{
	struct stat st;

	source->fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC)
				       : fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	if (source->fd < 0 || fstat(source->fd, &st))
		return skep_fail(errno, "cannot open %s: %s", source->name, strerror(errno));
	if (S_ISDIR(st.st_mode))
		return skep_fail(EISDIR, "%s is a directory, not a log", source->name);
	if (!S_ISREG(st.st_mode))
		return spool(source);
	source->size = (uint64_t)st.st_size;
	return 0;
}

int skep_source_open(struct skep_source *source, const char *path)
{
	int err;

	*source = (struct skep_source){ .fd = -1,
					.name = strcmp(path, "-") ? path : "standard input" };
	err = open_fd(source, path);
	if (!err)
		err = check_text(source);
	if (err)
		skep_source_close(source);
	return err;
}

void skep_source_of_memory(struct skep_source *source, const char *log, size_t bytes)
{
	*source = (struct skep_source){
		.name = "the log", .memory = log ? log : "", .fd = -1, .size = bytes
	};
}

void skep_source_close(struct skep_source *source)
{
	skep_cleanup_close(&source->fd);
	free(source->owned);
	free(source->window);
	*source = (struct skep_source){ .fd = -1 };
}
