/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Which types a header defines. BTF does not say where a type comes from, and a compiler cannot
 * be asked when a header is generated elsewhere than it is compiled; so the header's text is
 * read: `struct x {`, `union x {`, `enum x {` and `typedef ... x;`.
 */
#include "tags.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <skep/error.h>

int gen_tags_add(struct gen_tags *tags, const char *kind, const char *name, size_t length)
{
	char **grown = realloc(tags->names, (tags->count + 1) * sizeof(*grown));
	char *text = NULL;

	if (!grown)
		return -ENOMEM;
	tags->names = grown;
	if (asprintf(&text, "%s%s%.*s", kind, *kind ? " " : "", (int)length, name) < 0)
		return -ENOMEM;
	tags->names[tags->count++] = text;
	return 0;
}

bool gen_tags_have(const struct gen_tags *tags, const char *kind, const char *name)
{
	size_t kind_length = strlen(kind);

	for (size_t i = 0; i < tags->count; i++) {
		const char *has = tags->names[i];

		if (strncmp(has, kind, kind_length))
			continue;
		has += kind_length;
		if (kind_length && *has++ != ' ')
			continue;
		if (!strcmp(has, name))
			return true;
	}
	return false;
}

void gen_tags_free(struct gen_tags *tags)
{
	for (size_t i = 0; i < tags->count; i++)
		free(tags->names[i]);
	free(tags->names);
	free(tags->seen);
}

static char *read_all(const char *path)
{
	FILE *f = fopen(path, "re");
	char *text = NULL;
	size_t room = 0;
	ssize_t n;

	if (!f)
		return NULL;
	n = getdelim(&text, &room, '\0', f);
	fclose(f);
	if (n >= 0)
		return text;
	free(text);
	return strdup(""); /* an empty file defines nothing */
}

/* Whether this file was read already: headers include each other in circles. */
static int was_seen(struct gen_tags *tags, const char *path, bool *seen)
{
	struct gen_file *grown;
	struct stat st;

	if (stat(path, &st))
		return -errno;
	for (size_t i = 0; i < tags->seen_count; i++) {
		*seen = tags->seen[i].dev == st.st_dev && tags->seen[i].ino == st.st_ino;
		if (*seen)
			return 0;
	}
	grown = realloc(tags->seen, (tags->seen_count + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	tags->seen = grown;
	tags->seen[tags->seen_count++] = (struct gen_file){ st.st_dev, st.st_ino };
	*seen = false;
	return 0;
}

static int read_file(struct gen_tags *tags, const char *path)
{
	bool seen = false;
	char *text;
	int err = was_seen(tags, path, &seen);

	if (err || seen)
		return err;
	text = read_all(path);
	if (!text)
		return -errno;
	gen_blank_comments(text);
	err = gen_read_directives(tags, text, path);
	if (!err)
		err = gen_read_definitions(tags, text);
	free(text);
	return err;
}

/* `name` in the folder of the file `from`. */
static int read_beside(struct gen_tags *tags, const char *name, size_t length, const char *from)
{
	const char *slash = strrchr(from, '/');
	char *path = NULL;
	int err;

	if (asprintf(&path, "%.*s%.*s", slash ? (int)(slash - from) + 1 : 0, from, (int)length,
		     name) < 0)
		return -ENOMEM;
	err = read_file(tags, path);
	free(path);
	return err;
}

static int read_in(struct gen_tags *tags, const char *name, size_t length, const char *folder)
{
	char *path = NULL;
	int err;

	if (asprintf(&path, "%s/%.*s", folder, (int)length, name) < 0)
		return -ENOMEM;
	err = read_file(tags, path);
	free(path);
	return err;
}

int gen_tags_include(struct gen_tags *tags, const char *name, size_t length, const char *from)
{
	int err = from ? read_beside(tags, name, length, from) : -ENOENT;

	for (size_t i = 0; i < tags->folder_count && err && err != -ENOMEM; i++)
		err = read_in(tags, name, length, tags->folders[i]);
	/* What the compiler finds by -I is most often beside the header that was given. */
	if (from && err && err != -ENOMEM)
		err = read_beside(tags, name, length, tags->root);
	/* What is not there either is the compiler's affair. */
	return err == -ENOMEM ? err : 0;
}

int gen_tags_add_known(struct gen_tags *tags)
{
	/* Of skep/types.h and what is in its folder, and of linux/bpf.h since Linux 5.9: what no kernel
	 * can change any more. */
	static const char *const names[] = {
		"skep_lpm4",      "skep_lpm6",           "skep_ring_counts", "skep_hist",
		"bpf_devmap_val", "skep_latency_counts", "bpf_cpumap_val",   "bpf_spin_lock",
		"skep_file_id",   "skep_cred",           "skep_namespaces",  "skep_ancestor",
		"skep_syscall",   "skep_flow",           "skep_filter",
	};
	int err = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names) && !err; i++)
		err = gen_tags_add(tags, "struct", names[i], strlen(names[i]));
	return err;
}

int gen_tags_read(struct gen_tags *tags, const char *path)
{
	int err;

	tags->root = path;
	err = read_file(tags, path);
	return err ? skep_error_set(err, NULL, "cannot read %s: %s", path, strerror(-err)) : 0;
}
