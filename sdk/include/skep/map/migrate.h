/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_MAP_MIGRATE_H
#define SKEP_MAP_MIGRATE_H
/**
 * @file map/migrate.h
 * A pinned map whose types have changed: its entries are copied, field by field, into a map of the
 * new types, which then takes its place. Part of map.h.
 *
 * @code{.c}
 * SKEP_AUTO(skep_migration) *report = NULL;
 *
 * if (skep_object_reuse_map(object, "flows", "/sys/fs/bpf/flows") == -EPROTOTYPE) {
 *         const struct skep_renamed_field renames[] = { { "value.hits", "value.packets" } };
 *
 *         if (skep_object_migrate_map(object, "flows", "/sys/fs/bpf/flows",
 *                                     SKEP_OPTS(skep_map_migrate_opts, .renames = renames,
 *                                               .rename_count = 1),
 *                                     &report))
 *                 return skep_perror("flows");
 *         printf("%llu entries, %u fields new, %u gone\n",
 *                (unsigned long long)report->entries, report->added, report->dropped);
 * }
 * @endcode
 *
 * A field of the same name is copied; an integer may become wider or narrower, or change its
 * sign, as long as each entry's value fits: else nothing is changed, and the entry's field is
 * named. A field that is new is zero. One that is gone is refused, by its name, unless
 * `.allow_drops` gives it up or `.renames` says what it is called now. An array may grow; it may
 * shrink where what is cut off is zero. Unions are copied only if they did not change. Types come
 * from the BTF of both maps, so both must have been made with it.
 *
 * It is done wholly or not at all: every entry is looked at before one is written, and the pin is
 * changed by one rename() at the end. On a failure the old map is pinned as before.
 *
 * Whoever has the old map open goes on using it: programs have to be loaded anew with the new
 * one. Entries that they change while the copy is made may be missing from it, or be there in
 * their older state; stop them first where that matters.
 */
#include <skep/map/handle.h>

SKEP_BEGIN_DECLS

/** A field of another name: `{ "value.packets", "value.frames" }`. Never grows. */
struct skep_renamed_field {
	const char *from; /**< its name in the old map, as a report has it: `value.inner.port` */
	const char *to;   /**< its name in the new map, of the same key or value */
};

/** How to migrate. */
struct skep_map_migrate_opts {
	size_t sz;        /**< set by SKEP_OPTS() */
	bool dry_run;     /**< only look at all entries, and report: nothing is written */
	bool allow_drops; /**< fields of the old map that are not in the new one are given up */
	/** Fields that have another name in the new map; or NULL. */
	const struct skep_renamed_field *renames;
	size_t rename_count; /**< how many */
};

/** What became of a field. */
enum skep_field_fate {
	SKEP_FATE_KEPT,      /**< the same kind and size, maybe at another place */
	SKEP_FATE_CONVERTED, /**< of another size, sign or kind */
	SKEP_FATE_ADDED,     /**< only in the new map: zero */
	SKEP_FATE_DROPPED,   /**< only in the old map: gone */
};

/** One field in a report. Members are only ever added, at the end. */
struct skep_migrated_field {
	const char *name;          /**< as in `value.inner.port` */
	enum skep_field_fate fate; /**< what became of it */
};

/** What a migration did, or would do. Members are only ever added, at the end. */
struct skep_migration {
	size_t sz;                                /**< sizeof(struct skep_migration) */
	uint64_t entries;                         /**< copied; in a dry run: that would be */
	uint32_t kept;                            /**< fields of this fate */
	uint32_t converted;                       /**< fields of this fate */
	uint32_t added;                           /**< fields of this fate */
	uint32_t dropped;                         /**< fields of this fate */
	size_t field_count;                       /**< how many `fields` there are */
	const struct skep_migrated_field *fields; /**< those of the key, then of the value */
	size_t field_bytes;                       /**< sizeof(struct skep_migrated_field) */
};

/**
 * Copies the entries of a pinned map into another one, and pins that in its place.
 *
 * @param      path   where the old map is pinned
 * @param      to     the new map, of the same kind: made for this, and empty
 * @param      opts   or NULL
 * @param[out] report what was done; NULL: not wanted
 * @return 0 or a negative errno; on failure `path` is as it was, and `to` is emptied again
 * @err{EPROTOTYPE, kinds differ, a field cannot become what it is now or is gone, a rename names no field, or BTF is missing: the message names it}
 * @err{ERANGE, an entry's value does not fit into its field, which is named: widen that field}
 * @err{E2BIG, the old map has more entries than the new one has room for: make it larger}
 * @err{EEXIST, the new map is not empty, or two old keys become one new key}
 * @err{EINVAL, `path` is not in a BPF file system, or has no map}
 * @err{ENOENT, nothing is pinned there: check the path}
 * @err{EPERM, no privilege: run as root, or with CAP_BPF and CAP_SYS_ADMIN}
 * @err{EAGAIN, the old map changed faster than it could be read: stop its programs first}
 * @err{EBADF, `to` was not opened, or is not loaded: load its object first}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees the report with skep_migration_free()}
 * @threads{any; two at one path take turns}
 * @kernel{5.4}
 * @caps{CAP_BPF and CAP_SYS_ADMIN}
 */
SKEP_API SKEP_MUST_USE int skep_map_migrate(const char *path, const struct skep_map *to,
					    const struct skep_map_migrate_opts *opts,
					    struct skep_migration **report);

/**
 * The same into a new map, made as the object declares it. The object, which is not loaded yet,
 * then uses that map.
 *
 * @param      object an object that is not loaded
 * @param      map    the name of its map
 * @param      path   where the old map is pinned
 * @param      opts   or NULL
 * @param[out] report what was done; NULL: not wanted
 * @return 0 or a negative errno; on failure `path` and the object are as they were
 * @err{EPROTOTYPE, kinds differ, a field cannot become what it is now or is gone, a rename names no field, or BTF is missing: the message names it}
 * @err{ERANGE, an entry's value does not fit into its field, which is named: widen that field}
 * @err{E2BIG, the old map has more entries than the new one has room for: skep_object_resize() first}
 * @err{EEXIST, two old keys become one new key: keep the field that tells them apart}
 * @err{EBUSY, the object is loaded: call this between open and load}
 * @err{EINVAL, `path` is not in a BPF file system, or has no map}
 * @err{ENOENT, nothing is pinned there, or the object has no such map}
 * @err{EPERM, no privilege: run as root, or with CAP_BPF and CAP_SYS_ADMIN}
 * @err{EAGAIN, the old map changed faster than it could be read: stop its programs first}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees the report with skep_migration_free()}
 * @threads{one at a time per object; two at one path take turns}
 * @kernel{5.4}
 * @caps{CAP_BPF and CAP_SYS_ADMIN}
 */
SKEP_API SKEP_MUST_USE int skep_object_migrate_map(struct skep_object *object, const char *map,
						   const char *path,
						   const struct skep_map_migrate_opts *opts,
						   struct skep_migration **report);

/**
 * Frees a report. NULL is fine.
 *
 * @param report of skep_map_migrate()
 */
SKEP_API void skep_migration_free(struct skep_migration *report);

SKEP_END_DECLS

SKEP_DEFINE_FREEP(skep_migration);

#endif
