// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* bpf_printk(), whose text the test can look at, and bpf_snprintf(). */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "host.h"

#define ARGS_MOST 12

struct out {
	char *text;
	size_t room, used; /* used: also what did not fit */
};

static void put(struct out *out, const char *text, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++, out->used++)
		if (out->used < out->room - 1)
			out->text[out->used] = text[i];
}

/* What stands between `%` and the letter. */
struct field {
	bool left, zero, prefix, wide;
	size_t width;
	int precision; /* below 0: none */
};

static const char *read_field(const char *at, struct field *field)
{
	*field = (struct field){ .precision = -1 };
	for (; *at && strchr("-+ #0", *at); at++) {
		field->left |= *at == '-';
		field->zero |= *at == '0';
		field->prefix |= *at == '#';
	}
	for (; *at >= '0' && *at <= '9' && field->width < 1000; at++)
		field->width = field->width * 10 + (size_t)(*at - '0');
	if (*at == '.') {
		field->precision = 0;
		for (at++; *at >= '0' && *at <= '9' && field->precision < 1000; at++)
			field->precision = field->precision * 10 + (*at - '0');
	}
	for (; *at == 'l'; at++)
		field->wide = true;
	return at;
}

static void pad(struct out *out, const struct field *field, const char *text, size_t bytes)
{
	size_t missing = field->width > bytes ? field->width - bytes : 0;
	bool zero = field->zero && !field->left;

	for (size_t i = 0; i < missing && !field->left; i++)
		put(out, zero ? "0" : " ", 1);
	put(out, text, bytes);
	for (size_t i = 0; i < missing && field->left; i++)
		put(out, " ", 1);
}

/* An argument has 64 bits, of which a conversion without `l` means half. */
static void put_number(struct out *out, const struct field *field, char letter, uint64_t value)
{
	unsigned long long whole = field->wide ? value : (uint32_t)value;
	char digits[72];
	int n = 0;

	if (letter == 'd' || letter == 'i')
		n = snprintf(digits, sizeof(digits), "%lld",
			     field->wide ? (long long)value : (long long)(int32_t)value);
	else if (letter == 'u')
		n = snprintf(digits, sizeof(digits), "%llu", whole);
	else if (letter == 'X')
		n = snprintf(digits, sizeof(digits), "%s%llX", field->prefix ? "0X" : "", whole);
	else
		n = snprintf(digits, sizeof(digits), "%s%llx", field->prefix ? "0x" : "", whole);
	pad(out, field, digits, (size_t)n);
}

/* One conversion, from behind its `%`; NULL for what the kernel does not take, or too few arguments. */
static const char *convert(struct out *out, const char *at, const uint64_t **args,
			   const uint64_t *end)
{
	struct field field;
	const char *text;
	char one;

	at = read_field(at, &field);
	if (*at == '%') {
		put(out, "%", 1);
		return at + 1;
	}
	if (*args == end)
		return NULL;
	if (*at == 's') {
		text = (const char *)(uintptr_t) * (*args)++; // NOLINT: programs pass addresses so
		pad(out, &field, text,
		    field.precision < 0 ? strlen(text) : strnlen(text, (size_t)field.precision));
	} else if (*at == 'c') {
		one = (char)*(*args)++;
		pad(out, &field, &one, 1);
	} else if (*at && strchr("diuxX", *at)) {
		put_number(out, &field, *at, *(*args)++);
	} else if (*at == 'p') {
		field.wide = field.prefix = true;
		put_number(out, &field, 'x', *(*args)++);
		while (at[1] && strchr("iIKksBS46x", at[1]))
			at++;
	} else {
		return NULL;
	}
	return at + 1;
}

/* The length, also where it did not fit; -EINVAL for what the kernel does not take. */
static long format_text(char *text, size_t room, const char *format, const uint64_t *args,
			size_t count)
{
	struct out out = { .text = text, .room = room };
	const uint64_t *end = args + count;

	while (format && *format) {
		if (*format == '%')
			format = convert(&out, format + 1, &args, end);
		else
			put(&out, format++, 1);
	}
	text[out.used < room ? out.used : room - 1] = '\0';
	return format ? (long)out.used : -EINVAL;
}

static long print(const char *format, const uint64_t *args, size_t count)
{
	char text[1024];
	long length = format_text(text, sizeof(text), format, args, count);

	if (length >= 0)
		skep_host_print("%s", text);
	return length;
}

static long trace_printk(const char *format, uint32_t bytes, ...)
{
	uint64_t values[3];
	va_list args;

	if (!bytes || format[bytes - 1])
		return -EINVAL;
	va_start(args, bytes);
	for (size_t i = 0; i < 3; i++)
		values[i] = va_arg(args, uint64_t);
	va_end(args);
	return print(format, values, 3);
}

static long trace_vprintk(const char *format, uint32_t bytes, const void *values,
			  uint32_t values_bytes)
{
	if (!bytes || format[bytes - 1] || values_bytes % 8 || values_bytes > ARGS_MOST * 8)
		return -EINVAL;
	return print(format, values, values_bytes / 8);
}

static long write_text(char *to, uint32_t room, const char *format, const uint64_t *values,
		       uint32_t values_bytes)
{
	char text[1024];
	long length;

	if (values_bytes % 8 || values_bytes > ARGS_MOST * 8)
		return -EINVAL;
	length = format_text(text, sizeof(text), format, values, values_bytes / 8);
	if (length < 0)
		return length;
	if (room)
		snprintf(to, room, "%s", text);
	return length + 1;
}

const struct skep_host_fake_entry skep_host_print_fakes[] = {
	SKEP_HOST_FAKE(trace_printk, trace_printk),
	SKEP_HOST_FAKE(trace_vprintk, trace_vprintk),
	SKEP_HOST_FAKE(snprintf, write_text),
	{ NULL, NULL },
};
