/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "segments.h"

#include <errno.h>
#include <stdlib.h>

#include "base/fail.h"
#include "verifier/text/span.h"

#define CHUNK         ((size_t)1 << 18) /* stays in the processor's cache */
#define OVERLAP       ((size_t)512)
#define SEGMENTS_MOST ((size_t)1 << 16)

static int add(struct skep_segments *segments, uint64_t end)
{
	if (segments->count && segments->ends[segments->count - 1] >= end)
		return 0;
	if (segments->count == segments->room) {
		size_t room = segments->room ? 2 * segments->room : 16;
		uint64_t *grown = realloc(segments->ends, room * sizeof(*grown));

		if (!grown)
			return skep_fail(ENOMEM, "no memory for the log's programs");
		segments->ends = grown;
		segments->room = room;
	}
	segments->ends[segments->count++] = end;
	return 0;
}

/* `processed 9 insns (limit ...` up to the end of its line: how long; 0 where it is not that. */
static size_t processed_length(struct skep_span text)
{
	struct skep_span rest = text;
	int64_t number;
	ptrdiff_t newline;

	if (!skep_take(&rest, SPAN("processed ")) || !skep_take_number(&rest, &number) ||
	    !skep_take(&rest, SPAN(" insns (limit ")))
		return 0;
	newline = skep_span_find_char(rest, '\n');
	return newline < 0 ? text.length : text.length - rest.length + (size_t)newline + 1;
}

/* All in a chunk; a line that it cuts off belongs to the next, which begins before it. */
static int scan(struct skep_segments *segments, struct skep_span chunk, uint64_t offset)
{
	size_t from = 0;

	while (segments->count < SEGMENTS_MOST) {
		struct skep_span rest = skep_span_from(chunk, from);
		ptrdiff_t at = skep_span_find(rest, SPAN("processed "));
		size_t length;
		int err;

		if (at < 0)
			return 0;
		length = processed_length(skep_span_from(rest, (size_t)at));
		err = length ? add(segments, offset + from + (size_t)at + length) : 0;
		if (err)
			return err;
		from += (size_t)at + 1;
	}
	return 0;
}

int skep_segments_find(struct skep_segments *segments, struct skep_source *source)
{
	uint64_t offset = 0;

	*segments = (struct skep_segments){ 0 };
	while (offset < source->size) {
		size_t bytes = CHUNK;
		const char *text = skep_source_window(source, offset, &bytes);
		bool last = offset + bytes >= source->size;
		int err;

		if (!text)
			return -EIO;
		if (!bytes)
			break;
		err = scan(segments, (struct skep_span){ text, bytes }, offset);
		if (err)
			return err;
		if (last)
			break;
		offset += bytes > OVERLAP ? bytes - OVERLAP : bytes;
	}
	return add(segments, source->size);
}

void skep_segments_free(struct skep_segments *segments)
{
	free(segments->ends);
	*segments = (struct skep_segments){ 0 };
}
