/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* One key or value, copied field by field: what does not fit is named. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "migrate.h"

/* A whole number of at most 64 bits. */
struct number {
	uint64_t bits; /* in two's complement where it is negative */
	bool negative;
};

static const bool is_little = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;

/* The kernel counts bits as the machine counts bytes: from the end that comes first. */
static uint64_t get_bits(const unsigned char *at, uint32_t bit, uint32_t bits)
{
	uint64_t value = 0;

	for (uint32_t i = 0; i < bits; i++) {
		uint32_t place = bit + i, in = is_little ? place % 8 : 7 - place % 8;
		uint64_t one = (uint64_t)(at[place / 8] >> in & 1);

		value |= one << (is_little ? i : bits - 1 - i);
	}
	return value;
}

static void put_bits(unsigned char *at, uint32_t bit, uint32_t bits, uint64_t value)
{
	for (uint32_t i = 0; i < bits; i++) {
		uint32_t place = bit + i, in = is_little ? place % 8 : 7 - place % 8;
		unsigned int one = (unsigned int)(value >> (is_little ? i : bits - 1 - i) & 1);

		at[place / 8] = (unsigned char)((at[place / 8] & ~(1u << in)) | one << in);
	}
}

static uint32_t bits_of(const struct skep_field *f, uint32_t bytes)
{
	return f->bits ? f->bits : bytes * 8;
}

static uint64_t mask(uint32_t bits)
{
	return bits >= 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
}

/* An enum may have negative values, and BTF of clang 14 does not say so. */
static bool has_sign(const struct skep_field *f)
{
	return f->kind == SKEP_FIELD_SIGNED || f->kind == SKEP_FIELD_ENUM;
}

static struct number get_number(const struct skep_field *f, const unsigned char *at, uint32_t bits)
{
	struct number n = { .bits = get_bits(at, f->bit, bits) };

	if (has_sign(f) && n.bits >> (bits - 1) & 1) {
		n.bits |= ~mask(bits);
		n.negative = true;
	}
	return n;
}

static bool fits(const struct skep_field *f, uint32_t bits, struct number n)
{
	uint64_t sign = UINT64_C(1) << (bits - 1);

	if (f->kind == SKEP_FIELD_BOOL)
		return !n.negative && n.bits <= 1;
	if (f->kind == SKEP_FIELD_SIGNED)
		return n.negative ? n.bits >= ~(sign - 1) : n.bits < sign;
	if (n.negative) /* an enum, or a char, whose sign depends on the machine */
		return (f->kind == SKEP_FIELD_ENUM || f->kind == SKEP_FIELD_CHAR) &&
		       n.bits >= ~(sign - 1);
	return n.bits <= mask(bits);
}

static int refuse(const struct skep_copying *plan, const char *map, const struct skep_step *s,
		  const char *what)
{
	char text[SKEP_LAYOUT_TEXT];

	return skep_fail_hint(skep_fail(ERANGE,
					"map '%s': %s field '%.200s' of an entry %s: it does not "
					"fit %s",
					map, plan->part, s->to->name, what,
					skep_layout_describe(s->to, true, text)),
			      "widen the new field, or change the entry; the old map is unchanged");
}

static int copy_number(const struct skep_copying *plan, const char *map, const struct skep_step *s,
		       const unsigned char *from, uint32_t from_bytes, unsigned char *to,
		       uint32_t to_bytes)
{
	uint32_t to_bits = bits_of(s->to, to_bytes);
	struct number n = get_number(s->from, from, bits_of(s->from, from_bytes));
	char what[48];

	if (fits(s->to, to_bits, n)) {
		put_bits(to, s->to->bit, to_bits, n.bits);
		return 0;
	}
	if (n.negative)
		snprintf(what, sizeof(what), "is %" PRId64, (int64_t)n.bits);
	else
		snprintf(what, sizeof(what), "is %" PRIu64, n.bits);
	return refuse(plan, map, s, what);
}

static int copy_float(const struct skep_copying *plan, const char *map, const struct skep_step *s,
		      const unsigned char *from, unsigned char *to, uint32_t to_bytes)
{
	double wide;
	float narrow;
	char what[48];

	if (to_bytes == sizeof(double)) {
		memcpy(&narrow, from, sizeof(narrow));
		wide = (double)narrow;
		memcpy(to, &wide, sizeof(wide));
		return 0;
	}
	memcpy(&wide, from, sizeof(wide));
	narrow = (float)wide;
	/* The same again, or neither is a number. */
	if ((double)narrow < wide || (double)narrow > wide) {
		snprintf(what, sizeof(what), "is %.17g", wide);
		return refuse(plan, map, s, what);
	}
	memcpy(to, &narrow, sizeof(narrow));
	return 0;
}

static uint32_t element_bytes(const struct skep_field *f)
{
	uint32_t elements = 1;

	for (int i = 0; i < 3 && f->counts[i]; i++)
		elements *= f->counts[i];
	return elements ? f->bytes / elements : f->bytes;
}

static bool is_zero(const unsigned char *at, size_t bytes)
{
	while (bytes && !at[bytes - 1])
		bytes--;
	return !bytes;
}

static int run_step(const struct skep_copying *plan, const char *map, const struct skep_step *s,
		    const unsigned char *from, unsigned char *to)
{
	uint32_t from_bytes = element_bytes(s->from), to_bytes = element_bytes(s->to);
	int err = 0;

	from += s->from_byte;
	to += s->to_byte;
	if (s->as_it_is)
		memcpy(to, from, (size_t)s->elements * from_bytes);
	for (uint32_t i = 0; i < s->elements && !s->as_it_is && !err; i++) {
		if (s->to->kind == SKEP_FIELD_FLOAT)
			err = copy_float(plan, map, s, from + (size_t)i * from_bytes,
					 to + (size_t)i * to_bytes, to_bytes);
		else
			err = copy_number(plan, map, s, from + (size_t)i * from_bytes, from_bytes,
					  to + (size_t)i * to_bytes, to_bytes);
	}
	if (!err && s->cut &&
	    !is_zero(from + (size_t)s->elements * from_bytes, (size_t)s->cut * from_bytes))
		err = refuse(plan, map, s, "has something in elements that are cut off");
	return err;
}

int skep_copying_run(const struct skep_copying *plan, const char *map, const void *from, void *to)
{
	int err = 0;

	for (size_t i = 0; i < plan->count && !err; i++)
		err = run_step(plan, map, &plan->steps[i], from, to);
	return err;
}
