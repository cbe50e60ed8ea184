/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Reading the small files of /proc and /sys, and the large one, which may be compressed. */
#include "facts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

#define WHOLE_MAX ((size_t)16 << 20) /* no file we want is larger; keeps a wrong one out */

int skep_kernel_read(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t used = 0;
	ssize_t got = 0;
	int err;

	buf[0] = '\0';
	if (fd < 0)
		return -errno;
	while (used < size - 1) {
		got = read(fd, buf + used, size - 1 - used);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		used += (size_t)got;
	}
	err = got < 0 ? -errno : 0;
	close(fd);
	buf[used] = '\0';
	if (used && buf[used - 1] == '\n')
		buf[used - 1] = '\0';
	return err;
}

/* zlib reads plain files just as well. */
char *skep_kernel_read_whole(const char *path)
{
	gzFile file = gzopen(path, "rbe");
	size_t used = 0, room = 64 << 10;
	char *text = NULL;
	int got = -1;

	while (file && room <= WHOLE_MAX) {
		char *more = realloc(text, room);

		if (!more)
			break;
		text = more;
		got = gzread(file, text + used, (unsigned int)(room - used - 1));
		if (got <= 0)
			break;
		used += (size_t)got;
		if (used == room - 1)
			room *= 2;
	}
	if (file)
		gzclose(file);
	if (got != 0) {
		free(text);
		return NULL;
	}
	text[used] = '\0';
	return text;
}
