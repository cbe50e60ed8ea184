// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Helpers on maps. */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "host.h"

static void *map_lookup(void *pointer, const void *key)
{
	struct skep_host_map *map = skep_host_map_of(pointer, "bpf_map_lookup_elem");

	if (!map->kind->find)
		skep_host_fail("bpf_map_lookup_elem() on map '%s': the kernel refuses it",
			       map->name);
	return skep_host_value_here(map, map->kind->find(map, key, true));
}

static void *map_lookup_percpu(void *pointer, const void *key, uint32_t cpu)
{
	struct skep_host_map *map = skep_host_map_of(pointer, "bpf_map_lookup_percpu_elem");
	char *value;

	if (!skep_host_is_percpu(map))
		skep_host_fail("bpf_map_lookup_percpu_elem() on map '%s', which has one value for "
			       "all CPUs",
			       map->name);
	value = map->kind->find(map, key, true);
	if (!value || cpu >= skep_host.cpus)
		return NULL;
	return value + skep_host_round(map->def.value_size) * cpu;
}

static long map_update(void *pointer, const void *key, const void *value, uint64_t flags)
{
	struct skep_host_map *map = skep_host_map_of(pointer, "bpf_map_update_elem");

	if (!map->kind->update || map->kind == &skep_host_slots_kind ||
	    map->kind == &skep_host_nested_kind)
		skep_host_fail("bpf_map_update_elem() on map '%s': the kernel refuses it",
			       map->name);
	return map->kind->update(map, key, value, flags, false);
}

static long map_delete(void *pointer, const void *key)
{
	struct skep_host_map *map = skep_host_map_of(pointer, "bpf_map_delete_elem");

	if (!map->kind->remove)
		skep_host_fail("bpf_map_delete_elem() on map '%s': the kernel refuses it",
			       map->name);
	return map->kind->remove(map, key);
}

static long map_push(void *pointer, const void *value, uint64_t flags)
{
	struct skep_host_map *map = skep_host_map_of(pointer, "bpf_map_push_elem");

	if (!map->kind->push)
		skep_host_fail("bpf_map_push_elem() on map '%s', which is no queue or stack",
			       map->name);
	return map->kind->push(map, value, flags);
}

static long take(void *pointer, void *value, const char *helper, bool remove)
{
	struct skep_host_map *map = skep_host_map_of(pointer, helper);

	if (!map->kind->take)
		skep_host_fail("%s() on map '%s', which is no queue or stack", helper, map->name);
	return map->kind->take(map, value, remove);
}

static long map_pop(void *pointer, void *value)
{
	return take(pointer, value, "bpf_map_pop_elem", true);
}

static long map_peek(void *pointer, void *value)
{
	return take(pointer, value, "bpf_map_peek_elem", false);
}

typedef long (*each_fn)(void *map, const void *key, void *value, void *ctx);

/* The callback may delete the entry it is at: the next key is known before. */
static long for_each(void *pointer, void *callback, void *ctx, uint64_t flags)
{
	struct skep_host_map *map = skep_host_map_of(pointer, "bpf_for_each_map_elem");
	unsigned char keys[2][512];
	each_fn fn;
	long seen = 0;
	int at = 0, err;

	memcpy(&fn, &callback, sizeof(fn));
	if (flags)
		return -EINVAL;
	if (!map->kind->find || !map->kind->next || map->def.key_size > sizeof(keys[0]))
		skep_host_fail("bpf_for_each_map_elem() on map '%s': the kernel refuses it",
			       map->name);
	err = map->kind->next(map, NULL, keys[at]);
	while (!err) {
		void *value = map->kind->find(map, keys[at], false);

		err = map->kind->next(map, keys[at], keys[!at]);
		seen++;
		if (value && fn(pointer, keys[at], skep_host_value_here(map, value), ctx))
			break;
		at = !at;
	}
	return seen;
}

const struct skep_host_fake_entry skep_host_map_fakes[] = {
	SKEP_HOST_FAKE(map_lookup_elem, map_lookup),
	SKEP_HOST_FAKE(map_lookup_percpu_elem, map_lookup_percpu),
	SKEP_HOST_FAKE(map_update_elem, map_update),
	SKEP_HOST_FAKE(map_delete_elem, map_delete),
	SKEP_HOST_FAKE(map_push_elem, map_push),
	SKEP_HOST_FAKE(map_pop_elem, map_pop),
	SKEP_HOST_FAKE(map_peek_elem, map_peek),
	SKEP_HOST_FAKE(for_each_map_elem, for_each),
	{ NULL, NULL },
};
