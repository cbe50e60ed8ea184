/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "fail.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KERNEL_ENOTSUPP 524 /* the kernel's own, in no libc */

/* libbpf's private codes, from 4000 up; part of its ABI. Written out, as base needs no libbpf. */
enum libbpf_code {
	LIBBPF_LIBELF = 4000,
	LIBBPF_FORMAT,
	LIBBPF_KVERSION,
	LIBBPF_ENDIAN,
	LIBBPF_INTERNAL,
	LIBBPF_RELOC,
	LIBBPF_LOAD,
	LIBBPF_VERIFY,
	LIBBPF_PROG2BIG,
	LIBBPF_KVER,
	LIBBPF_PROGTYPE,
};

/* One thread's last failure. Fixed buffers: failing must not fail for want of memory. */
struct record {
	struct skep_error pub;
	const char *quick; /* format of a failure whose text is not made yet, else NULL */
	char name[32];     /* what `quick` is about */
	uint64_t count;
	int held;
	char *log;
	char message[1024];
	char hint[1024];
};

static _Thread_local struct record last;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;

/* Only a log is on the heap, so only a thread that has one needs a destructor. */
static void drop_log(void *owner)
{
	struct record *r = owner;

	free(r->log);
	r->log = NULL;
	r->pub.log = NULL;
}

static void make_key(void)
{
	(void)pthread_key_create(&key, drop_log);
}

int skep_errno_standard(int code)
{
	if (code < 0)
		code = -code;
	switch (code) {
	case KERNEL_ENOTSUPP:
		return -EOPNOTSUPP;
	case LIBBPF_LIBELF:
	case LIBBPF_FORMAT:
	case LIBBPF_RELOC:
	case LIBBPF_ENDIAN:
		return -EINVAL;
	case LIBBPF_KVERSION:
	case LIBBPF_KVER:
	case LIBBPF_PROGTYPE:
		return -EOPNOTSUPP;
	case LIBBPF_PROG2BIG:
		return -E2BIG;
	case LIBBPF_VERIFY:
	case LIBBPF_LOAD:
		return -EACCES;
	default:
		return code > 0 && code < KERNEL_ENOTSUPP ? -code : -EINVAL;
	}
}

const uint64_t *skep_error_counter(void)
{
	return &last.count;
}

uint64_t skep_error_count(void)
{
	return last.count;
}

int skep_error_hold(void)
{
	last.held++;
	return errno;
}

void skep_error_release(int *saved_errno)
{
	last.held--;
	errno = *saved_errno;
}

static void start(int code)
{
	if (last.log)
		drop_log(&last);
	last.count++;
	last.quick = NULL;
	last.pub = (struct skep_error){ .code = -code, .message = last.message };
}

int skep_fail_quick(int code, const char *format, const char *name)
{
	code = skep_errno_standard(code);
	if (last.held)
		return code;
	start(code);
	last.quick = format;
	strncpy(last.name, name, sizeof(last.name) - 1);
	return code;
}

SKEP_PRINTF(3, 0)
static int record(int code, const char *hint, const char *format, va_list args)
{
	/* What comes in may be the last message, hint or log itself. */
	char message[sizeof(last.message)], text[sizeof(last.hint)] = "";

	code = skep_errno_standard(code);
	if (last.held)
		return code;
	vsnprintf(message, sizeof(message), format, args);
	if (hint)
		snprintf(text, sizeof(text), "%s", hint);
	start(code);
	memcpy(last.message, message, sizeof(message));
	if (hint)
		last.pub.hint = memcpy(last.hint, text, sizeof(text));
	return code;
}

int skep_fail(int code, const char *format, ...)
{
	va_list args;
	int err;

	va_start(args, format);
	err = record(code, NULL, format, args);
	va_end(args);
	return err;
}

int skep_error_set(int code, const char *hint, const char *format, ...)
{
	va_list args;
	int err;

	va_start(args, format);
	err = record(code, hint, format, args);
	va_end(args);
	return err;
}

int skep_fail_hint(int ret, const char *format, ...)
{
	va_list args;

	if (last.held)
		return ret;
	va_start(args, format);
	vsnprintf(last.hint, sizeof(last.hint), format, args);
	va_end(args);
	last.pub.hint = last.hint;
	return ret;
}

int skep_fail_log(int ret, char *log)
{
	if (last.held || !log) {
		free(log);
		return ret;
	}
	pthread_once(&once, make_key);
	(void)pthread_setspecific(key, &last);
	free(last.log);
	last.log = log;
	last.pub.log = log;
	return ret;
}

const struct skep_error *skep_error_last(void)
{
	if (last.quick) {
		/* Formats are the library's own, each with exactly one %s. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(last.message, sizeof(last.message), last.quick, last.name);
#pragma GCC diagnostic pop
		last.quick = NULL;
	}
	if (!last.pub.message)
		last.pub.message = last.message;
	return &last.pub;
}

/* One allocation holds the copy and its strings. */
int skep_error_copy(struct skep_error **out)
{
	const struct skep_error *from = skep_error_last();
	size_t message = strlen(from->message) + 1;
	size_t hint = from->hint ? strlen(from->hint) + 1 : 0;
	size_t log = from->log ? strlen(from->log) + 1 : 0;
	struct skep_error *copy = malloc(sizeof(*copy) + message + hint + log);
	char *text = (char *)(copy + 1);

	if (!copy)
		return -ENOMEM;
	*copy = (struct skep_error){ .code = from->code };
	copy->message = memcpy(text, from->message, message);
	if (hint)
		copy->hint = memcpy(text + message, from->hint, hint);
	if (log)
		copy->log = memcpy(text + message + hint, from->log, log);
	*out = copy;
	return 0;
}

void skep_error_free(struct skep_error *error)
{
	free(error);
}
