/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Loads a refused program again, for a log that its command did not ask for. */
#include "watch_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* From Linux 6.4 on a log that is too long keeps its end; before, its beginning. */
#define LOG_FIRST  ((size_t)16 << 20)
#define LOG_SECOND ((size_t)128 << 20)

static int load(union watch_attr *attr, enum watch_cmd cmd, size_t bytes)
{
	int fd;

	/* EAGAIN: a signal came. */
	for (int tries = 0; tries < 5; tries++) {
		fd = (int)syscall(SYS_bpf, cmd, attr, bytes);
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static int load_program(const struct watch_refusal *r, unsigned level, char *log, size_t room)
{
	union watch_attr attr = r->attr;
	size_t bytes = sizeof(attr.prog);

	attr.prog.log_level = level;
	attr.prog.log_size = (uint32_t)room;
	attr.prog.log_buf = (uintptr_t)log;
	attr.prog.log_true_size = 0;
	return load(&attr, WATCH_PROG_LOAD, bytes);
}

static int load_btf(const struct watch_refusal *r, char *log, size_t room)
{
	union watch_attr attr = r->attr;

	attr.btf.btf_log_level = 1;
	attr.btf.btf_log_size = (uint32_t)room;
	attr.btf.btf_log_buf = (uintptr_t)log;
	attr.btf.btf_log_true_size = 0;
	return load(&attr, WATCH_BTF_LOAD, sizeof(attr.btf));
}

/* A fresh mapping: only the pages that the kernel writes to are there. */
static int ask(const struct watch_refusal *r, unsigned level, size_t room, char **log,
	       size_t *bytes)
{
	char *buffer = mmap(NULL, room, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	int err;

	if (buffer == MAP_FAILED)
		return -ENOMEM;
	if (r->cmd == WATCH_PROG_LOAD)
		err = load_program(r, level, buffer, room);
	else
		err = load_btf(r, buffer, room);
	*bytes = strnlen(buffer, room - 1);
	*log = *bytes ? strndup(buffer, *bytes) : NULL;
	munmap(buffer, room);
	return err;
}

int watch_ask(const struct watch_refusal *r, unsigned level, char **log, size_t *bytes)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	int err;

	*log = NULL;
	*bytes = 0;
	/* Before Linux 5.11 programs count as locked memory. */
	if (setrlimit(RLIMIT_MEMLOCK, &all))
		errno = 0;
	err = ask(r, level, LOG_FIRST, log, bytes);
	if (err != -ENOSPC || !*log ||
	    strstr(*log + *bytes - (*bytes < 512 ? *bytes : 512), "processed "))
		return err;
	free(*log);
	*log = NULL;
	return ask(r, level, LOG_SECOND, log, bytes);
}
