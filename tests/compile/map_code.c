/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The typed macro and the raw call in two functions each, for map_code.sh to compare. */
#include <skep/map.h>

struct key {
	uint32_t a, b;
};
struct value {
	uint64_t bytes;
};
typedef SKEP_MAP(struct key, struct value) code_map;

int typed_get(code_map map, const struct key *key, struct value *value);
int raw_get(code_map map, const struct key *key, struct value *value);
int typed_put(code_map map, const struct key *key, const struct value *value);
int raw_put(code_map map, const struct key *key, const struct value *value);
int typed_del(code_map map, const struct key *key);
int raw_del(code_map map, const struct key *key);
int typed_take(code_map map, const struct key *key, struct value *value);
int raw_take(code_map map, const struct key *key, struct value *value);

int typed_get(code_map map, const struct key *key, struct value *value)
{
	return skep_map_get(map, key, value);
}

int raw_get(code_map map, const struct key *key, struct value *value)
{
	return skep_map_get_raw(map.map, key, value);
}

int typed_put(code_map map, const struct key *key, const struct value *value)
{
	return skep_map_put(map, key, value);
}

int raw_put(code_map map, const struct key *key, const struct value *value)
{
	return skep_map_put_raw(map.map, key, value, SKEP_PUT_ANY);
}

int typed_del(code_map map, const struct key *key)
{
	return skep_map_del(map, key);
}

int raw_del(code_map map, const struct key *key)
{
	return skep_map_del_raw(map.map, key);
}

int typed_take(code_map map, const struct key *key, struct value *value)
{
	return skep_map_take(map, key, value);
}

int raw_take(code_map map, const struct key *key, struct value *value)
{
	return skep_map_take_raw(map.map, key, value, SKEP_TAKE_ATOMIC);
}

/* Three words, and four from one to the next: as a plain array of `struct slot`. */
struct gauge {
	uint32_t level, changes, more;
};
struct slot {
	struct gauge gauge;
	uint32_t pad;
};
typedef SKEP_MEMORY(struct gauge) gauge_memory;

uint32_t typed_memory(gauge_memory memory, size_t i);
uint32_t raw_memory(gauge_memory memory, size_t i);
uint64_t typed_memory_sum(void *base, uint32_t count);
uint64_t raw_memory_sum(void *base, uint32_t count);

uint32_t typed_memory(gauge_memory memory, size_t i)
{
	return skep_memory_at(memory, i)->changes++;
}

uint32_t raw_memory(gauge_memory memory, size_t i)
{
	return ((struct slot *)memory.memory.base)[i].gauge.changes++;
}

uint64_t typed_memory_sum(void *base, uint32_t count)
{
	gauge_memory memory = { .memory = { .base = base, .count = count } };
	uint64_t sum = 0;

	for (uint32_t i = 0; i < skep_memory_count(memory); i++)
		sum += skep_memory_at(memory, i)->level;
	return sum;
}

uint64_t raw_memory_sum(void *base, uint32_t count)
{
	const struct slot *slots = (const struct slot *)base;
	uint64_t sum = 0;

	for (uint32_t i = 0; i < count; i++)
		sum += slots[i].gauge.level;
	return sum;
}
