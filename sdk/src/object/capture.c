/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "capture.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "base/logging.h"

#define BEGIN_LOG "-- BEGIN PROG LOAD LOG --\n"
#define END_LOG   "-- END PROG LOAD LOG --"
#define PREFIX    "libbpf: "

static _Thread_local struct skep_capture *current;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static libbpf_print_fn_t passed_over; /* who printed before us */

static void append(struct skep_capture *c, const char *text, size_t bytes)
{
	if (c->used + bytes + 1 > c->room) {
		size_t room = (c->used + bytes + 1) * 2;
		char *grown = realloc(c->text, room);

		if (!grown)
			return; /* words are lost, the failure is not */
		c->text = grown;
		c->room = room;
	}
	memcpy(c->text + c->used, text, bytes);
	c->used += bytes;
	c->text[c->used] = '\0';
}

SKEP_PRINTF(2, 0)
static int print(enum libbpf_print_level level, const char *format, va_list args)
{
	char *text = NULL;
	int n;

	if (!current)
		return passed_over ? passed_over(level, format, args) : 0;
	if (level == LIBBPF_DEBUG && !skep_log_wants(SKEP_LOG_DEBUG))
		return 0;
	n = vasprintf(&text, format, args);
	if (n < 0)
		return 0;
	skep_log_lines(SKEP_LOG_DEBUG, text);
	if (level == LIBBPF_WARN)
		append(current, text, (size_t)n);
	free(text);
	return n;
}

static void install(void)
{
	passed_over = libbpf_set_print(print);
}

void skep_capture_start(struct skep_capture *capture)
{
	pthread_once(&once, install);
	*capture = (struct skep_capture){ .outer = current };
	current = capture;
}

void skep_capture_stop(struct skep_capture *capture)
{
	current = capture->outer;
	free(capture->text);
}

const struct skep_capture *skep_capture_current(void)
{
	return current;
}

char *skep_capture_verifier_log(const struct skep_capture *capture, char *program, size_t room)
{
	char *begin = capture->text ? strstr(capture->text, BEGIN_LOG) : NULL;
	char *end;

	if (!begin)
		return NULL;
	skep_capture_name(capture, "prog '", "': -- BEGIN PROG LOAD LOG --", program, room);
	begin += strlen(BEGIN_LOG);
	end = strstr(begin, END_LOG);
	return end ? strndup(begin, (size_t)(end - begin)) : strdup(begin);
}

void skep_capture_complaint(const struct skep_capture *capture, char *line, size_t room)
{
	const char *text = capture->text ? capture->text : "";

	line[0] = '\0';
	for (size_t length; *text && !line[0]; text += length + (text[length] == '\n')) {
		if (!strncmp(text, PREFIX, strlen(PREFIX)))
			text += strlen(PREFIX);
		length = strcspn(text, "\n");
		/* Its guess, which is hardly ever right: the rules of kernel/reason.h know. */
		if (!memmem(text, length, "RLIMIT_MEMLOCK", strlen("RLIMIT_MEMLOCK")))
			snprintf(line, room, "%.*s", (int)length, text);
	}
}

bool skep_capture_name(const struct skep_capture *capture, const char *before, const char *after,
		       char *name, size_t room)
{
	const char *at = capture->text;
	bool found = false;

	while (at && (at = strstr(at, before))) {
		const char *start = at + strlen(before);
		size_t length = strcspn(start, "'\n");

		if (!strncmp(start + length, after, strlen(after))) {
			snprintf(name, room, "%.*s", (int)length, start);
			found = true;
		}
		at = start;
	}
	return found;
}
