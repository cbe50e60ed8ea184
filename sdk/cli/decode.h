/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A record's bytes as a value, by its BTF type. */
#ifndef SKEP_CLI_DECODE_H
#define SKEP_CLI_DECODE_H

#include <jansson.h>
#include <stddef.h>

struct btf;

/*
 * A struct becomes an object in member order, an array of char a string (what is not UTF-8 is
 * shown as \xNN), an enum its name, a pointer a hexadecimal string, a flexible array what is
 * left of `bytes`. Members beyond `bytes` are null. NULL only for want of memory.
 */
json_t *decode(const struct btf *btf, unsigned int type_id, const void *data, size_t bytes);

/* Bytes of an unknown type: hexadecimal. */
json_t *decode_unknown(const void *data, size_t bytes);

/* Letters as they are, or with those escaped that are not UTF-8. */
json_t *decode_text(const void *data, size_t bytes);

#endif
