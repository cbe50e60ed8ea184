/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "print.h"

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include <skep/ring.h>

#include "execsnoop.h"
#include "options.h"

void print_heading(const struct options *options)
{
	if (!options->json)
		printf("%-8s %-7s %-7s %-6s %-15s %s\n", "TIME", "PID", "PPID", "UID", "COMM",
		       options->exits ? "ARGS, OR HOW IT ENDED" : "ARGS");
	fflush(stdout);
}

static void print_now(void)
{
	time_t now = time(NULL);
	char text[16];

	strftime(text, sizeof(text), "%H:%M:%S", localtime(&now));
	printf("%-8s ", text);
}

/* How many bytes here would move a terminal's cursor. C1 controls are two bytes in UTF-8. */
static size_t control_bytes(const char *at, size_t left)
{
	unsigned char c = (unsigned char)at[0], next = left > 1 ? (unsigned char)at[1] : 0;

	if (iscntrl(c))
		return 1;
	return c == 0xc2 && next >= 0x80 && next < 0xa0 ? 2 : 0;
}

/* In one line, `quoted` or not; returns how many bytes were printed. */
static int print_escaped(const char *text, size_t length, bool quoted)
{
	int n = 0;

	for (size_t i = 0; i < length; i++) {
		size_t controls = control_bytes(text + i, length - i);

		if (!controls && (text[i] == '\\' || (quoted && text[i] == '"')))
			n += putchar('\\') != EOF;
		if (!controls)
			n += putchar(text[i]) != EOF;
		for (size_t end = i + controls; i < end; i++)
			n += printf("\\x%02x", (unsigned int)(unsigned char)text[i]);
		i -= controls > 0;
	}
	return n;
}

static void print_comm(const char *comm)
{
	int n = print_escaped(comm, strlen(comm), false);

	printf("%*s ", n < 15 ? 15 - n : 0, "");
}

/* One argument, quoted where a reader could be misled. */
static void print_arg(const char *arg, size_t length)
{
	bool quoted = !length || memchr(arg, ' ', length) || memchr(arg, '"', length);

	if (quoted)
		putchar('"');
	print_escaped(arg, length, quoted);
	if (quoted)
		putchar('"');
}

static void print_args(const struct exec_event *e, size_t left)
{
	const char *arg = e->args;

	while (left) {
		size_t length = strnlen(arg, left);

		if (arg != e->args)
			putchar(' ');
		print_arg(arg, length);
		length += length < left; /* its NUL */
		arg += length;
		left -= length;
	}
	if (e->args_total > (size_t)(arg - e->args))
		printf(" [cut: %u bytes]", e->args_total);
}

static void print_end(const struct exec_event *e)
{
	double seconds = (double)e->duration_ns / 1e9;

	if (WIFSIGNALED(e->status))
		printf("killed by %s after %.3f s", strsignal(WTERMSIG(e->status)), seconds);
	else
		printf("exit %d after %.3f s", WEXITSTATUS(e->status), seconds);
}

void print_text(const struct exec_event *e, size_t bytes)
{
	print_now();
	printf("%-7u %-7u %-6u ", e->pid, e->ppid, e->uid);
	print_comm(e->comm);
	if (e->kind == EXEC_START)
		print_args(e, bytes - sizeof(*e));
	else
		print_end(e);
	putchar('\n');
}

/* JSON is UTF-8, and arguments are bytes: what is neither is replaced. */
static json_t *text(const char *bytes, size_t length)
{
	json_t *value = json_stringn(bytes, length);
	char *copy;

	if (value)
		return value;
	copy = strndup(bytes, length);
	for (char *c = copy; c && *c; c++)
		if ((unsigned char)*c >= 128)
			*c = '?';
	value = json_string(copy);
	free(copy);
	return value;
}

static json_t *args_of(const struct exec_event *e, size_t left)
{
	json_t *list = json_array();

	for (const char *arg = e->args; left;) {
		size_t length = strnlen(arg, left);

		json_array_append_new(list, text(arg, length));
		length += length < left;
		arg += length;
		left -= length;
	}
	return list;
}

void print_json(const struct exec_event *e, size_t bytes)
{
	size_t tail = bytes - sizeof(*e);
	json_t *line =
		json_pack("{s:s,s:I,s:I,s:I,s:o}", "event", e->kind == EXEC_START ? "exec" : "exit",
			  "pid", (json_int_t)e->pid, "ppid", (json_int_t)e->ppid, "uid",
			  (json_int_t)e->uid, "comm", text(e->comm, strlen(e->comm)));

	if (e->kind == EXEC_START) {
		json_object_set_new(line, "args", args_of(e, tail));
		json_object_set_new(line, "truncated", json_boolean(e->args_total > tail));
	} else if (WIFSIGNALED(e->status)) {
		json_object_set_new(line, "signal", json_integer(WTERMSIG(e->status)));
	} else {
		json_object_set_new(line, "exit_code", json_integer(WEXITSTATUS(e->status)));
	}
	if (e->kind == EXEC_EXIT)
		json_object_set_new(line, "duration_ns", json_integer((json_int_t)e->duration_ns));
	json_dumpf(line, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(line);
}

void print_summary(const struct skep_ring *ring)
{
	struct skep_ring_stats stats;

	skep_ring_stats(ring, &stats);
	fprintf(stderr, "execsnoop: %llu events, %llu dropped\n",
		(unsigned long long)stats.consumed, (unsigned long long)stats.dropped);
}
