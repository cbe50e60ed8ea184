/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Maps made from user space. */
#include <skep/map/create.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "base/opts.h"
#include "kernel/reason.h"
#include "layout.h"

/* What bpf_map_create() is asked for. */
struct request {
	struct skep_map map; /* type, sizes, entries, flags, name */
	uint64_t extra;
	uint32_t numa_node;
	int inner_fd;
	int btf_fd; /* 0 or less: none */
	uint32_t btf_key, btf_value;
};

static bool is_storage(uint32_t type)
{
	return skep_map_kind(type)->access == SKEP_ACCESS_STORAGE;
}

/* Kinds whose values are not the handle's type, or which have none. */
static void set_bytes(struct request *r, const struct skep_map_shape *shape,
		      const struct skep_map_new_opts *opts)
{
	enum skep_map_access access = skep_map_kind(r->map.type)->access;
	uint32_t key = SKEP_OPT(opts, key_bytes), value = SKEP_OPT(opts, value_bytes);

	if (shape && shape->access != SKEP_ACCESS_ANY) {
		key = key ? key : (uint32_t)shape->key_bytes;
		value = value ? value : (uint32_t)shape->value_bytes;
	}
	switch (access) {
	case SKEP_ACCESS_QUEUE:
	case SKEP_ACCESS_BLOOM:
		key = 0;
		break;
	case SKEP_ACCESS_RING:
	case SKEP_ACCESS_USER_RING:
	case SKEP_ACCESS_ARENA:
		key = value = 0;
		break;
	case SKEP_ACCESS_STACKS:
		value = SKEP_OPT(opts, value_bytes);
		value = value ? value : PERF_MAX_STACK_DEPTH * sizeof(uint64_t);
		break;
	default:
		break;
	}
	r->map.key_bytes = key;
	r->map.value_bytes = value;
}

static uint32_t needed_flags(uint32_t type)
{
	if (is_storage(type) || type == BPF_MAP_TYPE_LPM_TRIE)
		return BPF_F_NO_PREALLOC;
	return type == SKEP_MAP_TYPE_ARENA ? BPF_F_MMAPABLE : 0;
}

static int set_name(struct request *r, const char *name)
{
	const char *at = name ? name : "";

	for (; *at; at++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.",
			    *at))
			return skep_fail_hint(
				skep_fail(EINVAL, "'%.60s' cannot be a map's name", name),
				"use letters, digits, '_' and '.'");
	snprintf(r->map.name, sizeof(r->map.name), "%s", name && *name ? name : "(unnamed)");
	return 0;
}

/* What is wrong with a request that the kernel calls invalid; "" where it is not known. */
static const char *find_mistake(const struct request *r)
{
	const struct skep_map *m = &r->map;
	bool array_like = m->type == BPF_MAP_TYPE_ARRAY || m->type == BPF_MAP_TYPE_PERCPU_ARRAY ||
			  m->type == BPF_MAP_TYPE_ARRAY_OF_MAPS ||
			  m->type == BPF_MAP_TYPE_PROG_ARRAY || m->type == BPF_MAP_TYPE_SOCKMAP ||
			  m->type == BPF_MAP_TYPE_DEVMAP || m->type == BPF_MAP_TYPE_CPUMAP ||
			  m->type == BPF_MAP_TYPE_REUSEPORT_SOCKARRAY;
	bool nested = skep_map_kind(m->type)->access == SKEP_ACCESS_NESTED;

	if (is_storage(m->type))
		return m->entries ? "storages have no size: give 0 entries" : "";
	if (!m->entries)
		return "it needs at least one entry";
	if (array_like && m->key_bytes != 4)
		return "its key is an index: a __u32";
	if (nested && r->inner_fd <= 0)
		return "name a map like those that go in: .inner";
	if (skep_map_kind(m->type)->access == SKEP_ACCESS_RING ||
	    skep_map_kind(m->type)->access == SKEP_ACCESS_USER_RING)
		return "a ring has a power of two of bytes, at least a page";
	if (m->type == BPF_MAP_TYPE_LPM_TRIE && (m->key_bytes < 5 || m->key_bytes > 260))
		return "its key is a __u32, the length of the prefix, and 1 to 256 bytes";
	if (m->type == BPF_MAP_TYPE_SOCKMAP || m->type == BPF_MAP_TYPE_SOCKHASH)
		return "its values have 4 or 8 bytes";
	if (!m->value_bytes)
		return "its values have no size: .value_bytes";
	return "";
}

static int refuse(const struct request *r, int err)
{
	struct skep_refusal refusal = SKEP_REFUSAL(SKEP_REQUEST_MAP, err);
	const char *kind = skep_map_kind(r->map.type)->name, *mistake = "";
	char why[384], hint[256];

	refusal.map_type = (int)r->map.type;
	if (skep_kernel_lacks(&refusal))
		err = -EOPNOTSUPP;
	else if (err == -EINVAL || err == -E2BIG)
		mistake = find_mistake(r);
	if (!*mistake && skep_kernel_reason(&refusal, why, sizeof(why), hint, sizeof(hint))) {
		err = skep_fail(err, "cannot make %s '%s': %s", kind, r->map.name, why);
		return *hint ? skep_fail_hint(err, "%s", hint) : err;
	}
	err = skep_fail(err,
			"cannot make %s '%s' of %u entries, keys of %u and values of %u bytes, "
			"flags %#x: %s",
			kind, r->map.name, r->map.entries, r->map.key_bytes, r->map.value_bytes,
			r->map.flags, strerror(-err));
	return *mistake ? skep_fail_hint(err, "%s", mistake) : err;
}

/* Storages must say their types: an int, and so many bytes. Through bpf() itself: never prints. */
static int make_types(struct request *r)
{
	struct btf *btf = btf__new_empty();
	int fd = -ENOMEM, bytes, array;
	const void *data;
	uint32_t size;

	if (!btf)
		return skep_fail(ENOMEM, "no memory for the types of map '%s'", r->map.name);
	r->btf_key = (uint32_t)btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	bytes = btf__add_int(btf, "unsigned char", 1, 0);
	array = btf__add_array(btf, (int)r->btf_key, bytes, r->map.value_bytes);
	r->btf_value = (uint32_t)btf__add_struct(btf, "skep_value", r->map.value_bytes);
	if (!btf__add_field(btf, "bytes", array, 0, 0)) {
		data = btf__raw_data(btf, &size);
		if (data)
			fd = bpf_btf_load(data, size, NULL);
	}
	btf__free(btf);
	if (fd < 0)
		return skep_fail(fd, "cannot make the types of map '%s': %s", r->map.name,
				 strerror(-fd));
	r->btf_fd = fd;
	return 0;
}

/* Those of the caller's layouts, so that who opens the map can compare its fields. */
static int make_layouts(struct request *r, const struct skep_map_shape *shape)
{
	const struct skep_layout *key = SKEP_OPT(shape, key_layout);
	const struct skep_layout *value = SKEP_OPT(shape, value_layout);
	struct skep_made_types made;
	int err = skep_map_check_given(&r->map, shape);

	if (!err)
		err = skep_layout_load(r->map.name, key, value, &made);
	if (err)
		return err;
	r->btf_fd = made.fd;
	r->btf_key = made.key;
	r->btf_value = made.value;
	return 0;
}

static int ask_kernel(const struct request *r)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = r->map.flags, .map_extra = r->extra,
		    .numa_node = r->numa_node);
	char name[BPF_OBJ_NAME_LEN];

	if (r->inner_fd > 0)
		opts.inner_map_fd = (uint32_t)r->inner_fd;
	if (r->btf_fd > 0) {
		opts.btf_fd = (uint32_t)r->btf_fd;
		opts.btf_key_type_id = r->btf_key;
		opts.btf_value_type_id = r->btf_value;
	}
	snprintf(name, sizeof(name), "%.15s", r->map.name[0] == '(' ? "" : r->map.name);
	return bpf_map_create(r->map.type, name, r->map.key_bytes, r->map.value_bytes,
			      r->map.entries, &opts);
}

static int make(struct skep_map **out, const struct request *r, const struct skep_map_shape *shape)
{
	struct skep_map map;
	AUTO_CLOSE int fd = ask_kernel(r);
	int err;

	if (fd < 0)
		return refuse(r, fd);
	err = skep_map_describe_fd(&map, fd);
	if (!err)
		err = skep_map_check_shape(&map, shape);
	if (err)
		return err;
	memcpy(map.name, r->map.name, sizeof(map.name)); /* the kernel has 15 bytes of it */
	return skep_map_make(out, &map, &fd);
}

/* The kernel's own "invalid argument" would not say which. */
static int check_sizes(const struct request *r)
{
	if (skep_map_kind(r->map.type)->access == SKEP_ACCESS_RING ||
	    skep_map_kind(r->map.type)->access == SKEP_ACCESS_USER_RING ||
	    is_storage(r->map.type) || r->map.type == BPF_MAP_TYPE_CGROUP_STORAGE ||
	    r->map.type == BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE)
		return 0;
	return skep_map_check_size(r->map.name, r->map.type, r->map.entries, r->map.value_bytes);
}

static int check_opts(const struct skep_map_new_opts *opts, uint32_t type)
{
	const struct skep_map *inner = SKEP_OPT(opts, inner);
	const struct skep_map_kind *kind = skep_map_kind(type);
	int err = SKEP_OPTS_CHECK(opts);

	if (err)
		return err;
	if (kind->access == SKEP_ACCESS_ANY)
		return skep_fail_hint(
			skep_fail(EINVAL, "%u is no kind of maps that skep knows", type),
			"enum skep_map_type has them: SKEP_MAP_TYPE_HASH");
	if (kind->access == SKEP_ACCESS_STRUCT_OPS)
		return skep_fail_hint(skep_fail(EINVAL, "a struct_ops map is made by loading its "
							"object"),
				      "declare it with SEC(\".struct_ops\")");
	if (inner && inner->fd < 0)
		return skep_fail_hint(skep_fail(EBADF, "map '%s' is not loaded", inner->name),
				      "call skep_object_load() first");
	if (kind->access == SKEP_ACCESS_NESTED && !inner)
		return skep_fail_hint(
			skep_fail(EINVAL, "a %s needs to know its inner maps", kind->name),
			"name a map like those that go in: .inner");
	return 0;
}

int skep_map_new_raw(struct skep_map **out, enum skep_map_type type, const char *name,
		     uint32_t entries, const struct skep_map_shape *shape,
		     const struct skep_map_new_opts *opts)
{
	struct request r = { .map = { .fd = -1, .type = (uint32_t)type, .entries = entries } };
	AUTO_CLOSE int types = -1;
	int err = check_opts(opts, r.map.type);

	if (!err)
		err = set_name(&r, name);
	if (err)
		return err;
	set_bytes(&r, shape, opts);
	/* Of another kind than the handle: said before anything is made. */
	if (shape && shape->access != skep_map_kind(r.map.type)->access)
		err = skep_map_check_shape(&r.map, shape);
	if (err)
		return err;
	err = check_sizes(&r);
	if (err)
		return err;
	r.map.flags = SKEP_OPT(opts, flags) | needed_flags(r.map.type);
	r.extra = SKEP_OPT(opts, extra);
	r.numa_node = SKEP_OPT(opts, numa_node);
	r.inner_fd = SKEP_OPT(opts, inner) ? SKEP_OPT(opts, inner)->fd : -1;
	r.btf_fd = SKEP_OPT(opts, btf_fd);
	r.btf_key = SKEP_OPT(opts, btf_key);
	r.btf_value = SKEP_OPT(opts, btf_value);
	if (r.btf_fd > 0)
		return make(out, &r, shape);
	r.btf_fd = -1;
	if (is_storage(r.map.type))
		err = make_types(&r);
	else if (skep_map_keeps_types(&r.map) &&
		 (SKEP_OPT(shape, key_layout) || SKEP_OPT(shape, value_layout)))
		err = make_layouts(&r, shape);
	types = r.btf_fd;
	return err ? err : make(out, &r, shape);
}

int skep_map_new_like_raw(struct skep_map **out, const struct skep_map *like, const char *name,
			  uint32_t entries, const struct skep_map_shape *shape)
{
	struct bpf_map_info info = { 0 };
	uint32_t bytes = sizeof(info);
	struct request r = { 0 };
	AUTO_CLOSE int types = -1;
	int err;

	err = skep_map_need_open(like);
	if (err)
		return err;
	if (bpf_obj_get_info_by_fd(like->fd, &info, &bytes))
		return skep_fail(errno, "cannot look at map '%s': %m", like->name);
	r.map = *like;
	err = skep_map_check_shape(like, shape);
	if (!err &&
	    (is_storage(like->type) || skep_map_kind(like->type)->access == SKEP_ACCESS_NESTED))
		err = skep_fail_hint(skep_fail(EOPNOTSUPP,
					       "map '%s' is %s: the kernel does not "
					       "tell all that it is made of",
					       like->name, skep_map_kind(like->type)->said),
				     "use skep_map_new()");
	if (!err && name)
		err = set_name(&r, name);
	if (err)
		return err;
	r.map.flags = info.map_flags & ~(uint32_t)(BPF_F_RDONLY | BPF_F_WRONLY);
	r.map.entries = entries ? entries : like->entries;
	r.extra = info.map_extra;
	if (info.btf_id)
		types = bpf_btf_get_fd_by_id(info.btf_id);
	r.btf_fd = types;
	r.btf_key = info.btf_key_type_id;
	r.btf_value = info.btf_value_type_id;
	return make(out, &r, shape);
}
