/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* "Did you mean": the names that are most alike, by edit distance. */
#include "rules.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#define NAME_MAX_COMPARED 95 /* longer ones are cut: kernel names are hardly longer */

/* Levenshtein's, in one row. */
static unsigned int edit_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
	unsigned int row[NAME_MAX_COMPARED + 1];

	for (size_t j = 0; j <= b_length; j++)
		row[j] = (unsigned int)j;
	for (size_t i = 1; i <= a_length; i++) {
		unsigned int diagonal = row[0];

		row[0] = (unsigned int)i;
		for (size_t j = 1; j <= b_length; j++) {
			unsigned int replaced = diagonal + (a[i - 1] != b[j - 1]);
			unsigned int best = row[j] < row[j - 1] ? row[j] : row[j - 1];

			diagonal = row[j];
			row[j] = best + 1 < replaced ? best + 1 : replaced;
		}
	}
	return row[b_length];
}

/* The longest of the words between underscores: what a name is about. */
static size_t longest_word(const char *name, const char **word)
{
	size_t longest = 0;

	while (*name) {
		size_t length = strcspn(name, "_/");

		if (length > longest) {
			longest = length;
			*word = name;
		}
		name += length + (name[length] != '\0');
	}
	return longest;
}

static bool shares_word(const char *target, const char *name)
{
	const char *word = "";
	size_t length = longest_word(target, &word);

	return length >= 5 && memmem(name, strlen(name), word, length);
}

void skep_kernel_nearest_start(struct skep_nearest *nearest, const char *target)
{
	*nearest = (struct skep_nearest){ .target = target };
	for (size_t i = 0; i < SKEP_NEAREST_COUNT; i++)
		nearest->best[i].score = UINT_MAX;
}

static bool is_known(const struct skep_nearest *nearest, const char *name)
{
	for (size_t i = 0; i < SKEP_NEAREST_COUNT; i++)
		if (!strcmp(nearest->best[i].name, name))
			return true;
	return false;
}

void skep_kernel_nearest_offer(struct skep_nearest *nearest, const char *name)
{
	size_t length = strnlen(name, NAME_MAX_COMPARED);
	size_t wanted = strnlen(nearest->target, NAME_MAX_COMPARED);
	size_t apart = length > wanted ? length - wanted : wanted - length;
	bool related = shares_word(nearest->target, name);
	unsigned int limit = (unsigned int)(related ? wanted : wanted / 3 + 1);
	unsigned int score;
	size_t at = SKEP_NEAREST_COUNT;

	if (apart > limit)
		return;
	score = edit_distance(nearest->target, wanted, name, length);
	if (score > limit)
		return;
	score = related ? score : 2 * score;
	while (at > 0 && score < nearest->best[at - 1].score)
		at--;
	if (at == SKEP_NEAREST_COUNT || is_known(nearest, name))
		return;
	memmove(&nearest->best[at + 1], &nearest->best[at],
		(SKEP_NEAREST_COUNT - 1 - at) * sizeof(nearest->best[0]));
	nearest->best[at].score = score;
	snprintf(nearest->best[at].name, sizeof(nearest->best[at].name), "%s", name);
}

const char *skep_kernel_nearest_text(const struct skep_nearest *nearest, char *buf, size_t size)
{
	size_t count = 0, used = 0;

	while (count < SKEP_NEAREST_COUNT && nearest->best[count].score != UINT_MAX)
		count++;
	buf[0] = '\0';
	for (size_t i = 0; i < count && used < size; i++) {
		const char *before = i == 0 ? "" : i + 1 == count ? " or " : ", ";
		int more = snprintf(buf + used, size - used, "%s%s", before, nearest->best[i].name);

		used += more > 0 ? (size_t)more : 0;
	}
	return buf;
}
