// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Histograms of programs: the CPUs' made one, and what can be read off it. */
#include <skep/hist.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "percpu.h"

#define SLOTS ((unsigned int)(sizeof(((struct skep_hist *)0)->slots) / sizeof(uint64_t)))
#define BAR   40

/* Not libm's: libskep needs nothing more than libc. */
static double least_of(double a, double b)
{
	return a < b ? a : b;
}

static double most_of(double a, double b)
{
	return a > b ? a : b;
}

static double as_number(const struct skep_hist *h, uint64_t value)
{
	return h->width ? (double)(int64_t)value : (double)value;
}

static bool is_above(const struct skep_hist *h, uint64_t a, uint64_t b)
{
	return h->width ? (int64_t)a > (int64_t)b : a > b;
}

static bool is_empty(const struct skep_hist *h)
{
	static const struct skep_hist none;

	return !h->count && !memcmp(h->slots, none.slots, sizeof(none.slots));
}

/* False where the slots mean other values. */
static bool add(struct skep_hist *into, const struct skep_hist *more)
{
	if (is_empty(more))
		return true;
	if (is_empty(into)) {
		*into = *more;
		return true;
	}
	if (into->width != more->width || into->from != more->from)
		return false;
	into->count += more->count;
	into->sum += more->sum;
	if (is_above(into, into->least, more->least))
		into->least = more->least;
	if (is_above(into, more->most, into->most))
		into->most = more->most;
	for (unsigned int i = 0; i < SLOTS; i++)
		into->slots[i] += more->slots[i];
	return true;
}

static int check_map(const struct skep_map *map, const void *key)
{
	int err = skep_map_need_open(map);

	if (err)
		return err;
	if (map->value_bytes != sizeof(struct skep_hist))
		return skep_fail_hint(
			skep_fail(EPROTOTYPE,
				  "map '%s' has values of %u bytes, a histogram has %zu", map->name,
				  map->value_bytes, sizeof(struct skep_hist)),
			"declare it with SKEP_HIST_LOG2() or SKEP_HIST_LINEAR()");
	if (!key && map->type != BPF_MAP_TYPE_PERCPU_ARRAY)
		return skep_fail_hint(
			skep_fail(EINVAL, "map '%s' has a histogram for each key", map->name),
			"pass a key");
	return 0;
}

int skep_hist_get(struct skep_hist *out, const struct skep_map *map, const void *key)
{
	SKEP_AUTO(skep_percpu) *view = NULL;
	static const uint32_t first;
	struct skep_hist sum = { 0 };
	int err = check_map(map, key);

	if (err)
		return err;
	err = skep_percpu_new_raw(&view, map);
	if (!err)
		err = skep_percpu_get_raw(map, key ? key : &first, view);
	if (err)
		return err;
	for (uint32_t i = 0; i < view->count; i++) {
		const void *at = view->bytes + (size_t)i * sizeof(struct skep_hist);

		if (!add(&sum, at))
			return skep_fail_hint(
				skep_fail(EBADMSG, "map '%s': the CPUs' slots differ", map->name),
				"let only skep_hist_add() write into it");
	}
	*out = sum;
	return 0;
}

int skep_hist_merge(struct skep_hist *into, const struct skep_hist *more)
{
	if (add(into, more))
		return 0;
	return skep_fail_hint(skep_fail(EPROTOTYPE,
					"slots from %lld of width %llu and from %lld of width %llu",
					(long long)into->from, (unsigned long long)into->width,
					(long long)more->from, (unsigned long long)more->width),
			      "merge histograms of the same declaration");
}

double skep_hist_mean(const struct skep_hist *hist)
{
	return hist->count ? as_number(hist, hist->sum) / (double)hist->count : 0;
}

/* The first and the last slot have no end of their own: there it is what was added. */
static void bounds(const struct skep_hist *h, unsigned int slot, double *from, double *to)
{
	double start = (double)h->from, width = (double)h->width;

	if (!h->width) {
		*from = slot ? (double)(1ULL << (slot - 1)) : 0;
		*to = (double)(1ULL << slot);
	} else {
		*from = start + ((double)slot - 1) * width;
		*to = start + (double)slot * width;
		if (!slot)
			*from = least_of(as_number(h, h->least), *to);
	}
	if (slot == SLOTS - 1)
		*to = most_of(as_number(h, h->most), *from);
}

int skep_hist_bounds(const struct skep_hist *hist, unsigned int slot, double *from, double *to)
{
	if (slot >= SLOTS)
		return skep_fail_hint(skep_fail(EINVAL, "a histogram has no slot %u", slot),
				      "they are 0 to %u", SLOTS - 1);
	bounds(hist, slot, from, to);
	return 0;
}

/* Of the slots, not `count`, which may be ahead of them. */
static uint64_t count_slots(const struct skep_hist *h)
{
	uint64_t count = 0;

	for (unsigned int i = 0; i < SLOTS; i++)
		count += h->slots[i];
	return count;
}

double skep_hist_percentile(const struct skep_hist *hist, double percent)
{
	double below = 0, from = 0, to = 0, value;
	double want = (double)count_slots(hist) * (percent > 0 ? least_of(percent, 100) : 0) / 100;
	unsigned int slot = 0, last = SLOTS;

	for (; slot < SLOTS; slot++) {
		if (!hist->slots[slot])
			continue;
		last = slot;
		if (below + (double)hist->slots[slot] >= want)
			break;
		below += (double)hist->slots[slot];
	}
	if (last == SLOTS)
		return 0;
	bounds(hist, last, &from, &to);
	value = from + (to - from) * least_of(1, (want - below) / (double)hist->slots[last]);
	value = least_of(value, as_number(hist, hist->most));
	return most_of(value, as_number(hist, hist->least));
}

/* What was written so far: text is cut, its length is not. */
struct writer {
	char *out;
	size_t room;
	size_t length;
};

__attribute__((format(printf, 2, 3))) static void write_text(struct writer *w, const char *format,
							     ...)
{
	size_t at = w->length < w->room ? w->length : w->room;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(w->room ? w->out + at : NULL, w->room - at, format, args);
	va_end(args);
	if (n > 0)
		w->length += (size_t)n;
}

static void write_slot(struct writer *w, const struct skep_hist *h, unsigned int slot,
		       uint64_t most)
{
	static const char bar[BAR + 1] = "****************************************";
	int stars = (int)((double)h->slots[slot] / (double)most * BAR);
	double from, to;

	bounds(h, slot, &from, &to);
	if (slot == SLOTS - 1)
		write_text(w, "[%.0f, ...)", from);
	else if (h->width && !slot)
		write_text(w, "(..., %.0f)", to);
	else
		write_text(w, "[%.0f, %.0f)", from, to);
	write_text(w, " %llu |%.*s\n", (unsigned long long)h->slots[slot],
		   stars ? stars : !!h->slots[slot], bar);
}

static void write_slots(struct writer *w, const struct skep_hist *h)
{
	unsigned int first = SLOTS, last = 0;
	uint64_t most = 0;

	for (unsigned int i = 0; i < SLOTS; i++) {
		if (!h->slots[i])
			continue;
		first = first == SLOTS ? i : first;
		last = i;
		most = h->slots[i] > most ? h->slots[i] : most;
	}
	for (unsigned int i = first; i < SLOTS && i <= last; i++)
		write_slot(w, h, i, most);
}

size_t skep_hist_format(const struct skep_hist *hist, const char *unit, char *out, size_t room)
{
	struct writer w = { .out = out, .room = out ? room : 0 };
	const char *space = unit && *unit ? " " : "";

	if (!unit)
		unit = "";
	if (w.room)
		*out = '\0';
	write_slots(&w, hist);
	write_text(&w, "count %llu", (unsigned long long)hist->count);
	if (hist->count)
		write_text(&w,
			   ", mean %.0f%s%s, least %.0f, half below %.0f, 90%% %.0f, 99%% %.0f, "
			   "most %.0f",
			   skep_hist_mean(hist), space, unit, as_number(hist, hist->least),
			   skep_hist_percentile(hist, 50), skep_hist_percentile(hist, 90),
			   skep_hist_percentile(hist, 99), as_number(hist, hist->most));
	write_text(&w, "\n");
	return w.length;
}
