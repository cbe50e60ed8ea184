/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Per-CPU maps: views of all CPUs' values, read and written at once. */
#include "percpu.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "want.h"

/* As much as malloc() aligns, so that any V may stand there. */
#define HEAD ((sizeof(struct skep_percpu) + 15) & ~(size_t)15)

static int need_percpu(const struct skep_map *map)
{
	return skep_map_want(map, SKEP_ACCESS_PERCPU, "values for each CPU");
}

static struct skep_percpu *make(const struct skep_map *map, const struct skep_cpus *cpus)
{
	struct skep_percpu *view = calloc(1, HEAD + skep_percpu_bytes(map, cpus));

	if (!view)
		return NULL;
	skep_percpu_lend(view, map, cpus, (unsigned char *)view + HEAD);
	view->lent = 0;
	return view;
}

void skep_percpu_lend(struct skep_percpu *out, const struct skep_map *map,
		      const struct skep_cpus *cpus, void *bytes)
{
	*out = (struct skep_percpu){
		.bytes = bytes,
		.numbers = cpus->sparse ? cpus->numbers : NULL,
		.count = cpus->count,
		.value_bytes = map->value_bytes,
		.lent = 1,
	};
}

int skep_percpu_new_raw(struct skep_percpu **out, const struct skep_map *map)
{
	const struct skep_cpus *cpus;
	struct skep_percpu *view;
	int err = need_percpu(map);

	if (err)
		return err;
	cpus = skep_cpus_possible();
	if (!cpus)
		return -skep_error_last()->code;
	view = make(map, cpus);
	if (!view)
		return skep_fail(ENOMEM, "no memory for the values of map '%s' on %u CPUs",
				 map->name, cpus->count);
	*out = view;
	return 0;
}

void skep_percpu_free(struct skep_percpu *view)
{
	if (view && !view->lent)
		free(view);
}

/* That the kernel writes no more than the view has room for. */
static int check_view(const struct skep_map *map, const struct skep_percpu *view)
{
	int err = need_percpu(map);

	if (err)
		return err;
	if (!view)
		return skep_fail_hint(skep_fail(EINVAL, "map '%s': there is no view", map->name),
				      "make one with skep_percpu_new()");
	if (view->value_bytes != map->value_bytes)
		return skep_fail_hint(skep_fail(EPROTOTYPE,
						"map '%s' has values of %u bytes, the view of %u",
						map->name, map->value_bytes, view->value_bytes),
				      "make the view with skep_percpu_new() of this map");
	return 0;
}

int skep_percpu_get_raw(const struct skep_map *map, const void *key, struct skep_percpu *view)
{
	int err = check_view(map, view);

	if (err)
		return err;
	err = bpf_map_lookup_elem(map->fd, key, view->bytes);
	return err ? skep_map_refuse(map, err) : 0;
}

static int put(const struct skep_map *map, const void *key, const void *bytes, enum skep_put how)
{
	static const uint64_t flags[] = {
		[SKEP_PUT_ANY] = BPF_ANY,
		[SKEP_PUT_NEW] = BPF_NOEXIST,
		[SKEP_PUT_EXISTING] = BPF_EXIST,
	};
	int err;

	if ((unsigned int)how > SKEP_PUT_EXISTING)
		return skep_fail(EINVAL, "map '%s': %d is not an enum skep_put", map->name, how);
	err = bpf_map_update_elem(map->fd, key, bytes, flags[how]);
	return err ? skep_map_refuse(map, err) : 0;
}

int skep_percpu_put_raw(const struct skep_map *map, const void *key, const struct skep_percpu *view,
			enum skep_put how)
{
	int err = check_view(map, view);

	return err ? err : put(map, key, view->bytes, how);
}

int skep_percpu_put_value_raw(const struct skep_map *map, const void *key, const void *value,
			      int64_t cpu)
{
	SKEP_AUTO(skep_percpu) *view = NULL;
	void *at;
	int err = skep_percpu_new_raw(&view, map);

	if (err)
		return err;
	if (cpu < 0) {
		skep_percpu_fill_raw(view, value);
	} else {
		at = cpu > UINT32_MAX ? NULL : skep_percpu_at_raw(view, (unsigned int)cpu);
		if (!at)
			return skep_fail_hint(skep_fail(EINVAL, "this machine never has a CPU %lld",
							(long long)cpu),
					      "it may have %u: see skep_percpu_each()",
					      view->count);
		memcpy(at, value, view->value_bytes);
	}
	return put(map, key, view->bytes, SKEP_PUT_ANY);
}

static size_t stride(const struct skep_percpu *view)
{
	return ((size_t)view->value_bytes + 7) & ~(size_t)7;
}

void *skep_percpu_at_raw(const struct skep_percpu *view, unsigned int cpu)
{
	for (uint32_t i = 0; view && i < view->count; i++)
		if ((view->numbers ? view->numbers[i] : i) == cpu)
			return view->bytes + i * stride(view);
	return NULL;
}

void skep_percpu_fill_raw(struct skep_percpu *view, const void *value)
{
	if (!view)
		return;
	memset(view->bytes, 0, view->count * stride(view));
	for (uint32_t i = 0; value && i < view->count; i++)
		memcpy(view->bytes + i * stride(view), value, view->value_bytes);
}
