/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "logging.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static _Atomic(skep_log_fn) listener;
static atomic_int wanted;

void skep_log_set(skep_log_fn fn, enum skep_log_level level)
{
	atomic_store(&wanted, fn ? (int)level : SKEP_LOG_OFF);
	atomic_store(&listener, fn);
}

bool skep_log_wants(enum skep_log_level level)
{
	return (int)level <= atomic_load(&wanted);
}

static void deliver(enum skep_log_level level, const char *line)
{
	skep_log_fn fn = atomic_load(&listener);

	if (fn)
		fn(level, line);
}

void skep_log(enum skep_log_level level, const char *format, ...)
{
	char line[1024];
	va_list args;

	if (!skep_log_wants(level))
		return;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	deliver(level, line);
}

void skep_log_line(enum skep_log_level level, const char *line)
{
	if (skep_log_wants(level))
		deliver(level, line);
}

void skep_log_lines(enum skep_log_level level, const char *text)
{
	if (!skep_log_wants(level))
		return;
	while (*text) {
		size_t length = strcspn(text, "\n");
		char line[1024];

		snprintf(line, sizeof(line), "%.*s", (int)length, text);
		deliver(level, line);
		text += length + (text[length] == '\n');
	}
}
