/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "decode.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/btf.h>

static json_t *decode_at(const struct btf *btf, uint32_t id, const unsigned char *data,
			 size_t bytes);

static const struct btf_type *base(const struct btf *btf, uint32_t *id)
{
	const struct btf_type *t = btf__type_by_id(btf, *id);

	while (btf_is_mod(t) || btf_is_typedef(t)) {
		*id = t->type;
		t = btf__type_by_id(btf, *id);
	}
	return t;
}

static uint64_t read_bits(const unsigned char *data, size_t bytes, uint32_t shift, uint32_t bits)
{
	unsigned __int128 wide = 0;

	memcpy(&wide, data, bytes < sizeof(wide) ? bytes : sizeof(wide));
	wide >>= shift;
	return bits < 64 ? (uint64_t)wide & ((UINT64_C(1) << bits) - 1) : (uint64_t)wide;
}

static int64_t extend_sign(uint64_t value, uint32_t bits)
{
	uint64_t sign = UINT64_C(1) << (bits - 1);

	return bits < 64 ? (int64_t)((value ^ sign) - sign) : (int64_t)value;
}

/* JSON's integers end at 2^63: larger ones are given as text rather than wrongly. */
static json_t *number(uint64_t value, bool is_signed, uint32_t bits)
{
	char text[24];

	if (is_signed)
		return json_integer(extend_sign(value, bits));
	if (value <= INT64_MAX)
		return json_integer((json_int_t)value);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	return json_string(text);
}

static json_t *enumerator(const struct btf *btf, const struct btf_type *t, uint64_t value)
{
	for (uint32_t i = 0; i < btf_vlen(t); i++) {
		bool wide = btf_is_enum64(t);
		uint64_t v =
			wide ? btf_enum64_value(&btf_enum64(t)[i]) : (uint32_t)btf_enum(t)[i].val;
		uint32_t name = wide ? btf_enum64(t)[i].name_off : btf_enum(t)[i].name_off;

		if (v == value)
			return json_string(btf__name_by_offset(btf, name));
	}
	return number(value, btf_kflag(t), t->size * 8);
}

static json_t *scalar(const struct btf *btf, const struct btf_type *t, uint64_t value,
		      uint32_t bits)
{
	if (btf_is_any_enum(t))
		return enumerator(btf, t, value);
	if (btf_is_int(t) && (btf_int_encoding(t) & BTF_INT_BOOL))
		return json_boolean(value);
	return number(value, btf_is_int(t) && (btf_int_encoding(t) & BTF_INT_SIGNED), bits);
}

static json_t *text(const unsigned char *data, size_t bytes)
{
	size_t n = strnlen((const char *)data, bytes);
	json_t *string = json_stringn((const char *)data, n);
	char *escaped, *to;

	if (string)
		return string;
	escaped = to = malloc(n * 4 + 1);
	if (!escaped)
		return NULL;
	for (size_t i = 0; i < n; i++)
		to += data[i] < 128 ? sprintf(to, "%c", data[i]) : sprintf(to, "\\x%02x", data[i]);
	string = json_string(escaped);
	free(escaped);
	return string;
}

json_t *decode_text(const void *data, size_t bytes)
{
	return text(data, bytes);
}

json_t *decode_unknown(const void *data, size_t bytes)
{
	char *hex = malloc(bytes * 2 + 1);
	json_t *string;

	if (!hex)
		return NULL;
	hex[0] = '\0';
	for (size_t i = 0; i < bytes; i++)
		sprintf(hex + 2 * i, "%02x", ((const unsigned char *)data)[i]);
	string = json_string(hex);
	free(hex);
	return string;
}

static bool is_char(const struct btf *btf, uint32_t id)
{
	const struct btf_type *t = base(btf, &id);

	return btf_is_int(t) && t->size == 1 &&
	       !strcmp(btf__name_by_offset(btf, t->name_off), "char");
}

static json_t *array(const struct btf *btf, const struct btf_type *t, const unsigned char *data,
		     size_t bytes)
{
	const struct btf_array *a = btf_array(t);
	long long each = btf__resolve_size(btf, a->type);
	size_t count = a->nelems;
	json_t *list;

	if (each <= 0)
		return json_null();
	if (!count || count > bytes / (size_t)each) /* a flexible one, or cut */
		count = bytes / (size_t)each;
	if (is_char(btf, a->type))
		return text(data, count);
	list = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(
			list, decode_at(btf, a->type, data + i * (size_t)each, (size_t)each));
	return list;
}

static json_t *member(const struct btf *btf, const struct btf_type *t, uint32_t i,
		      const unsigned char *data, size_t bytes)
{
	uint32_t offset = btf_member_bit_offset(t, i), bits = btf_member_bitfield_size(t, i);
	uint32_t id = btf_members(t)[i].type;
	const struct btf_type *m = base(btf, &id);

	if (offset / 8 > bytes)
		return json_null();
	data += offset / 8;
	bytes -= offset / 8;
	if (!bits)
		return decode_at(btf, id, data, bytes);
	if (bytes * 8 < offset % 8 + bits)
		return json_null();
	return scalar(btf, m, read_bits(data, bytes, offset % 8, bits), bits);
}

static json_t *composite(const struct btf *btf, const struct btf_type *t, const unsigned char *data,
			 size_t bytes)
{
	json_t *object = json_object();

	for (uint32_t i = 0; i < btf_vlen(t); i++) {
		const char *name = btf__name_by_offset(btf, btf_members(t)[i].name_off);
		json_t *value = member(btf, t, i, data, bytes);

		if (*name) {
			json_object_set_new(object, name, value);
		} else { /* an anonymous part: its members are the struct's own */
			json_object_update(object, value);
			json_decref(value);
		}
	}
	return object;
}

static json_t *floating(const unsigned char *data, uint32_t bytes)
{
	double d = 0;
	float f;

	if (bytes == sizeof(f)) {
		memcpy(&f, data, sizeof(f));
		d = (double)f;
	} else if (bytes == sizeof(d)) {
		memcpy(&d, data, sizeof(d));
	}
	return json_real(d);
}

static json_t *decode_at(const struct btf *btf, uint32_t id, const unsigned char *data,
			 size_t bytes)
{
	const struct btf_type *t = base(btf, &id);
	char address[24];

	if (btf_is_array(t))
		return array(btf, t, data, bytes);
	if (btf_is_composite(t))
		return composite(btf, t, data, bytes);
	if (btf_is_ptr(t) && bytes >= 8) {
		snprintf(address, sizeof(address), "%#llx",
			 (unsigned long long)read_bits(data, 8, 0, 64));
		return json_string(address);
	}
	if ((!btf_is_int(t) && !btf_is_any_enum(t) && !btf_is_float(t)) || bytes < t->size)
		return json_null();
	if (btf_is_float(t))
		return floating(data, t->size);
	if (t->size > 8)
		return decode_unknown(data, t->size);
	return scalar(btf, t, read_bits(data, t->size, 0, t->size * 8), t->size * 8);
}

json_t *decode(const struct btf *btf, unsigned int type_id, const void *data, size_t bytes)
{
	return decode_at(btf, type_id, data, bytes);
}
