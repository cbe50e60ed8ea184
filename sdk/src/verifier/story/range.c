/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "range.h"

static const struct skep_range everything = {
	.smin = INT64_MIN, .smax = INT64_MAX, .umin = 0, .umax = UINT64_MAX
};

/* `var_off=(0x0; 0x7f)`: what may be set, and what is. */
static bool read_bits(struct skep_span value, uint64_t *set, uint64_t *unknown)
{
	ptrdiff_t at = skep_span_find(value, SPAN("var_off=("));
	struct skep_span rest = skep_span_from(value, at < 0 ? 0 : (size_t)at + 9);
	int64_t low, mask;

	if (at < 0 || !skep_take_number(&rest, &low) || !skep_take(&rest, SPAN(";")))
		return false;
	skep_take_spaces(&rest);
	if (!skep_take_number(&rest, &mask))
		return false;
	*set = (uint64_t)low;
	*unknown = (uint64_t)mask;
	return true;
}

static struct skep_range constant_range(int64_t number)
{
	return (struct skep_range){ .known = true,
				    .constant = true,
				    .smin = number,
				    .smax = number,
				    .umin = (uint64_t)number,
				    .umax = (uint64_t)number };
}

/* `5`, `P-4`, `inv5`, `invP0`. */
static bool read_constant(struct skep_span value, int64_t *number)
{
	if (skep_span_find_char(value, '(') >= 0)
		return false;
	skep_take(&value, SPAN("inv"));
	skep_take(&value, SPAN("P"));
	return skep_take_number(&value, number);
}

/* Up to Linux 5.18 the names end in `_value`. */
static bool read_number(struct skep_span value, const char *name, const char *old, int64_t *number)
{
	return skep_value_number(value, name, number) || skep_value_number(value, old, number);
}

struct skep_range skep_range_of(struct skep_span value)
{
	struct skep_range r = everything;
	uint64_t set, unknown;
	int64_t number;

	if (!value.length)
		return r;
	if (read_constant(value, &number))
		return constant_range(number);
	r.known = true;
	if (read_number(value, "umin", "umin_value", &number))
		r.umin = (uint64_t)number;
	if (read_number(value, "umax", "umax_value", &number))
		r.umax = (uint64_t)number;
	if (read_bits(value, &set, &unknown)) {
		r.umin = r.umin > set ? r.umin : set;
		r.umax = r.umax < (set | unknown) ? r.umax : (set | unknown);
	}
	/* What has no sign's bit is not printed again as a signed number. */
	if (r.umax <= INT64_MAX) {
		r.smin = (int64_t)r.umin;
		r.smax = (int64_t)r.umax;
	}
	if (read_number(value, "smin", "smin_value", &number))
		r.smin = number;
	if (read_number(value, "smax", "smax_value", &number))
		r.smax = number;
	if (r.smin >= 0 && r.umax > (uint64_t)r.smax)
		r.umax = (uint64_t)r.smax;
	if (r.umax <= INT64_MAX && r.smin < (int64_t)r.umin)
		r.smin = (int64_t)r.umin;
	return r;
}

struct skep_range skep_range_low(struct skep_span value)
{
	struct skep_range r = skep_range_of(value);
	int64_t low = 0, high = UINT32_MAX;

	if (!r.known || r.umax <= UINT32_MAX)
		return r;
	read_number(value, "umin32", "u32_min", &low);
	read_number(value, "umax32", "u32_max", &high);
	low = (uint32_t)low;
	high = (uint32_t)high;
	return (struct skep_range){ .known = true,
				    .smin = low,
				    .smax = high,
				    .umin = (uint64_t)low,
				    .umax = (uint64_t)high };
}

bool skep_range_open_above(const struct skep_range *range)
{
	return range->smax >= INT32_MAX && range->umax >= INT32_MAX;
}

bool skep_range_open_below(const struct skep_range *range)
{
	return range->smin < 0;
}

const char *skep_range_words(struct skep_arena *arena, const struct skep_range *range)
{
	if (range->constant)
		return skep_arena_printf(arena, "%lld", (long long)range->smin);
	if (range->smin == INT64_MIN && range->smax == INT64_MAX) {
		if (range->umax != UINT64_MAX)
			return skep_arena_printf(arena, "%llu..%llu",
						 (unsigned long long)range->umin,
						 (unsigned long long)range->umax);
		return range->umin ? skep_arena_printf(arena, "%llu or more",
						       (unsigned long long)range->umin)
				   : "any number";
	}
	return skep_arena_printf(arena, "%lld..%lld", (long long)range->smin,
				 (long long)range->smax);
}
