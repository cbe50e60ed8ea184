/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "near.h"

#define WORD_MOST 40

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Letters that are put in, left out, or another. Both words are short. */
static size_t distance(struct skep_span a, struct skep_span b)
{
	size_t row[WORD_MOST + 1];

	for (size_t j = 0; j <= b.length; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.length; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b.length; j++) {
			size_t changed = diagonal + (a.at[i - 1] != b.at[j - 1]);

			diagonal = row[j];
			row[j] = least(changed, least(row[j], row[j - 1]) + 1);
		}
	}
	return row[b.length];
}

static size_t common(struct skep_span a, struct skep_span b)
{
	size_t n = 0;

	while (n < a.length && n < b.length && a.at[n] == b.at[n])
		n++;
	return n;
}

const char *skep_near_word(struct skep_span word, const char *const *list, size_t share)
{
	const char *found = NULL;
	size_t nearest = word.length / share ? word.length / share : 1, begins = 0;
	bool twice = false;

	if (word.length < 3 || word.length > WORD_MOST)
		return NULL;
	for (; *list; list++) {
		struct skep_span other = skep_span_of(*list);
		size_t n, same = common(word, other);

		if (other.length > WORD_MOST)
			continue;
		n = distance(word, other);
		if (!n)
			return NULL;
		if (n > nearest || (found && n == nearest && same < begins))
			continue;
		/* Of two that are as near, the one that begins like it. */
		twice = found && n == nearest && same == begins;
		found = *list;
		nearest = n;
		begins = same;
	}
	return twice ? NULL : found;
}
