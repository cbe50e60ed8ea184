// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "testing/value.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <skep/error.h>
#include <skep/map.h>

#define DEEP 32 /* types within types */

int skep_values_learn(struct values *values, const struct skep_map *map)
{
	struct bpf_map_info info = { 0 };
	__u32 bytes = sizeof(info);
	int fd = map ? skep_map_fd(map) : -1;

	*values = (struct values){ 0 };
	if (fd < 0)
		return skep_error_set(EBADF, "open the handle first", "there is no map");
	if (bpf_obj_get_info_by_fd(fd, &info, &bytes))
		return skep_error_set(errno, NULL, "cannot ask for map '%s': %s",
				      skep_map_name(map), strerror(errno));
	values->key_bytes = info.key_size;
	values->value_bytes = info.value_size;
	values->key = info.btf_key_type_id;
	values->value = info.btf_value_type_id;
	/* Without privilege, or without BTF, there is hex. */
	if (info.btf_id && values->value)
		values->btf = btf__load_from_kernel_by_id(info.btf_id);
	return 0;
}

void skep_values_free(struct values *values)
{
	btf__free(values->btf);
}

struct line {
	char *text;
	size_t room, used;
};

__attribute__((format(printf, 2, 0))) static void add(void *ctx, const char *format, va_list args)
{
	struct line *line = ctx;
	int n = vsnprintf(line->text + line->used, line->room - line->used, format, args);

	if (n > 0)
		line->used += (size_t)n;
	if (line->used >= line->room)
		line->used = line->room - 1;
}

static bool print_by_btf(const struct values *values, uint32_t type, const void *data, size_t bytes,
			 struct line *line)
{
	LIBBPF_OPTS(btf_dump_type_data_opts, opts, .compact = true, .emit_zeroes = true);
	struct btf_dump *dump = btf_dump__new(values->btf, add, line, NULL);
	int n = -1;

	if (dump && !libbpf_get_error(dump)) {
		n = btf_dump__dump_type_data(dump, type, data, bytes, &opts);
		btf_dump__free(dump);
	}
	return n >= 0;
}

void skep_values_print(const struct values *values, bool is_key, const void *data, char *text,
		       size_t room)
{
	size_t bytes = is_key ? values->key_bytes : values->value_bytes, at = 0;
	uint32_t type = is_key ? values->key : values->value;
	struct line line = { .text = text, .room = room };

	text[0] = '\0';
	if (values->btf && type && print_by_btf(values, type, data, bytes, &line))
		return;
	text[0] = '\0';
	for (size_t i = 0; i < bytes && at + 4 < room; i++)
		at += (size_t)snprintf(text + at, room - at, "%s%02x", i ? " " : "",
				       ((const unsigned char *)data)[i]);
}

/* Marks the bytes that a type's members are in. What is not understood is all marked. */
static void cover(const struct btf *btf, uint32_t id, unsigned char *mask, size_t bytes, int depth)
{
	const struct btf_type *type = btf__type_by_id(btf, (__u32)btf__resolve_type(btf, id));
	const struct btf_member *member = type ? btf_members(type) : NULL;

	if (type && btf_is_struct(type) && depth < DEEP) {
		for (uint32_t i = 0; i < btf_vlen(type); i++, member++) {
			size_t from = btf_member_bit_offset(type, i) / 8;
			__s64 size = btf__resolve_size(btf, member->type);

			if (btf_member_bitfield_size(type, i))
				size = (btf_member_bit_offset(type, i) % 8 +
					btf_member_bitfield_size(type, i) + 7) /
				       8;
			if (size < 0 || from + (size_t)size > bytes)
				continue;
			if (btf_member_bitfield_size(type, i))
				memset(mask + from, 0xff, (size_t)size);
			else
				cover(btf, member->type, mask + from, (size_t)size, depth + 1);
		}
	} else if (type && btf_is_array(type) && depth < DEEP && btf_array(type)->nelems) {
		size_t each = bytes / btf_array(type)->nelems;

		for (uint32_t i = 0; each && i < btf_array(type)->nelems; i++)
			cover(btf, btf_array(type)->type, mask + i * each, each, depth + 1);
	} else {
		memset(mask, 0xff, bytes);
	}
}

bool skep_values_equal(const struct values *values, const void *a, const void *b)
{
	const unsigned char *x = a, *y = b;
	unsigned char *mask;
	bool equal = !memcmp(a, b, values->value_bytes);

	if (equal || !values->btf)
		return equal;
	mask = calloc(1, values->value_bytes);
	if (!mask)
		return equal;
	cover(values->btf, values->value, mask, values->value_bytes, 0);
	equal = true;
	for (size_t i = 0; i < values->value_bytes; i++)
		equal &= !((x[i] ^ y[i]) & mask[i]);
	free(mask);
	return equal;
}
