/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Fields of an old type under the names that they have in the new one. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "migrate.h"

/* "packets" of "value.packets", for the part "value"; NULL for the other part. */
static const char *name_in(const char *name, const char *part)
{
	size_t length = strlen(part);

	return !strncmp(name, part, length) && name[length] == '.' ? name + length + 1 : NULL;
}

static int check_rename(const struct skep_renamed_field *r, const char *map)
{
	const char *part = r->from && name_in(r->from, "key") ? "key" : "value";

	if (r->from && r->to && name_in(r->from, part) && name_in(r->to, part) &&
	    *name_in(r->from, part) && *name_in(r->to, part))
		return 0;
	return skep_fail_hint(skep_fail(EINVAL,
					"map '%s': a rename of '%.100s' to '%.100s' is not of two "
					"fields of the key, or of the value",
					map, r->from ? r->from : "(null)",
					r->to ? r->to : "(null)"),
			      "write both as reports do: \"value.packets\"");
}

static int fail_unknown(const char *map, const char *name, const char *which)
{
	return skep_fail_hint(skep_fail(EPROTOTYPE,
					"map '%s': there is no field '%.200s' in the %s map to "
					"rename",
					map, name, which),
			      "a dry run with .allow_drops = true reports the fields of both");
}

/* Both ends are there: a name that is misspelt would give up what it should keep. */
static int check_ends(const struct skep_renamed_field *r, const char *map, const char *part,
		      const struct skep_layout *from, const struct skep_layout *to)
{
	const char *old = name_in(r->from, part), *new = name_in(r->to, part);

	if (!old)
		return 0;
	if (!skep_layout_find(from, old, 0))
		return fail_unknown(map, r->from, "old");
	return skep_layout_find(to, new, 0) ? 0 : fail_unknown(map, r->to, "new");
}

/* The rename of a field, or of the innermost that it is in. */
static const struct skep_renamed_field *find(const struct skep_renames *all, const char *part,
					     const char *name)
{
	const struct skep_renamed_field *found = NULL;
	size_t longest = 0;

	for (size_t i = 0; i < all->count; i++) {
		const char *old = name_in(all->list[i].from, part);
		size_t length = old ? strlen(old) : 0;

		if (length > longest && !strncmp(name, old, length) &&
		    strchr(".[", name[length])) { /* or its end */
			found = &all->list[i];
			longest = length;
		}
	}
	return found;
}

static int rename_field(struct skep_field *f, const struct skep_renamed_field *r, const char *part)
{
	const char *rest = f->name + strlen(name_in(r->from, part));
	char *name = NULL;

	if (asprintf(&name, "%s%s", name_in(r->to, part), rest) < 0)
		return skep_fail(ENOMEM, "no memory to rename a field");
	free((void *)f->name);
	f->name = name;
	return 0;
}

static int check_twins(const struct skep_layout *layout, const char *map, const char *part)
{
	for (size_t i = 0; i < layout->count; i++) {
		const char *name = skep_layout_field(layout, i)->name;

		for (size_t k = 0; *name && k < i; k++)
			if (!strcmp(skep_layout_field(layout, k)->name, name))
				return skep_fail_hint(
					skep_fail(EINVAL,
						  "map '%s': two fields of the old map would be "
						  "'%s.%.200s'",
						  map, part, name),
					"rename the other too, or neither");
	}
	return 0;
}

int skep_copying_rename(const struct skep_renames *all, const char *map, const char *part,
			struct skep_layout *from, const struct skep_layout *to)
{
	bool any = false;
	int err = 0;

	if (all->count && !all->list)
		return skep_fail(EINVAL, "map '%s': .rename_count without .renames", map);
	for (size_t i = 0; i < all->count && !err; i++) {
		err = check_rename(&all->list[i], map);
		if (!err)
			err = check_ends(&all->list[i], map, part, from, to);
	}
	for (size_t i = 0; i < from->count && !err; i++) {
		/* skep_layout_read() made it: it is ours to change. */
		struct skep_field *f = (struct skep_field *)skep_layout_field(from, i);
		const struct skep_renamed_field *r = find(all, part, f->name);

		any |= r != NULL;
		err = r ? rename_field(f, r, part) : 0;
	}
	return !err && any ? check_twins(from, map, part) : err;
}
