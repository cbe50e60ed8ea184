/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Which programs are shown, and in which order. */
#include "top.h"

#include <stdlib.h>
#include <string.h>

static double value_cpu(const struct top_program *p)
{
	return (double)p->since.ns;
}

static double value_runs(const struct top_program *p)
{
	return (double)p->since.runs;
}

static double value_time(const struct top_program *p)
{
	return p->since.runs ? (double)p->since.ns / (double)p->since.runs : 0;
}

static double value_misses(const struct top_program *p)
{
	return (double)p->since.misses;
}

static double value_memory(const struct top_program *p)
{
	return (double)p->bytes;
}

static double value_ring(const struct top_program *p)
{
	return p->has_ring ? (double)p->ring_used / (double)p->ring_size : -1;
}

static double value_drops(const struct top_program *p)
{
	return p->drops_known ? (double)p->drops : -1;
}

static double value_wakeups(const struct top_program *p)
{
	return p->wakeups_known ? (double)p->wakeups : -1;
}

static double value_type(const struct top_program *p)
{
	return -(double)p->type;
}

/* Larger values first; equal ones by id. NULL: by something else. */
static const struct key {
	const char *word;
	double (*value)(const struct top_program *p);
} keys[] = {
	{ "cpu", value_cpu },
	{ "runs", value_runs },
	{ "time", value_time },
	{ "misses", value_misses },
	{ "memory", value_memory },
	{ "ring", value_ring },
	{ "drops", value_drops },
	{ "wakeups", value_wakeups },
	{ "type", value_type },
	{ "name", NULL },
	{ "id", NULL },
};

#define KEYS ((int)(sizeof(keys) / sizeof(keys[0])))

const char top_sort_keys[] =
	"cpu, runs, time, misses, memory, ring, drops, wakeups, type, name, id";

int top_sort_key(const char *word)
{
	for (int i = 0; i < KEYS; i++)
		if (!strcmp(keys[i].word, word))
			return i;
	return -1;
}

const char *top_sort_word(int key)
{
	return keys[key].word;
}

int top_sort_next(int key)
{
	return (key + 1) % KEYS;
}

static int compare(const void *a, const void *b, void *ctx)
{
	const struct top_program *one = *(const struct top_program *const *)a;
	const struct top_program *other = *(const struct top_program *const *)b;
	const struct key *key = ctx;
	int differ = 0;

	if (key->value) {
		double first = key->value(one), second = key->value(other);

		differ = (first < second) - (first > second);
	} else if (!strcmp(key->word, "name")) {
		differ = strcmp(one->name, other->name);
	}
	return differ ? differ : (one->id > other->id) - (one->id < other->id);
}

static bool fits(const struct top *top, const struct top_program *p,
		 const struct top_filter *filter)
{
	return (!filter->id || p->id == filter->id) &&
	       (filter->type < 0 || p->type == filter->type) &&
	       (!filter->name || strstr(p->name, filter->name)) &&
	       (!filter->pid || top_owns(top, p, filter->pid));
}

struct top_program **top_select(const struct top *top, const struct top_filter *filter,
				size_t *count)
{
	struct top_program **chosen = calloc(top->program_count + 1, sizeof(*chosen));

	*count = 0;
	if (!chosen)
		return NULL;
	for (size_t i = 0; i < top->program_count; i++)
		if (fits(top, &top->programs[i], filter))
			chosen[(*count)++] = &top->programs[i];
	qsort_r(chosen, *count, sizeof(*chosen), compare, (void *)(uintptr_t)&keys[filter->sort]);
	return chosen;
}
