/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "record_type.h"

#include <string.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <skep/object.h>
#include <skep/ring.h>

static const struct btf_type *base(const struct btf *btf, uint32_t *id)
{
	const struct btf_type *t = btf__type_by_id(btf, *id);

	while (btf_is_mod(t) || btf_is_typedef(t)) {
		*id = t->type;
		t = btf__type_by_id(btf, *id);
	}
	return t;
}

static int by_name(const struct btf *btf, const char *name)
{
	if (!strncmp(name, "struct ", 7))
		name += 7;
	return btf__find_by_name_kind(btf, name, BTF_KIND_STRUCT);
}

/* `const struct event *unused`: the struct, if there is one such variable. */
static int by_unused_pointer(const struct btf *btf)
{
	int found = 0;

	for (uint32_t i = 1; i < btf__type_cnt(btf); i++) {
		const struct btf_type *t = btf__type_by_id(btf, i);
		uint32_t id;

		if (!btf_is_var(t))
			continue;
		id = t->type;
		t = base(btf, &id);
		if (!btf_is_ptr(t))
			continue;
		id = t->type;
		t = base(btf, &id);
		if (!btf_is_struct(t) || !t->size)
			continue;
		if (found && found != (int)id)
			return 0; /* which one? */
		found = (int)id;
	}
	return found;
}

int record_type(const struct skep_object *object, const char *ring, const char *wanted)
{
	const struct btf *btf = bpf_object__btf(skep_object_libbpf(object));
	struct skep_ring_type declared;
	int id;

	if (wanted)
		return btf ? by_name(btf, wanted) : -1;
	if (!btf)
		return 0;
	if (skep_ring_type(object, ring, &declared))
		return (int)declared.type_id;
	id = by_unused_pointer(btf);
	if (!id)
		id = by_name(btf, "event");
	return id > 0 ? id : 0;
}
