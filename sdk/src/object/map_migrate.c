/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The new map of a migration, made before its object is loaded. */
#include <errno.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <skep/map/migrate.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "base/opts.h"
#include "map/migrate.h"
#include "object.h"

static void free_btf(struct btf **btf)
{
	btf__free(*btf);
}

/* The object's types, in the kernel. libbpf loads them itself only together with the object. */
static int load_types(const struct skep_object *object, struct btf **out)
{
	const struct btf *btf = bpf_object__btf(object->obj);
	const void *data;
	uint32_t bytes;
	int err;

	if (!btf)
		return skep_fail_hint(skep_fail(EPROTOTYPE,
						"object '%s' has no BTF: the fields of its maps "
						"are not known",
						skep_object_name(object)),
				      "compile it with -g");
	data = btf__raw_data(btf, &bytes);
	*out = data ? btf__new(data, bytes) : NULL;
	if (!*out)
		return skep_fail(ENOMEM, "no memory for the types of object '%s'",
				 skep_object_name(object));
	err = btf__load_into_kernel(*out);
	return err ? skep_fail_hint(skep_fail(err,
					      "the kernel does not take the types of object "
					      "'%s': %s",
					      skep_object_name(object), strerror(-err)),
				    "run as root or with CAP_BPF")
		   : 0;
}

static int create_map(struct skep_map **out, const struct skep_object *object,
		      const struct skep_map *like)
{
	__attribute__((cleanup(free_btf))) struct btf *btf = NULL;
	AUTO_CLOSE int fd = -1;
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = bpf_map__map_flags(like->map),
		    .map_extra = bpf_map__map_extra(like->map),
		    .btf_key_type_id = bpf_map__btf_key_type_id(like->map),
		    .btf_value_type_id = bpf_map__btf_value_type_id(like->map));
	int err = load_types(object, &btf);

	if (err)
		return err;
	opts.btf_fd = (uint32_t)btf__fd(btf);
	fd = bpf_map_create(like->type, like->name, like->key_bytes, like->value_bytes,
			    like->entries, &opts);
	if (fd < 0)
		return skep_fail_hint(
			skep_fail(fd, "cannot make map '%s': %s", like->name, strerror(-fd)),
			"maps need root or CAP_BPF");
	return skep_map_adopt_fd_raw(out, fd, NULL);
}

/* The object's map, and a new one like it. */
static int prepare(const char *name, struct skep_object *object, struct skep_map **found,
		   struct skep_map **made)
{
	int err = skep_object_find_unloaded(object, name, found);

	if (err)
		return err;
	skep_map_describe(*found, (*found)->map);
	return create_map(made, object, *found);
}

static int use(const struct skep_map *found, const struct skep_map *made)
{
	int err = bpf_map__reuse_fd(found->map, made->fd);

	return err ? skep_fail(err, "cannot use map '%s' for its object: %s", found->name,
			       strerror(-err))
		   : 0;
}

int skep_object_migrate_map(struct skep_object *object, const char *name, const char *path,
			    const struct skep_map_migrate_opts *opts,
			    struct skep_migration **report)
{
	SKEP_AUTO(skep_map) *made = NULL;
	struct skep_map *found;
	SKEP_CAPTURE(said);
	int err = prepare(name, object, &found, &made);

	if (!err)
		err = skep_map_migrate(path, made, opts, report);
	return err || SKEP_OPT(opts, dry_run) ? err : use(found, made);
}

int skep_object_renew_map(struct skep_object *object, const char *name, const struct skep_map *from)
{
	SKEP_AUTO(skep_map) *made = NULL;
	struct skep_map *found;
	SKEP_CAPTURE(said);
	int err = prepare(name, object, &found, &made);

	if (!err)
		err = skep_map_migrate_open(from, made, NULL, NULL);
	return err ? err : use(found, made);
}
