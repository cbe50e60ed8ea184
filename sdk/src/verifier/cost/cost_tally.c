/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "cost_tally.h"

#include <errno.h>
#include <stdlib.h>

#define SOURCES_MOST ((size_t)1 << 14)
#define BUCKETS      (2 * SOURCES_MOST) /* a power of two */
#define TEXT_MOST    ((size_t)512)
#define WORK_MOST    (1u << 18) /* calls looked at: of a program far less, of a forged log no end */

struct skep_tally_insn {
	uint64_t count;
	uint64_t offset; /* where the log has it first */
	uint32_t source; /* its line; 0: none */
};

struct skep_tally_source {
	struct skep_span text;
	uint32_t next; /* of the same bucket */
};

static uint32_t hash(struct skep_span text)
{
	uint64_t h = 0xcbf29ce484222325;

	for (size_t i = 0; i < text.length; i++)
		h = (h ^ (unsigned char)text.at[i]) * 0x100000001b3;
	return (uint32_t)(h ^ h >> 32) & (BUCKETS - 1);
}

static int add_source(struct skep_tally *tally, struct skep_span text, uint32_t bucket)
{
	struct skep_tally_source *source;

	if (tally->source_count + 1 >= tally->source_room) {
		size_t room = tally->source_room ? 2 * tally->source_room : 64;
		struct skep_tally_source *grown = realloc(tally->sources, room * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		tally->sources = grown;
		tally->source_room = room;
	}
	source = &tally->sources[++tally->source_count];
	*source = (struct skep_tally_source){
		.text = { skep_arena_copy(tally->arena, text), text.length },
		.next = tally->buckets[bucket],
	};
	tally->buckets[bucket] = tally->current = (uint32_t)tally->source_count;
	return tally->arena->failed ? -ENOMEM : 0;
}

int skep_tally_source(struct skep_tally *tally, struct skep_span line)
{
	struct skep_span text = skep_span_trim(skep_span_from(skep_span_upto(line, TEXT_MOST), 1));
	uint32_t bucket = hash(text);

	if (!text.length || text.at[0] == '@')
		return 0; /* clang's line 0: it goes on with the line before */
	if (!tally->buckets)
		tally->buckets = calloc(BUCKETS, sizeof(*tally->buckets));
	if (!tally->buckets)
		return -ENOMEM;
	for (uint32_t i = tally->buckets[bucket]; i; i = tally->sources[i].next) {
		if (!skep_span_is(tally->sources[i].text, skep_span_upto(line, TEXT_MOST)))
			continue;
		tally->current = i;
		return 0;
	}
	if (tally->source_count >= SOURCES_MOST) {
		tally->current = 0;
		return 0;
	}
	return add_source(tally, skep_span_upto(line, TEXT_MOST), bucket);
}

static int make_room(struct skep_tally *tally, uint32_t insn)
{
	size_t room = insn < 512 ? 1024 : 2 * (size_t)insn;
	struct skep_tally_insn *grown;

	if (insn < tally->insn_room)
		return 0;
	grown = realloc(tally->insns, room * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	memset(grown + tally->insn_room, 0, (room - tally->insn_room) * sizeof(*grown));
	tally->insns = grown;
	tally->insn_room = room;
	return 0;
}

int skep_tally_insn(struct skep_tally *tally, uint32_t insn, uint64_t offset)
{
	struct skep_tally_insn *at;

	if (insn >= SKEP_TALLY_INSNS)
		return 0;
	if (make_room(tally, insn))
		return -ENOMEM;
	at = &tally->insns[insn];
	tally->shown++;
	at->count++;
	if (!at->source) {
		at->source = tally->current;
		at->offset = offset;
	}
	return 0;
}

int skep_tally_pruned(struct skep_tally *tally, uint32_t insn)
{
	if (insn >= SKEP_TALLY_INSNS)
		return 0;
	if (make_room(tally, insn))
		return -ENOMEM;
	tally->shown++;
	tally->pruned++;
	tally->insns[insn].count++;
	return 0;
}

void skep_tally_function(struct skep_tally *tally, int64_t number, int64_t start)
{
	if (number != (int64_t)tally->functions || number >= SKEP_TALLY_FUNCTIONS)
		return;
	if (number && start <= tally->starts[number - 1])
		return;
	tally->starts[tally->functions++] = start;
}

void skep_tally_call(struct skep_tally *tally, int64_t insn, int64_t target)
{
	for (size_t i = 0; i < tally->call_count; i++)
		if (tally->calls[i].from == insn)
			return;
	if (tally->call_count == sizeof(tally->calls) / sizeof(tally->calls[0]))
		return;
	tally->calls[tally->call_count].from = insn;
	tally->calls[tally->call_count++].to = target;
}

static int by_cost(const void *a, const void *b)
{
	const struct skep_tally_line *one = a, *other = b;

	if (one->insns != other->insns)
		return one->insns < other->insns ? 1 : -1;
	return one->insn < other->insn ? -1 : one->insn > other->insn;
}

size_t skep_tally_lines(const struct skep_tally *tally, struct skep_tally_line **lines)
{
	size_t sources = tally->source_count + 1, count = 0;
	struct skep_tally_line *found = calloc(sources + tally->insn_room, sizeof(*found));

	*lines = found;
	if (!found)
		return 0;
	/* Each line at its own place; instructions that have none stand behind them. */
	for (size_t i = 0; i < tally->insn_room; i++) {
		const struct skep_tally_insn *insn = &tally->insns[i];
		struct skep_tally_line *line = &found[insn->source ? insn->source : sources + i];

		if (!insn->count)
			continue;
		if (!line->insns)
			*line = (struct skep_tally_line){ .insn = (int)i, .offset = insn->offset };
		if (insn->source)
			line->source = tally->sources[insn->source].text;
		line->insns += insn->count;
	}
	for (size_t i = 0; i < sources + tally->insn_room; i++)
		if (found[i].insns)
			found[count++] = found[i];
	qsort(found, count, sizeof(*found), by_cost);
	return count;
}

static size_t function_of(const struct skep_tally *tally, int64_t insn)
{
	size_t at = 0;

	while (at + 1 < tally->functions && tally->starts[at + 1] <= insn)
		at++;
	return at;
}

/* As deep as a chain may be is what the kernel allows; it has no recursion, a forged log might. */
static unsigned depth(const struct skep_tally *tally, const unsigned *stacks, size_t function,
		      unsigned level, unsigned *work)
{
	unsigned deepest = 0;

	if (level > 16)
		return 0;
	for (size_t i = 0; i < tally->call_count && ++*work < WORK_MOST; i++) {
		unsigned below;

		if (function_of(tally, tally->calls[i].from) != function)
			continue;
		below = depth(tally, stacks, function_of(tally, tally->calls[i].to), level + 1,
			      work);
		deepest = below > deepest ? below : deepest;
	}
	return stacks[function] + deepest;
}

/* A function that nobody is seen to call is a callback, or its call was not shown. */
static bool all_are_called(const struct skep_tally *tally)
{
	for (size_t f = 1; f < tally->functions; f++) {
		bool called = false;

		for (size_t i = 0; i < tally->call_count && !called; i++)
			called = tally->calls[i].to == tally->starts[f];
		if (!called)
			return false;
	}
	return true;
}

unsigned skep_tally_stack(const struct skep_tally *tally, const unsigned *stacks, size_t count)
{
	unsigned work = 0, deepest;

	if (!count || tally->functions != count || !all_are_called(tally))
		return 0;
	deepest = depth(tally, stacks, 0, 0, &work);
	return work < WORK_MOST ? deepest : 0;
}

void skep_tally_free(struct skep_tally *tally)
{
	free(tally->insns);
	free(tally->sources);
	free(tally->buckets);
	*tally = (struct skep_tally){ 0 };
}
