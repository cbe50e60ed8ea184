/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* %s: letters, texts that were copied, names of enums, and structs by BTF. */
#include <stdio.h>
#include <string.h>

#include <bpf/btf.h>

#include "bpf_log.h"

/* What a text holds beside its letters: one more, to tell that it was cut, and the NUL. */
#define TEXT_HEAD  ((uint32_t)sizeof(int32_t))
#define TEXT_SPARE 2

static void add_letters(struct skep_bpf_log_text *text, const unsigned char *data, size_t most,
			int precision)
{
	const char *letters = (const char *)data;
	size_t count = strnlen(letters, most);

	if (precision >= 0 && (size_t)precision < count)
		count = (size_t)precision;
	skep_bpf_log_add_foreign(text, letters, count);
}

/* What skep_str() copied: what the helper returned, and so many letters with their NUL. */
static void add_text(struct skep_bpf_log_text *text, const struct skep_bpf_log_arg *arg,
		     const unsigned char *data, int precision)
{
	uint32_t room = arg->bytes - TEXT_HEAD, most, has;
	int32_t got;

	memcpy(&got, data, sizeof(got));
	if (got <= 0 || (uint32_t)got > room || room < TEXT_SPARE) {
		skep_bpf_log_addf(text, got ? "(fault)" : "(null)");
		return;
	}
	most = room - TEXT_SPARE;
	has = (uint32_t)got - 1;
	add_letters(text, data + TEXT_HEAD, has < most ? has : most, precision);
	if (has > most && precision < 0)
		skep_bpf_log_addf(text, "...");
}

static uint64_t read_bits(const unsigned char *data, uint32_t bytes)
{
	uint64_t value = 0;
	uint32_t word;
	uint16_t half;

	switch (bytes) {
	case 1:
		return data[0];
	case 2:
		memcpy(&half, data, sizeof(half));
		return half;
	case 4:
		memcpy(&word, data, sizeof(word));
		return word;
	default:
		if (bytes == sizeof(value))
			memcpy(&value, data, sizeof(value));
		return value;
	}
}

static int64_t read_signed(const unsigned char *data, uint32_t bytes)
{
	uint64_t value = read_bits(data, bytes), sign;

	if (!bytes || bytes >= sizeof(value))
		return (int64_t)value;
	sign = UINT64_C(1) << (bytes * 8 - 1);
	return (int64_t)((value ^ sign) - sign);
}

static const char *enumerator(const struct btf *btf, const struct btf_type *type, uint64_t value)
{
	for (uint32_t i = 0; i < btf_vlen(type); i++) {
		bool is_wide = btf_is_enum64(type);
		uint64_t is = is_wide ? btf_enum64_value(&btf_enum64(type)[i])
				      : (uint32_t)btf_enum(type)[i].val;
		uint64_t mask = type->size < 8 ? (UINT64_C(1) << (type->size * 8)) - 1 : UINT64_MAX;

		if ((is & mask) == value)
			return btf__name_by_offset(btf, is_wide ? btf_enum64(type)[i].name_off
								: btf_enum(type)[i].name_off);
	}
	return NULL;
}

static void add_enum(struct skep_bpf_log_text *text, const struct btf *btf,
		     const struct skep_bpf_log_arg *arg, const unsigned char *data)
{
	const struct btf_type *type = btf__type_by_id(btf, arg->type_id);
	uint64_t value = read_bits(data, arg->bytes);
	const char *name = type && btf_is_any_enum(type) ? enumerator(btf, type, value) : NULL;

	if (name)
		skep_bpf_log_add(text, name, strlen(name));
	else if (type && btf_kflag(type))
		skep_bpf_log_addf(text, "%lld", (long long)read_signed(data, arg->bytes));
	else
		skep_bpf_log_addf(text, "%llu", (unsigned long long)value);
}

/* The format is libbpf's. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void add_dumped(void *ctx, const char *format, va_list args)
{
	char piece[512];

	if (vsnprintf(piece, sizeof(piece), format, args) > 0)
		skep_bpf_log_add_foreign(ctx, piece, strlen(piece));
}
#pragma GCC diagnostic pop

/* A struct as C would write it: `(struct flow){.port = (__u16)80,}`. */
static void add_value(struct skep_bpf_log_text *text, const struct btf *btf,
		      const struct skep_bpf_log_arg *arg, const unsigned char *data)
{
	LIBBPF_OPTS(btf_dump_type_data_opts, opts, .compact = true);
	struct btf_dump *dump = btf_dump__new(btf, add_dumped, text, NULL);

	if (!dump || btf_dump__dump_type_data(dump, arg->type_id, data, arg->bytes, &opts) < 0)
		skep_bpf_log_addf(text, "<struct>");
	if (dump)
		btf_dump__free(dump);
}

void skep_bpf_log_add_string(struct skep_bpf_log_text *text, const struct btf *btf,
			     const struct skep_bpf_log_arg *arg, const unsigned char *data,
			     int precision)
{
	if (arg->is_enum) {
		add_enum(text, btf, arg, data);
		return;
	}
	switch (arg->kind) {
	case ARG_LETTERS:
		add_letters(text, data, arg->bytes, precision);
		return;
	case ARG_TEXT:
		add_text(text, arg, data, precision);
		return;
	case ARG_VALUE:
		add_value(text, btf, arg, data);
		return;
	case ARG_SIGNED:
		skep_bpf_log_addf(text, "%lld", (long long)read_signed(data, arg->bytes));
		return;
	case ARG_UNSIGNED:
		skep_bpf_log_addf(text, "%llu", (unsigned long long)read_bits(data, arg->bytes));
		return;
	case ARG_POINTER:
	case ARG_BYTES:
	case ARG_OTHER:
	default:
		skep_bpf_log_addf(text, "<?>");
	}
}
