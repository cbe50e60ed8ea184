/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What `skep top --format json` prints: docs/guides/top.md says what each member means. */
#include "top.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "doctor.h"
#include "top_owners.h"

/* Names and paths may be of any bytes; JSON is UTF-8. */
static json_t *text_json(const char *text)
{
	json_t *value = json_string(text);
	char escaped[1024];
	size_t at = 0;

	if (value)
		return value;
	for (; *text && at + 5 < sizeof(escaped); text++) {
		if (*text >= ' ' && *text <= '~')
			escaped[at++] = *text;
		else
			at += (size_t)snprintf(escaped + at, sizeof(escaped) - at, "\\x%02x",
					       (unsigned int)(unsigned char)*text);
	}
	escaped[at] = '\0';
	return json_string(escaped);
}

static void set(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

/* null: nobody knows. */
static void set_count(json_t *object, const char *key, uint64_t value, bool known)
{
	set(object, key, known ? json_integer((json_int_t)value) : json_null());
}

static void set_rate(const struct top *top, json_t *object, const char *key, uint64_t count,
		     bool known)
{
	double seconds = (double)top->interval_ns / 1e9;

	set(object, key, known && seconds > 0 ? json_real((double)count / seconds) : json_null());
}

static json_t *hooks_json(const struct top_program *p)
{
	json_t *all = json_array(), *one;

	for (size_t i = 0; i < p->hook_count; i++) {
		one = json_object();
		set(one, "kind", text_json(p->hooks[i].kind));
		set(one, "hook", text_json(p->hooks[i].words));
		set_count(one, "link", p->hooks[i].link, p->hooks[i].link);
		json_array_append_new(all, one);
	}
	return all;
}

static json_t *owners_json(const struct top *top, const struct top_program *p)
{
	static const char *const words[] = { "program", "map", "link" };
	json_t *all = json_array(), *one, *has;
	struct top_owners owners;
	char comm[32];

	top_find_owners(top, p, &owners);
	for (size_t i = 0; i < owners.count; i++) {
		one = json_object();
		has = json_array();
		top_comm(owners.all[i].pid, comm);
		set(one, "pid", json_integer(owners.all[i].pid));
		set(one, "comm", text_json(comm));
		for (size_t k = 0; k < 3; k++)
			if (owners.all[i].has[k])
				json_array_append_new(has, json_string(words[k]));
		set(one, "has", has);
		json_array_append_new(all, one);
	}
	return all;
}

static void add_pins(const struct top *top, json_t *all, enum top_kind kind, uint32_t id)
{
	size_t count;
	const struct top_holder *h = top_holders(top, kind, id, &count);

	for (size_t i = 0; i < count; i++)
		if (h[i].path)
			json_array_append_new(all, text_json(h[i].path));
}

static json_t *pins_json(const struct top *top, const struct top_program *p)
{
	json_t *all = json_array();

	add_pins(top, all, TOP_PROGRAM, p->id);
	for (size_t i = 0; i < p->hook_count; i++)
		if (p->hooks[i].link)
			add_pins(top, all, TOP_LINK, p->hooks[i].link);
	return all;
}

static json_t *program_json(const struct top *top, const struct top_program *p)
{
	bool counts = top->stats && top->interval_ns;
	json_t *all = json_object(), *maps = json_array();
	char number[16];

	set(all, "id", json_integer(p->id));
	set(all, "name", text_json(p->name));
	set(all, "type", json_string(top_type(p->type, number)));
	set(all, "tag", json_string(p->tag));
	set(all, "uid", json_integer(p->uid));
	set_count(all, "runs", p->since.runs, counts);
	set_count(all, "ns", p->since.ns, counts);
	set_count(all, "misses", p->since.misses, p->misses_known && top->interval_ns);
	set_rate(top, all, "runs_per_s", p->since.runs, top->stats);
	set_rate(top, all, "ns_per_s", p->since.ns, top->stats);
	set(all, "ns_per_run",
	    counts && p->since.runs ? json_real((double)p->since.ns / (double)p->since.runs)
				    : json_null());
	set(all, "cpu_percent",
	    counts ? json_real(100 * (double)p->since.ns / (double)top->interval_ns) : json_null());
	set_count(all, "total_runs", p->total.runs, true);
	set_count(all, "total_ns", p->total.ns, true);
	set_count(all, "total_misses", p->total.misses, p->misses_known);
	set(all, "hooks", hooks_json(p));
	set(all, "owner", text_json(p->owner));
	set(all, "owners", owners_json(top, p));
	set(all, "pins", pins_json(top, p));
	for (size_t i = 0; i < p->map_count; i++)
		json_array_append_new(maps, json_integer(p->maps[i]));
	set(all, "maps", maps);
	set_count(all, "map_bytes", p->bytes, true);
	set_count(all, "shared_map_bytes", p->shared_bytes, true);
	set(all, "ring_percent",
	    p->has_ring ? json_real(100 * (double)p->ring_used / (double)p->ring_size)
			: json_null());
	set_count(all, "drops", p->drops, p->drops_known && top->interval_ns);
	set_count(all, "discards", p->discards, p->drops_known && top->interval_ns);
	set_count(all, "wakeups", p->wakeups, p->wakeups_known && top->interval_ns);
	return all;
}

/* --- maps --- */

static json_t *counters_json(const struct top *top, const struct top_map *map)
{
	json_t *all = json_array(), *one;

	for (size_t i = 0; i < map->counter_count; i++) {
		const struct top_counter *c = &map->counters[i];

		one = json_object();
		set(one, "ring", text_json(c->ring));
		set_count(one, "drops", c->since.dropped, map->counted && top->interval_ns);
		set_count(one, "discards", c->since.discarded, map->counted && top->interval_ns);
		set_count(one, "total_drops", c->total.dropped, map->counted);
		set_count(one, "total_discards", c->total.discarded, map->counted);
		json_array_append_new(all, one);
	}
	return all;
}

static json_t *map_json(const struct top *top, const struct top_map *map)
{
	json_t *all = json_object(), *pins = json_array(), *inner;
	char number[16];

	set(all, "id", json_integer(map->id));
	set(all, "name", text_json(map->name));
	set(all, "type", map->known ? json_string(top_map_type(map->type, number)) : json_null());
	set_count(all, "entries", map->entries, map->entries);
	set_count(all, "bytes", map->bytes, map->bytes_known);
	set(all, "programs", json_integer(map->users));
	add_pins(top, pins, TOP_MAP, map->id);
	set(all, "pins", pins);
	if (map->has_fill) {
		set_count(all, "ring_bytes", map->ring_size, true);
		set_count(all, "ring_used", map->ring_used, true);
	}
	if (map->counter_count)
		set(all, "counters", counters_json(top, map));
	if (map->inner_count) {
		inner = json_array();
		for (size_t i = 0; i < map->inner_count; i++)
			json_array_append_new(inner, json_integer(map->inner[i]));
		set(all, "inner", inner);
	}
	return all;
}

/* Those that a program which is shown uses, and those in them. */
static bool is_shown(const struct top *top, struct top_program *const *programs, size_t count,
		     uint32_t id)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < programs[i]->map_count; k++) {
			const struct top_map *map = top_map(top, programs[i]->maps[k]);

			if (programs[i]->maps[k] == id)
				return true;
			for (size_t n = 0; map && n < map->inner_count; n++)
				if (map->inner[n] == id)
					return true;
		}
	return false;
}

int top_print_json(FILE *to, const struct top *top, const struct top_filter *filter)
{
	json_t *all = doctor_json(), *programs = json_array(), *maps = json_array();
	struct top_program **chosen;
	size_t count;

	chosen = top_select(top, filter, &count);
	for (size_t i = 0; i < count; i++)
		json_array_append_new(programs, program_json(top, chosen[i]));
	for (size_t i = 0; i < top->map_count; i++)
		if (chosen && is_shown(top, chosen, count, top->maps[i].id))
			json_array_append_new(maps, map_json(top, &top->maps[i]));
	free(chosen);
	set(all, "interval_ns", json_integer((json_int_t)top->interval_ns));
	set(all, "statistics", json_boolean(top->stats));
	set(all, "programs", programs);
	set(all, "maps", maps);
	return doctor_json_print(to, chosen ? all : NULL) ? -ENOMEM : 0;
}
