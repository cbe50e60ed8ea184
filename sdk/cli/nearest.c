/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Names are alike by what has to be changed in one to make it the other. */
#include "nearest.h"

#include <stdio.h>
#include <string.h>
#include <sys/param.h>

#define COMPARED 48 /* characters; all names are shorter */
#define SHORTEST 2  /* of a part that says anything */

/* How many characters are replaced, put in, left out, or swapped with their neighbour. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t row[3][COMPARED + 1];

	for (size_t i = 0; i <= a_length; i++) {
		size_t *now = row[i % 3], *before = row[(i + 2) % 3], *earlier = row[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			now[j] = j;
			if (!i)
				continue;
			now[j] = before[j - 1] + (a[i - 1] != b[j - 1]);
			now[j] = MIN(now[j], MIN(before[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = MIN(now[j], earlier[j - 2] + 1);
		}
	}
	return row[a_length % 3][b_length];
}

/* "04-null-check" is like "nul-chek", too. */
static size_t distance_to(const struct nearest *nearest, const char *name)
{
	const char *words = name + strspn(name, "0123456789-");
	size_t typed = strlen(nearest->typed);
	size_t whole = distance(nearest->typed, typed, name, strlen(name));
	size_t without = distance(nearest->typed, typed, words, strlen(words));

	return MIN(whole, without);
}

/* A third of it may be wrong; a part of it is like the whole. */
void nearest_offer(struct nearest *nearest, const char *name)
{
	size_t typed = strlen(nearest->typed), at = nearest->count, apart;

	if (typed < SHORTEST || typed > COMPARED || strlen(name) > COMPARED)
		return;
	apart = distance_to(nearest, name);
	if (apart > (typed + 1) / 3 && !strstr(name, nearest->typed))
		return;
	while (at && apart < nearest->apart[at - 1])
		at--;
	if (at == NEAREST_MOST)
		return;
	nearest->count = MIN(nearest->count + 1, (size_t)NEAREST_MOST);
	for (size_t i = nearest->count - 1; i > at; i--) {
		nearest->names[i] = nearest->names[i - 1];
		nearest->apart[i] = nearest->apart[i - 1];
	}
	nearest->names[at] = name;
	nearest->apart[at] = apart;
}

const char *nearest_hint(const struct nearest *nearest, const char *rest, char *text, size_t room)
{
	size_t used = 0;

	for (size_t i = 0; i < nearest->count && used < room; i++)
		used += (size_t)snprintf(text + used, room - used, "%s%s",
					 !i                        ? "did you mean "
					 : i + 1 == nearest->count ? " or "
								   : ", ",
					 nearest->names[i]);
	if (used < room)
		snprintf(text + used, room - used, "%s%s", nearest->count ? "? " : "", rest);
	return text;
}
