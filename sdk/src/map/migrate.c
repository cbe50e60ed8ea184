/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A pinned map replaced by one of other types. Each entry is converted once to see whether it can
 * be, and again to be written; the pin changes last, by a rename().
 */
#include "migrate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <skep/map/migrate.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "base/opts.h"
#include "pin.h"

struct migration {
	const char *path;
	const struct skep_map *from, *to;
	struct skep_copying key, value;
	struct skep_migration *report;
	struct skep_renames renames;
	bool writes;        /* the second time through */
	uint32_t cpus;      /* values for each key */
	size_t from_stride; /* from one CPU's value to the next */
	size_t to_stride;
	unsigned char *new_key, *new_value;
};

static bool is_array(uint32_t type)
{
	return type == BPF_MAP_TYPE_ARRAY || type == BPF_MAP_TYPE_PERCPU_ARRAY;
}

/* Kinds whose entries mean the same: 0 for those that have no entries of their own. */
static int family(uint32_t type)
{
	switch (type) {
	case BPF_MAP_TYPE_HASH:
	case BPF_MAP_TYPE_LRU_HASH:
		return 1;
	case BPF_MAP_TYPE_PERCPU_HASH:
	case BPF_MAP_TYPE_LRU_PERCPU_HASH:
		return 2;
	case BPF_MAP_TYPE_ARRAY:
		return 3;
	case BPF_MAP_TYPE_PERCPU_ARRAY:
		return 4;
	case BPF_MAP_TYPE_LPM_TRIE:
		return 5;
	default:
		return 0;
	}
}

static int check_kinds(const struct skep_map *from, const struct skep_map *to)
{
	if (!family(from->type))
		return skep_fail(EPROTOTYPE, "map '%s' is %s: it has no entries to migrate",
				 from->name, skep_map_kind(from->type)->said);
	if (family(from->type) != family(to->type))
		return skep_fail(EPROTOTYPE, "map '%s' is %s, and the new one %s", from->name,
				 skep_map_kind(from->type)->said, skep_map_kind(to->type)->said);
	if (from->id == to->id)
		return skep_fail(EINVAL, "map '%s' is pinned there already", to->name);
	return 0;
}

static int check_types(const struct skep_map *map, const struct skep_map_types *types)
{
	if (types->key && types->value)
		return 0;
	return skep_fail_hint(skep_fail(EPROTOTYPE,
					"map '%s' with id %u was made without BTF: its fields are "
					"not known",
					map->name, map->id),
			      "compile with -g, and declare the map with __type(key, ...) and "
			      "__type(value, ...)");
}

static int plan_parts(struct migration *m, const struct skep_map_types *old,
		      const struct skep_map_types *new)
{
	int err = check_types(m->from, old);

	if (!err)
		err = check_types(m->to, new);
	if (!err)
		err = skep_copying_rename(&m->renames, m->from->name, "key", old->key, new->key);
	if (!err)
		err = skep_copying_rename(&m->renames, m->from->name, "value", old->value,
					  new->value);
	if (!err)
		err = skep_copying_make(&m->key, m->report, m->from->name, old->key, new->key);
	if (!err && m->from->type == BPF_MAP_TYPE_LPM_TRIE &&
	    (m->report->added || m->report->dropped || m->report->converted ||
	     m->from->key_bytes != m->to->key_bytes))
		err = skep_fail(EPROTOTYPE, "map '%s' is an LPM trie: its key cannot change",
				m->from->name);
	if (!err)
		err = skep_copying_make(&m->value, m->report, m->from->name, old->value,
					new->value);
	return err;
}

static int refuse_drops(const struct migration *m)
{
	for (size_t i = 0; i < m->report->field_count; i++)
		if (m->report->fields[i].fate == SKEP_FATE_DROPPED)
			return skep_fail_hint(skep_fail(EPROTOTYPE,
							"map '%s': field '%s' is not in the new "
							"map, and its values would be lost",
							m->from->name, m->report->fields[i].name),
					      "keep the field, name what it is called now in "
					      ".renames, or give it up with .allow_drops = true");
	return 0;
}

/* Empty, so that what fails can be undone, and so that nobody's entries are overwritten. */
static int check_empty(const struct migration *m)
{
	int err =
		is_array(m->to->type) ? -ENOENT : bpf_map_get_next_key(m->to->fd, NULL, m->new_key);

	if (err == -ENOENT)
		return 0;
	if (!err)
		return skep_fail_hint(
			skep_fail(EEXIST, "the new map '%s' is not empty", m->to->name),
			"migrate before programs are attached");
	return skep_fail(err, "cannot read map '%s': %s", m->to->name, strerror(-err));
}

static int write_entry(struct migration *m)
{
	/* Where the new key has less in it than the old, two may become one. */
	uint64_t how = is_array(m->to->type) ? BPF_ANY : BPF_NOEXIST;
	int err = bpf_map_update_elem(m->to->fd, m->new_key, m->new_value, how);

	if (err == -EEXIST)
		return skep_fail_hint(skep_fail(err,
						"map '%s': two entries have the same key in the "
						"new map",
						m->from->name),
				      "keep the field of the key that tells them apart");
	if (err == -E2BIG)
		return skep_fail_hint(skep_fail(err, "the new map '%s' is full: it has room for %u",
						m->to->name, m->to->entries),
				      "make it larger");
	return err ? skep_fail(err, "cannot write map '%s': %s", m->to->name, strerror(-err)) : 0;
}

static int take_entry(struct migration *m, const void *key, const unsigned char *values)
{
	int err;

	memset(m->new_key, 0, m->to->key_bytes);
	memset(m->new_value, 0, m->to_stride * m->cpus);
	err = skep_copying_run(&m->key, m->from->name, key, m->new_key);
	for (uint32_t cpu = 0; cpu < m->cpus && !err; cpu++)
		err = skep_copying_run(&m->value, m->from->name, values + cpu * m->from_stride,
				       m->new_value + cpu * m->to_stride);
	if (!err && m->writes)
		err = write_entry(m);
	m->report->entries += !err;
	return err;
}

/* Maps with one value: in batches, which others do not disturb. */
static int go_through_plain(struct migration *m, void *key, unsigned char *value)
{
	int err = 0, failed = 0;
	SKEP_AUTO(skep_map_iter) *iter = skep_map_iter_new(m->from, &err);

	while (!failed && skep_map_iter_next(iter, key, value))
		failed = take_entry(m, key, value);
	return failed ? failed : err;
}

/* Maps with a value for each CPU, key by key: it begins anew when its place is deleted. */
static int go_through_cpus(struct migration *m, void *key, unsigned char *values)
{
	uint64_t steps = 4 * (uint64_t)m->from->entries + 64;
	AUTO_FREE unsigned char *next = calloc(1, m->from->key_bytes);
	bool begun = false;
	int err = next ? 0 : skep_fail(ENOMEM, "no memory to migrate map '%s'", m->from->name);

	for (; !err; begun = true) {
		err = bpf_map_get_next_key(m->from->fd, begun ? key : NULL, next);
		if (err == -ENOENT)
			return 0;
		if (err)
			return skep_fail(err, "cannot read map '%s': %s", m->from->name,
					 strerror(-err));
		if (!steps--)
			return skep_fail(EAGAIN, "map '%s' changed faster than it could be read",
					 m->from->name);
		memcpy(key, next, m->from->key_bytes);
		err = bpf_map_lookup_elem(m->from->fd, key, values);
		if (!err)
			err = take_entry(m, key, values);
		else if (err == -ENOENT)
			err = 0; /* deleted meanwhile */
		else
			err = skep_fail(err, "cannot read map '%s': %s", m->from->name,
					strerror(-err));
	}
	return err;
}

static int go_through(struct migration *m, bool writes)
{
	AUTO_FREE void *key = calloc(1, m->from->key_bytes);
	AUTO_FREE unsigned char *values = calloc(m->cpus, m->from_stride);

	if (!key || !values)
		return skep_fail(ENOMEM, "no memory to migrate map '%s'", m->from->name);
	m->writes = writes;
	m->report->entries = 0;
	return m->cpus > 1 || !m->from->plain ? go_through_cpus(m, key, values)
					      : go_through_plain(m, key, values);
}

/* Takes back what was written into a map that was empty before. */
static void empty(struct migration *m)
{
	uint64_t steps = 2 * (uint64_t)m->to->entries + 64;
	SKEP_KEEP_ERROR;

	if (is_array(m->to->type)) {
		memset(m->new_value, 0, m->to_stride * m->cpus);
		for (uint32_t i = 0; i < m->to->entries; i++)
			bpf_map_update_elem(m->to->fd, &i, m->new_value, BPF_ANY);
		return;
	}
	while (steps-- && !bpf_map_get_next_key(m->to->fd, NULL, m->new_key))
		bpf_map_delete_elem(m->to->fd, m->new_key);
}

static int set_up(struct migration *m)
{
	int cpus = 1;

	m->from_stride = m->from->value_bytes;
	m->to_stride = m->to->value_bytes;
	if (skep_map_kind(m->from->type)->access == SKEP_ACCESS_PERCPU) {
		cpus = libbpf_num_possible_cpus();
		m->from_stride = (m->from_stride + 7) / 8 * 8;
		m->to_stride = (m->to_stride + 7) / 8 * 8;
	}
	if (cpus < 1)
		return skep_fail(cpus, "cannot tell how many processors there can be");
	m->cpus = (uint32_t)cpus;
	m->new_key = calloc(1, m->to->key_bytes);
	m->new_value = calloc(m->cpus, m->to_stride);
	if (!m->new_key || !m->new_value)
		return skep_fail(ENOMEM, "no memory to migrate map '%s'", m->from->name);
	return 0;
}

/* The new map takes the old one's place in one step. */
static int swap_pins(const struct migration *m, const char *folder)
{
	SKEP_AUTO(skep_map) *there = NULL;
	char temporary[SKEP_PIN_PATH + 64];
	int err = skep_map_open_pinned_raw(&there, m->path, NULL);

	if (!err && there->id != m->from->id)
		err = skep_fail(EAGAIN, "another map was pinned at %s meanwhile", m->path);
	if (err)
		return err;
	snprintf(temporary, sizeof(temporary), "%s/skep_migrated_%d", folder, (int)getpid());
	unlink(temporary); /* of a process that was killed: the folder is locked */
	err = skep_pin_fd(m->to->fd, temporary);
	if (!err && rename(temporary, m->path)) {
		err = skep_fail(errno, "cannot put the new map at %s: %m", m->path);
		unlink(temporary);
	}
	return err;
}

static int copy_all(struct migration *m, bool dry, const char *folder)
{
	int err = go_through(m, false);

	if (!err && m->report->entries > m->to->entries)
		err = skep_fail_hint(skep_fail(E2BIG,
					       "map '%s' has %llu entries, and the new one room "
					       "for %u",
					       m->from->name,
					       (unsigned long long)m->report->entries,
					       m->to->entries),
				     "make the new map larger");
	if (err || dry)
		return err;
	err = go_through(m, true);
	if (!err && folder)
		err = swap_pins(m, folder);
	if (err)
		empty(m);
	return err;
}

static int migrate(struct migration *m, const struct skep_map_migrate_opts *opts,
		   const char *folder)
{
	struct skep_map_types old = { 0 }, new = { 0 };
	int err = check_kinds(m->from, m->to);

	if (!err)
		err = skep_map_types_read(&old, m->from, NULL);
	if (!err)
		err = skep_map_types_read(&new, m->to, NULL);
	if (!err)
		err = plan_parts(m, &old, &new);
	if (!err && !SKEP_OPT(opts, allow_drops))
		err = refuse_drops(m);
	if (!err)
		err = set_up(m);
	if (!err)
		err = check_empty(m);
	if (!err)
		err = copy_all(m, SKEP_OPT(opts, dry_run), folder);
	/* Steps point into them. */
	skep_map_types_free(&old);
	skep_map_types_free(&new);
	return err;
}

static int make_report(struct skep_migration **out)
{
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return skep_fail(ENOMEM, "no memory for a report");
	(*out)->sz = sizeof(**out);
	(*out)->field_bytes = sizeof(struct skep_migrated_field);
	return 0;
}

/* Pins the new map in the old one's place where there is a folder. */
static int run(struct migration *m, const struct skep_map_migrate_opts *opts, const char *folder,
	       struct skep_migration **report)
{
	SKEP_AUTO(skep_migration) *made = NULL;
	int err = make_report(&made);

	if (err)
		return err;
	m->report = made;
	m->renames.list = SKEP_OPT(opts, renames);
	m->renames.count = SKEP_OPT(opts, rename_count);
	err = migrate(m, opts, folder);
	skep_copying_free(&m->key);
	skep_copying_free(&m->value);
	free(m->new_key);
	free(m->new_value);
	if (!err && report)
		*report = SKEP_TAKE(made);
	return err;
}

int skep_map_migrate(const char *path, const struct skep_map *to,
		     const struct skep_map_migrate_opts *opts, struct skep_migration **report)
{
	SKEP_AUTO(skep_map) *from = NULL;
	AUTO_CLOSE int lock = -1;
	struct migration m = { .path = path, .to = to, .key.part = "key", .value.part = "value" };
	char folder[SKEP_PIN_PATH];
	const char *name;
	int err = SKEP_OPTS_CHECK(opts);

	if (!err)
		err = skep_map_need_open(to);
	if (!err)
		err = skep_pin_split(path, folder, &name);
	if (err)
		return err;
	/* Two at once would both put their map there. A folder that cannot be locked is not. */
	lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lock >= 0)
		(void)flock(lock, LOCK_EX);
	err = skep_map_open_pinned_raw(&from, path, NULL);
	m.from = from;
	return err ? err : run(&m, opts, folder, report);
}

int skep_map_migrate_open(const struct skep_map *from, const struct skep_map *to,
			  const struct skep_map_migrate_opts *opts, struct skep_migration **report)
{
	struct migration m = { .from = from, .to = to, .key.part = "key", .value.part = "value" };

	return run(&m, opts, NULL, report);
}

void skep_migration_free(struct skep_migration *report)
{
	SKEP_KEEP_ERROR;

	if (!report)
		return;
	for (size_t i = 0; i < report->field_count; i++)
		free((char *)report->fields[i].name);
	free((void *)report->fields);
	free(report);
}
