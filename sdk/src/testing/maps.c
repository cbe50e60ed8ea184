// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What a map must hold. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <skep/testing.h>
#include <skep/testing/maps.h>

#include "testing/value.h"

#define LINE 1024

/* Frees what the assertion has: _fail() does not come back. */
static void give_up(struct values *values, void *value, const struct skep_test_site *site)
{
	skep_values_free(values);
	free(value);
	_fail(site->file, site->line);
}

static void print_one(const struct values *values, const char *label, bool is_key, const void *data)
{
	char text[LINE];

	skep_values_print(values, is_key, data, text, sizeof(text));
	print_error("  %-9s%s\n", label, text);
}

/* The map cannot be asked at all: in skep's words. */
static void fail_to_ask(struct values *values, void *value, const struct skep_test_site *site)
{
	print_error("ERROR: %s: %s\n", site->text, skep_error_last()->message);
	if (skep_error_last()->hint)
		print_error("  hint: %s\n", skep_error_last()->hint);
	give_up(values, value, site);
}

/* A key and room for its value; NULL: the test has failed. */
static void *begin(struct values *values, const struct skep_map *map, const void *key,
		   const struct skep_test_site *site)
{
	void *value = NULL;
	int err = skep_values_learn(values, map);

	if (!err && !key)
		err = skep_error_set(EINVAL, NULL, "the key is NULL");
	if (!err && !(value = calloc(1, values->value_bytes + 1)))
		err = skep_error_set(ENOMEM, NULL, "no memory");
	if (!err)
		return value;
	fail_to_ask(values, value, site);
	return NULL;
}

void skep_test_assert_map_has(const struct skep_map *map, const void *key, const void *expected,
			      const struct skep_test_site *site)
{
	struct values values;
	void *value = begin(&values, map, key, site);
	int err;

	if (!value)
		return;
	err = expected ? skep_map_get_raw(map, key, value)
		       : skep_error_set(EINVAL, NULL, "the value is NULL");
	if (err && err != -ENOENT) {
		fail_to_ask(&values, value, site);
		return;
	}
	if (!err && skep_values_equal(&values, value, expected)) {
		skep_values_free(&values);
		free(value);
		return;
	}
	print_error("ERROR: %s: %s\n", site->text,
		    err ? "the key is not there" : "it has another value");
	print_one(&values, "key", true, key);
	print_one(&values, "expected", false, expected);
	if (!err)
		print_one(&values, "found", false, value);
	give_up(&values, value, site);
}

static uint64_t read_number(const unsigned char *at, size_t bytes)
{
	uint64_t wide = 0;
	uint32_t word;
	uint16_t half;

	switch (bytes) {
	case 1:
		return *at;
	case 2:
		memcpy(&half, at, sizeof(half));
		return half;
	case 4:
		memcpy(&word, at, sizeof(word));
		return word;
	default:
		memcpy(&wide, at, bytes < sizeof(wide) ? bytes : sizeof(wide));
		return wide;
	}
}

/* A value of a per-CPU map is one for each CPU: only whether it is there is asked. */
static int look(const struct skep_map *map, const void *key, void *value, uint64_t *sum,
		bool *is_percpu)
{
	struct skep_percpu *view = NULL;
	int err = skep_percpu_new_raw(&view, map);

	*is_percpu = !err;
	if (err)
		return skep_map_get_raw(map, key, value);
	err = skep_percpu_get_raw(map, key, view);
	for (uint32_t i = 0; !err && sum && i < view->count; i++) {
		size_t stride = ((size_t)view->value_bytes + 7) / 8 * 8;

		*sum += read_number(view->bytes + i * stride, view->value_bytes);
	}
	skep_percpu_free(view);
	return err;
}

void skep_test_assert_map_lacks(const struct skep_map *map, const void *key,
				const struct skep_test_site *site)
{
	struct values values;
	void *value = begin(&values, map, key, site);
	bool is_percpu;
	int err;

	if (!value)
		return;
	err = look(map, key, value, NULL, &is_percpu);
	if (err == -ENOENT) {
		skep_values_free(&values);
		free(value);
		return;
	}
	if (err) {
		fail_to_ask(&values, value, site);
		return;
	}
	print_error("ERROR: %s: the key is there\n", site->text);
	print_one(&values, "key", true, key);
	if (!is_percpu)
		print_one(&values, "value", false, value);
	give_up(&values, value, site);
}

void skep_test_assert_map_count(const struct skep_map *map, uint64_t expected,
				const struct skep_test_site *site)
{
	struct values values = { 0 };
	uint64_t found = 0;
	int err = map ? skep_map_count_raw(map, &found)
		      : skep_error_set(EBADF, "open the handle first", "there is no map");

	if (err) {
		fail_to_ask(&values, NULL, site);
		return;
	}
	if (found == expected)
		return;
	print_error("ERROR: %s: map '%s' has %" PRIu64 " keys, not %" PRIu64 "\n", site->text,
		    skep_map_name(map), found, expected);
	_fail(site->file, site->line);
}

void skep_test_assert_map_sum(const struct skep_map *map, const void *key, uint64_t expected,
			      const struct skep_test_site *site)
{
	struct values values;
	void *value = begin(&values, map, key, site);
	uint64_t found = 0;
	bool is_percpu;
	int err;

	if (!value)
		return;
	err = look(map, key, value, &found, &is_percpu);
	if (!err && !is_percpu)
		err = skep_error_set(EPROTOTYPE, "use skep_assert_map_has()",
				     "map '%s' is not per CPU", skep_map_name(map));
	if (err && err != -ENOENT) {
		fail_to_ask(&values, value, site);
		return;
	}
	/* Narrow numbers wrap around as the program's do. */
	if (!err && values.value_bytes < 8)
		found &= (UINT64_C(1) << values.value_bytes * 8) - 1;
	if (!err && values.value_bytes < 8)
		expected &= (UINT64_C(1) << values.value_bytes * 8) - 1;
	if (!err && found == expected) {
		skep_values_free(&values);
		free(value);
		return;
	}
	print_error("ERROR: %s: ", site->text);
	if (err)
		print_error("the key is not there\n");
	else
		print_error("the sum is %" PRIu64 " (0x%" PRIx64 "), not %" PRIu64 "\n", found,
			    found, expected);
	print_one(&values, "key", true, key);
	give_up(&values, value, site);
}
