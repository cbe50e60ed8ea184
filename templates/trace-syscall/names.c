/* SPDX-License-Identifier: 0BSD */
#include "names.h"

#include <asm/unistd.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The names of this machine's system calls, by number; CMakeLists.txt takes them from its headers. */
static const char *const names[NUMBERS] = {
#include "names.inc"
};
static const char *const names_32[NUMBERS] = {
#include "names_32.inc"
};

/* How many arguments calls have, and which of them is a text. Of others, all six registers are shown. */
static const struct {
	const char *name;
	int count, text;
} known[] = {
	{ "access", 2, 0 },      { "accept", 3, -1 },    { "accept4", 4, -1 },
	{ "bind", 3, -1 },       { "bpf", 3, -1 },       { "chdir", 1, 0 },
	{ "chmod", 2, 0 },       { "chown", 3, 0 },      { "clone", 5, -1 },
	{ "close", 1, -1 },      { "connect", 3, -1 },   { "creat", 2, 0 },
	{ "dup", 1, -1 },        { "dup2", 2, -1 },      { "dup3", 3, -1 },
	{ "execve", 3, 0 },      { "execveat", 5, 1 },   { "exit", 1, -1 },
	{ "exit_group", 1, -1 }, { "faccessat", 3, 1 },  { "faccessat2", 4, 1 },
	{ "fchmodat", 3, 1 },    { "fchownat", 5, 1 },   { "fsync", 1, -1 },
	{ "ftruncate", 2, -1 },  { "ioctl", 3, -1 },     { "kill", 2, -1 },
	{ "lchown", 3, 0 },      { "link", 2, 0 },       { "linkat", 5, 1 },
	{ "listen", 2, -1 },     { "lseek", 3, -1 },     { "lstat", 2, 0 },
	{ "mkdir", 2, 0 },       { "mkdirat", 3, 1 },    { "mknod", 3, 0 },
	{ "mknodat", 4, 1 },     { "mprotect", 3, -1 },  { "munmap", 2, -1 },
	{ "nanosleep", 2, -1 },  { "newfstatat", 4, 1 }, { "open", 3, 0 },
	{ "openat", 4, 1 },      { "openat2", 4, 1 },    { "ptrace", 4, -1 },
	{ "read", 3, -1 },       { "readlink", 3, 0 },   { "readlinkat", 4, 1 },
	{ "readv", 3, -1 },      { "recvmsg", 3, -1 },   { "rename", 2, 0 },
	{ "renameat", 4, 1 },    { "renameat2", 5, 1 },  { "rmdir", 1, 0 },
	{ "sendmsg", 3, -1 },    { "socket", 3, -1 },    { "stat", 2, 0 },
	{ "statx", 5, 1 },       { "symlink", 2, 0 },    { "symlinkat", 3, 0 },
	{ "truncate", 2, 0 },    { "umount2", 2, 0 },    { "unlink", 1, 0 },
	{ "unlinkat", 3, 1 },    { "write", 3, -1 },     { "writev", 3, -1 },
};

static int find(const char *const table[], const char *name)
{
	for (int i = 0; i < NUMBERS; i++)
		if (table[i] && !strcmp(table[i], name))
			return i;
	return -1;
}

static int arguments_of(const char *name, int *text)
{
	*text = -1;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(known[i].name, name)) {
			*text = known[i].text;
			return known[i].count;
		}
	return 6;
}

/* By number where it is one: a kernel may be newer than the headers. */
static int find_native(const char *name)
{
	char *end;
	long number = strtol(name, &end, 10);

	if (!*name || *end || number < 0 || number >= NUMBERS)
		return find(names, name);
	return (int)number;
}

int names_want(struct calls *app, const char *name)
{
	int native = find_native(name), other, text;
	struct choice choice;

	arguments_of(native >= 0 && names[native] ? names[native] : name, &text);
	choice = (struct choice){ .wanted = 1, .text = (uint8_t)(text + 1) };
	if (native >= 0) {
		calls_consts(app)->choices[native] = choice;
		return 0;
	}
	/* Such as socketcall and mmap2, which only 32-bit programs have. */
	other = find(names_32, name);
	if (other < 0)
		return -ENOENT;
	calls_consts(app)->choices_32[other] = choice;
	return 0;
}

static const char *name_in(const char *const table[], int32_t number)
{
	return number >= 0 && number < NUMBERS ? table[number] : NULL;
}

const char *names_of(const struct call_event *e)
{
	const char *name = e->way == BY_32_BIT ? name_in(names_32, e->number) : NULL;

	if (!name)
		name = name_in(names, e->native);
	return name ? name : "?";
}

int names_arguments(const struct call_event *e, int *text)
{
	const char *native = name_in(names, e->native);
	int count = arguments_of(native ? native : names_of(e), text);

	if (e->way != BY_IO_URING)
		return count;
	*text = *text < 0 ? -1 : 1; /* what the entry's address points to */
	return 5;
}
