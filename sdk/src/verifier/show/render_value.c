/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "render_value.h"

#include "verifier/log/insn.h"

struct kind {
	const char *type, *words;
};

static const struct kind kinds[] = {
	{ "ctx", "the context" },
	{ "fp", "an address on the stack" },
	{ "map_ptr", "a map" },
	{ "map_value", "a map's value" },
	{ "map_value_or_null", "a map's value, or NULL" },
	{ "mem", "memory" },
	{ "mem_or_null", "memory, or NULL" },
	{ "pkt", "in the packet" },
	{ "pkt_end", "the packet's end" },
	{ "pkt_meta", "the packet's metadata" },
	{ "ringbuf_mem", "a record of a ring buffer" },
	{ "ringbuf_mem_or_null", "a record of a ring buffer, or NULL" },
	{ "sock", "a socket" },
	{ "sock_or_null", "a socket, or NULL" },
};

static bool first_number(struct skep_span value, const char *a, const char *b, int64_t *number)
{
	return skep_value_number(value, a, number) || skep_value_number(value, b, number);
}

/* Numbers as programs say them: small ones decimal, those at the edges of types as they are. */
static void put_number(FILE *out, int64_t number)
{
	if (number > -1000000 && number < 1000000)
		fprintf(out, "%lld", (long long)number);
	else
		fprintf(out, "%#llx", (unsigned long long)number);
}

static void put_scalar(FILE *out, struct skep_span value)
{
	ptrdiff_t paren = skep_span_find_char(value, '(');
	int64_t low, high;
	bool from, to;

	if (paren < 0) {
		fputs("the number ", out);
		fprintf(out, "%.*s", value.length < 24 ? (int)value.length : 24, value.at);
		return;
	}
	from = first_number(value, "smin", "umin", &low);
	to = first_number(value, "umax", "smax", &high);
	if (!from && skep_value_number(value, "umax", &high)) {
		low = 0;
		from = true;
	}
	if (!from && !to) {
		fputs("any number", out);
		return;
	}
	if (from && to && low == high) {
		fputs("the number ", out);
		put_number(out, low);
		return;
	}
	fputs("a number, ", out);
	if (from && to) {
		put_number(out, low);
		fputs(" to ", out);
		put_number(out, high);
	} else {
		fputs(from ? "at least " : "at most ", out);
		put_number(out, from ? low : high);
	}
}

/* How far into what it points to, and how much of a packet was checked. */
static void put_bounds(FILE *out, struct skep_span type, struct skep_span value)
{
	int64_t low = 0, high, checked;

	if (skep_value_number(value, "umax", &high) || skep_value_number(value, "smax", &high)) {
		first_number(value, "smin", "umin", &low);
		fputs(", moved by ", out);
		put_number(out, low);
		fputs(" to ", out);
		put_number(out, high);
	}
	if (skep_span_is(type, SPAN("pkt")) && skep_value_number(value, "r", &checked))
		fprintf(out, ", %lld bytes of which are checked", (long long)checked);
}

void skep_render_value(FILE *out, struct skep_span value)
{
	struct skep_span type = skep_value_type(value);

	if (skep_span_is(type, SPAN("scalar"))) {
		put_scalar(out, value);
		return;
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (skep_span_is(type, skep_span_of(kinds[i].type))) {
			fputs(kinds[i].words, out);
			put_bounds(out, type, value);
			return;
		}
	fprintf(out, "%.*s%s", value.length > 60 ? 60 : (int)value.length, value.at,
		value.length > 60 ? "..." : "");
}
