/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * printf() over a record. The format is the program's own, but nothing here believes it: an argument
 * that does not fit its conversion is shown as "<?>".
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <bpf/btf.h>

#include "bpf_log.h"

#define WIDEST  1024
#define UNKNOWN "<?>"

/* One walk over a format. */
struct walk {
	struct skep_bpf_log_text *text;
	const struct btf *btf;
	const struct skep_bpf_log_site *site;
	const unsigned char *record;
	const char *at; /* in the format */
	uint32_t next;  /* argument */
};

static const struct skep_bpf_log_arg *take(struct walk *walk)
{
	return walk->next < walk->site->arg_count ? &walk->site->args[walk->next++] : NULL;
}

static const unsigned char *data_of(const struct walk *walk, const struct skep_bpf_log_arg *arg)
{
	return walk->record + arg->offset;
}

/* The number as C passes it on: at least an int. False where it is none. */
static bool read_number(const struct walk *walk, const struct skep_bpf_log_arg *arg,
			uint64_t *value)
{
	union {
		uint64_t bits;
		uint32_t words[2];
		uint16_t halves[4];
		uint8_t bytes[8];
		unsigned char data[8];
	} n = { .bits = 0 };
	bool is_signed = arg && arg->kind == ARG_SIGNED;

	if (!arg || arg->kind > ARG_POINTER || !arg->bytes || arg->bytes > sizeof(n))
		return false;
	memcpy(n.data, data_of(walk, arg), arg->bytes);
	switch (arg->bytes) {
	case 1:
		*value = is_signed ? (uint32_t)(int8_t)n.bytes[0] : n.bytes[0];
		return true;
	case 2:
		*value = is_signed ? (uint32_t)(int16_t)n.halves[0] : n.halves[0];
		return true;
	case 4:
		*value = n.words[0];
		return true;
	default:
		*value = n.bits;
		return arg->bytes == 8;
	}
}

static int read_star(struct walk *walk)
{
	const struct skep_bpf_log_arg *arg = take(walk);
	uint64_t value = 0;

	if (!read_number(walk, arg, &value))
		return 0;
	if ((int32_t)value > WIDEST)
		return WIDEST;
	return (int32_t)value < -WIDEST ? -WIDEST : (int32_t)value;
}

static int read_digits(struct walk *walk)
{
	int value = 0;

	if (*walk->at == '*') {
		walk->at++;
		return read_star(walk);
	}
	for (; isdigit((unsigned char)*walk->at); walk->at++)
		if (value <= WIDEST)
			value = value * 10 + (*walk->at - '0');
	return value > WIDEST ? WIDEST : value;
}

static bool read_flag(struct skep_bpf_log_field *field, char flag)
{
	switch (flag) {
	case '-':
		field->left = true;
		return true;
	case '0':
		field->zero = true;
		return true;
	case '+':
		field->plus = true;
		return true;
	case ' ':
		field->space = true;
		return true;
	case '#':
		field->alternate = true;
		return true;
	default:
		return false;
	}
}

static void read_field(struct walk *walk, struct skep_bpf_log_field *field)
{
	*field = (struct skep_bpf_log_field){ .precision = -1 };
	while (read_flag(field, *walk->at))
		walk->at++;
	field->width = read_digits(walk);
	if (field->width < 0) {
		field->left = true;
		field->width = -field->width;
	}
	if (*walk->at == '.') {
		walk->at++;
		field->precision = read_digits(walk);
	}
}

/* How many bytes of the number count: "hh" is 1, "l" is 8; 0: those that it has. */
static int read_length(struct walk *walk)
{
	int bytes = 0;

	for (; *walk->at && strchr("hlzjtqL", *walk->at); walk->at++)
		bytes = *walk->at == 'h' ? (bytes == 2 ? 1 : 2) : 8;
	return bytes;
}

/* As wide as the number itself, where the format leaves it; cut to what "h" and "hh" leave. */
static uint64_t sized(uint64_t value, uint32_t has, int wants, bool is_signed)
{
	uint32_t bytes = wants && (uint32_t)wants < has ? (uint32_t)wants : has;

	if (bytes == 1)
		return is_signed ? (uint64_t)(int8_t)value : (uint8_t)value;
	if (bytes == 2 && wants == 2)
		return is_signed ? (uint64_t)(int16_t)value : (uint16_t)value;
	if (bytes <= 4)
		return is_signed ? (uint64_t)(int32_t)value : (uint32_t)value;
	return value;
}

/* "%-+ #0*.*llx": the field's own letters, for snprintf(). */
static void make_format(const struct skep_bpf_log_field *field, char conversion, char format[24])
{
	char *at = format;

	*at++ = '%';
	if (field->left)
		*at++ = '-';
	if (field->plus)
		*at++ = '+';
	if (field->space)
		*at++ = ' ';
	if (field->alternate)
		*at++ = '#';
	if (field->zero)
		*at++ = '0';
	memcpy(at, "*.*ll", 5);
	at += 5;
	*at++ = conversion;
	*at = '\0';
}

static void add_number(struct walk *walk, const struct skep_bpf_log_field *field, int length,
		       char conversion)
{
	const struct skep_bpf_log_arg *arg = take(walk);
	bool is_signed = conversion == 'd' || conversion == 'i';
	char format[24], number[WIDEST * 2 + 64];
	uint64_t value = 0;

	if (!read_number(walk, arg, &value)) {
		skep_bpf_log_addf(walk->text, UNKNOWN);
		return;
	}
	value = sized(value, arg->bytes < 4 ? 4 : arg->bytes, length, is_signed);
	make_format(field, conversion, format);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(number, sizeof(number), format, field->width, field->precision,
		 (unsigned long long)value);
#pragma GCC diagnostic pop
	skep_bpf_log_add(walk->text, number, strlen(number));
}

static void add_letter(struct walk *walk, const struct skep_bpf_log_field *field)
{
	const struct skep_bpf_log_arg *arg = take(walk);
	size_t from = walk->text->used;
	uint64_t value = 0;
	char letter;

	if (!read_number(walk, arg, &value)) {
		skep_bpf_log_addf(walk->text, UNKNOWN);
		return;
	}
	letter = (char)value;
	skep_bpf_log_add_foreign(walk->text, &letter, 1);
	skep_bpf_log_pad(walk->text, from, field);
}

static void add_string(struct walk *walk, const struct skep_bpf_log_field *field)
{
	const struct skep_bpf_log_arg *arg = take(walk);
	size_t from = walk->text->used;

	if (!arg) {
		skep_bpf_log_addf(walk->text, UNKNOWN);
		return;
	}
	skep_bpf_log_add_string(walk->text, walk->btf, arg, data_of(walk, arg), field->precision);
	skep_bpf_log_pad(walk->text, from, field);
}

static void add_pointer(struct walk *walk, struct skep_bpf_log_field *field)
{
	const struct skep_bpf_log_arg *arg = take(walk);
	size_t from = walk->text->used;

	if (!arg) {
		skep_bpf_log_addf(walk->text, UNKNOWN);
		return;
	}
	walk->at += skep_bpf_log_add_pointer(walk->text, arg, data_of(walk, arg), walk->at, field);
	skep_bpf_log_pad(walk->text, from, field);
}

/* What stands behind a '%'. */
static void add_conversion(struct walk *walk)
{
	const char *begin = walk->at;
	struct skep_bpf_log_field field;
	int length;
	char conversion;

	read_field(walk, &field);
	length = read_length(walk);
	conversion = *walk->at;
	if (conversion)
		walk->at++;
	switch (conversion) {
	case '%':
		skep_bpf_log_add(walk->text, "%", 1);
		return;
	case 'd':
	case 'i':
	case 'u':
	case 'x':
	case 'X':
	case 'o':
		add_number(walk, &field, length, conversion);
		return;
	case 'c':
		add_letter(walk, &field);
		return;
	case 's':
		add_string(walk, &field);
		return;
	case 'p':
		add_pointer(walk, &field);
		return;
	default: /* as it is written */
		skep_bpf_log_add(walk->text, "%", 1);
		skep_bpf_log_add(walk->text, begin, (size_t)(walk->at - begin));
	}
}

void skep_bpf_log_format(struct skep_bpf_log_text *text, const struct btf *btf,
			 const struct skep_bpf_log_site *site, const void *record)
{
	struct walk walk = { text, btf, site, record, site->format, 0 };

	while (*walk.at && !text->cut) {
		size_t plain = strcspn(walk.at, "%");

		skep_bpf_log_add(text, walk.at, plain);
		walk.at += plain;
		if (*walk.at) {
			walk.at++;
			add_conversion(&walk);
		}
	}
}
