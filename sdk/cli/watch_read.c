/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Reads the memory of a task that is stopped, and what /proc tells of it. */
#include "watch_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define CHUNK     ((size_t)64 << 10)
#define PAGE      ((size_t)4096)
#define HEAD_KEPT ((size_t)16 << 10) /* of a text that is too long */

/* Of another process: a number here, whatever its type. */
static void *address(uint64_t number)
{
	uintptr_t at = (uintptr_t)number;
	void *pointer;

	memcpy(&pointer, &at, sizeof(pointer));
	return pointer;
}

size_t watch_read(pid_t tid, uint64_t from, void *to, size_t bytes)
{
	size_t done = 0;

	while (done < bytes) {
		size_t part = bytes - done < CHUNK ? bytes - done : CHUNK;
		struct iovec local = { (char *)to + done, part };
		struct iovec remote = { address(from + done), part };
		ssize_t n = process_vm_readv(tid, &local, 1, &remote, 1, 0);

		/* Up to the end of the page, where the chunk leaves what there is. */
		if (n <= 0) {
			part = PAGE - (from + done) % PAGE;
			if (part < bytes - done)
				local.iov_len = remote.iov_len = part;
			n = process_vm_readv(tid, &local, 1, &remote, 1, 0);
		}
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	return done;
}

void *watch_read_copy(pid_t tid, uint64_t from, size_t bytes)
{
	void *copy = from && bytes ? malloc(bytes) : NULL;

	if (copy && watch_read(tid, from, copy, bytes) != bytes) {
		free(copy);
		return NULL;
	}
	return copy;
}

/* Makes room: what is behind the head goes, but for its second half. */
static size_t drop_middle(char *text, size_t used)
{
	size_t kept = (used - HEAD_KEPT) / 2;

	memmove(text + HEAD_KEPT, text + used - kept, kept);
	text[HEAD_KEPT] = '\n';
	return HEAD_KEPT + kept;
}

static char *grow(char *text, size_t *room)
{
	size_t wanted = *room ? 4 * *room : CHUNK + 1;
	char *grown = realloc(text, wanted);

	if (!grown)
		free(text);
	*room = wanted;
	return grown;
}

char *watch_read_text(pid_t tid, uint64_t from, size_t most, size_t *bytes)
{
	size_t used = 0, room = 0, done = 0, n;
	char *text = NULL, *end;

	if (!from)
		return NULL;
	while (done < most) {
		size_t part = most - done < CHUNK ? most - done : CHUNK;

		if (used + CHUNK > WATCH_LOG_MOST)
			used = drop_middle(text, used);
		while (used + CHUNK + 1 > room) {
			text = grow(text, &room);
			if (!text)
				return NULL;
		}
		n = watch_read(tid, from + done, text + used, part);
		end = memchr(text + used, '\0', n);
		used += end ? (size_t)(end - (text + used)) : n;
		done += n;
		if (end || n < part)
			break;
	}
	if (text)
		text[used] = '\0';
	if (!used) {
		free(text);
		return NULL;
	}
	*bytes = used;
	return text;
}

/* The value of a line of /proc/TID/status. */
static bool read_status(pid_t tid, const char *key, char *value, size_t room)
{
	char path[64], line[256];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)tid);
	file = fopen(path, "re");
	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file)) {
		size_t n = strlen(key);

		if (strncmp(line, key, n) || line[n] != ':')
			continue;
		snprintf(value, room, "%s", line + n + 1 + strspn(line + n + 1, " \t"));
		value[strcspn(value, "\n")] = '\0';
		found = true;
	}
	fclose(file);
	return found;
}

pid_t watch_process_of(pid_t tid)
{
	char value[32];

	if (!read_status(tid, "Tgid", value, sizeof(value)))
		return tid;
	return (pid_t)strtol(value, NULL, 10);
}

unsigned watch_user_of(pid_t tid)
{
	char value[64], *effective;

	if (!read_status(tid, "Uid", value, sizeof(value)))
		return geteuid();
	strtoul(value, &effective, 10);
	return (unsigned)strtoul(effective, NULL, 10);
}

pid_t watch_tracer_of(pid_t tid)
{
	char value[32];

	if (!read_status(tid, "TracerPid", value, sizeof(value)))
		return 0;
	return (pid_t)strtol(value, NULL, 10);
}
