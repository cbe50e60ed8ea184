// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "model.h"
#include "harness/test.h"

#include <bpf/bpf.h>

struct entries {
	uint32_t count;
	unsigned char *keys, *values, *both; /* both: key and value of each, for sorting */
};

static void open_entries(struct entries *entries, const struct model *model, uint32_t room)
{
	entries->count = room;
	entries->keys = calloc(room, model->def.key_size);
	entries->values = calloc(room, model->value_bytes);
	entries->both = calloc(room, model->def.key_size + model->value_bytes);
	assert_true(entries->keys && entries->values && entries->both);
}

static void close_entries(struct entries *entries)
{
	free(entries->keys);
	free(entries->values);
	free(entries->both);
}

static size_t sorted_bytes;

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, sorted_bytes);
}

/* A hash has no order that both know. */
static void sort_entries(struct entries *entries, const struct model *model)
{
	const size_t key = model->def.key_size, value = model->value_bytes;

	for (uint32_t i = 0; i < entries->count; i++) {
		memcpy(entries->both + i * (key + value), entries->keys + i * key, key);
		memcpy(entries->both + i * (key + value) + key, entries->values + i * value, value);
	}
	sorted_bytes = key + value;
	if (model->is_hash && entries->count)
		qsort(entries->both, entries->count, sorted_bytes, compare);
}

static void same_entries(const struct model *model, struct entries *kernel, struct entries *host)
{
	model_same(model, (int)kernel->count, (int)host->count);
	sort_entries(kernel, model);
	sort_entries(host, model);
	model_same_bytes(model, kernel->both, host->both, kernel->count * sorted_bytes);
}

static uint64_t batch_flags(struct model *model)
{
	return model_random(model, 20) ? 0 : model_random(model, 5);
}

void model_update_batch(struct model *model)
{
	uint32_t count = model_random(model, 9), kernel = count, host = count;
	struct entries entries;
	uint64_t flags = batch_flags(model);
	int err;

	LIBBPF_OPTS(bpf_map_batch_opts, opts, .elem_flags = flags);
	model->what = "update of a batch";
	open_entries(&entries, model, 9);
	for (uint32_t i = 0; i < count; i++) {
		model_key(model, entries.keys + i * model->def.key_size);
		model_value(model, entries.values + i * model->value_bytes);
	}
	err = bpf_map_update_batch(model->fd, entries.keys, entries.values, &kernel, &opts);
	model_same(model, err,
		   skep_host_map_update_batch(model->fake, entries.keys, entries.values, &host,
					      flags));
	model->what = "count of an updated batch";
	model_same(model, (int)kernel, (int)host);
	close_entries(&entries);
}

void model_delete_batch(struct model *model)
{
	uint32_t count = model_random(model, 5), kernel = count, host = count;
	struct entries entries;
	uint64_t flags = batch_flags(model);
	int err;

	LIBBPF_OPTS(bpf_map_batch_opts, opts, .elem_flags = flags);
	model->what = "delete of a batch";
	open_entries(&entries, model, 5);
	for (uint32_t i = 0; i < count; i++)
		model_key(model, entries.keys + i * model->def.key_size);
	err = bpf_map_delete_batch(model->fd, entries.keys, &kernel, &opts);
	model_same(model, err, skep_host_map_delete_batch(model->fake, entries.keys, &host, flags));
	model->what = "count of a deleted batch";
	model_same(model, (int)kernel, (int)host);
	close_entries(&entries);
}

static int read_kernel(struct model *model, void *in, void *out, struct entries *to, bool remove,
		       uint64_t flags)
{
	LIBBPF_OPTS(bpf_map_batch_opts, opts, .elem_flags = flags);

	return remove ? bpf_map_lookup_and_delete_batch(model->fd, in, out, to->keys, to->values,
							&to->count, &opts)
		      : bpf_map_lookup_batch(model->fd, in, out, to->keys, to->values, &to->count,
					     &opts);
}

static int read_host(struct model *model, void *in, void *out, struct entries *to, bool remove,
		     uint64_t flags)
{
	return remove ? skep_host_map_lookup_and_delete_batch(model->fake, in, out, to->keys,
							      to->values, &to->count, flags)
		      : skep_host_map_lookup_batch(model->fake, in, out, to->keys, to->values,
						   &to->count, flags);
}

/* All of a hash at once; of the others some at a time, which must be the same at each step. */
void model_read_batches(struct model *model, bool remove)
{
	unsigned char place[2][MODEL_KEY_MOST] = { { 0 } };
	uint64_t flags = batch_flags(model);
	uint32_t room = model->is_hash ? MODEL_BATCH_MOST : 1 + model_random(model, 40);
	struct entries kernel, host;
	bool first = true;
	int err;

	open_entries(&kernel, model, room);
	open_entries(&host, model, room);
	do {
		kernel.count = host.count = room;
		model->what = remove ? "taking a batch" : "reading a batch";
		err = read_kernel(model, first ? NULL : place[0], place[0], &kernel, remove, flags);
		model_same(
			model, err,
			read_host(model, first ? NULL : place[1], place[1], &host, remove, flags));
		first = false;
		if (!err || err == -ENOENT)
			same_entries(model, &kernel, &host);
	} while (!err);
	close_entries(&kernel);
	close_entries(&host);
}

/* Key by key, which every kind with keys can. */
void model_compare_all(struct model *model)
{
	unsigned char keys[2][MODEL_KEY_MOST];
	struct entries kernel, host;
	int err;

	model->what = "going through all";
	open_entries(&kernel, model, MODEL_BATCH_MOST);
	open_entries(&host, model, MODEL_BATCH_MOST);
	kernel.count = host.count = 0;
	for (err = bpf_map_get_next_key(model->fd, NULL, keys[0]); !err;
	     err = bpf_map_get_next_key(model->fd, keys[0], keys[0])) {
		assert_true(kernel.count < MODEL_BATCH_MOST);
		memcpy(kernel.keys + kernel.count * model->def.key_size, keys[0],
		       model->def.key_size);
		assert_int_equal(
			bpf_map_lookup_elem(model->fd, keys[0],
					    kernel.values + kernel.count++ * model->value_bytes),
			0);
	}
	assert_int_equal(err, -ENOENT);
	for (err = skep_host_map_next_key(model->fake, NULL, keys[1]); !err;
	     err = skep_host_map_next_key(model->fake, keys[1], keys[1])) {
		assert_true(host.count < MODEL_BATCH_MOST);
		memcpy(host.keys + host.count * model->def.key_size, keys[1], model->def.key_size);
		assert_int_equal(
			skep_host_map_lookup(model->fake, keys[1],
					     host.values + host.count++ * model->value_bytes, 0),
			0);
	}
	assert_int_equal(err, -ENOENT);
	same_entries(model, &kernel, &host);
	close_entries(&kernel);
	close_entries(&host);
}
