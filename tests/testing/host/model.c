// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "model.h"
#include "harness/machine.h"
#include "harness/test.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <unistd.h>

#include <skep/testing.h>

#define KERNEL_ENOTSUPP 524 /* what the kernel says instead of EOPNOTSUPP */

/* The same numbers everywhere (splitmix64). */
uint32_t model_random(struct model *model, uint32_t below)
{
	uint64_t n = model->random += 0x9e3779b97f4a7c15;

	n = (n ^ n >> 30) * 0xbf58476d1ce4e5b9;
	n = (n ^ n >> 27) * 0x94d049bb133111eb;
	return (uint32_t)((n ^ n >> 31) % below);
}

/* Linux 7.3 does so for values of each CPU. On a map of its own: it may forget something. */
static bool takes_both(const struct model *model)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = model->def.flags);
	const struct skep_host_map_def *def = &model->def;
	unsigned char value[MODEL_VALUE_MOST] = { 0 }, key[MODEL_KEY_MOST] = { 0 };
	int err, fd = bpf_map_create((enum bpf_map_type)def->type, "model", def->key_size,
				     def->value_size, def->max_entries, &opts);

	assert_true(fd >= 0);
	err = bpf_map_update_elem(fd, def->key_size ? key : NULL, value, BPF_NOEXIST | BPF_EXIST);
	close(fd);
	return !err;
}

void model_open(struct model *model, uint64_t seed)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = model->def.flags);
	const struct skep_host_map_def *def = &model->def;

	require_root();
	skep_host_set_cpus((uint32_t)libbpf_num_possible_cpus());
	skep_host_set_cpu(model->cpu);
	model->random = seed;
	model->fd = bpf_map_create((enum bpf_map_type)def->type, "model", def->key_size,
				   def->value_size, def->max_entries, &opts);
	assert_true(model->fd >= 0);
	skep_assert_ok(skep_host_map_new(&model->fake, "model", def));
	model->value_bytes = skep_host_map_value_bytes(model->fake);
	assert_true(model->value_bytes <= MODEL_VALUE_MOST);
	model->takes_both = takes_both(model);
}

void model_close(struct model *model)
{
	close(model->fd);
	skep_host_map_free(model->fake);
	model->fake = NULL;
}

/* Of a trie: some more bits than there are, and few different ones of those that there are. */
void model_key(struct model *model, void *key)
{
	uint32_t number = model_random(model, model->keys);

	memset(key, 0, model->def.key_size);
	if (model->is_sorted) {
		uint32_t bits = model_random(model, 40) ? model_random(model, 33)
							: 33 + model_random(model, 8);
		unsigned char address[4] = { 10, (unsigned char)(number & 0x81),
					     (unsigned char)(number & 3), (unsigned char)number };

		memcpy(key, &bits, sizeof(bits));
		memcpy((char *)key + 4, address, sizeof(address));
	} else {
		memcpy(key, &number, sizeof(number));
	}
}

void model_value(struct model *model, void *value)
{
	uint32_t number = model_random(model, UINT32_MAX);

	for (size_t i = 0; i < model->value_bytes; i++)
		((unsigned char *)value)[i] =
			(unsigned char)(number >> i % 4 * 8) ^ (unsigned char)i;
}

void model_same(const struct model *model, int kernel, int host)
{
	if (kernel == -KERNEL_ENOTSUPP)
		kernel = -EOPNOTSUPP;
	if (kernel != host)
		fail_msg("type %u, step %u, %s: the kernel says %d, the host %d", model->def.type,
			 model->step, model->what, kernel, host);
}

void model_same_bytes(const struct model *model, const void *kernel, const void *host, size_t bytes)
{
	const unsigned char *a = kernel, *b = host;

	for (size_t i = 0; i < bytes; i++)
		if (a[i] != b[i])
			fail_msg(
				"type %u, step %u, %s: byte %zu of %zu is %02x in the kernel, %02x "
				"on the host",
				model->def.type, model->step, model->what, i, bytes, a[i], b[i]);
}
