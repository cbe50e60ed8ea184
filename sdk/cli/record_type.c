/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "record_type.h"

#include <string.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <skep/object.h>
#include <skep/ring.h>

#include "gen.h"

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

static uint32_t type_of(const struct btf *btf, const struct skep_object *object, const char *ring)
{
	struct skep_ring_type declared;
	int id;

	if (skep_ring_type(object, ring, &declared))
		return declared.type_id;
	id = by_unused_pointer(btf);
	if (!id)
		id = by_name(btf, "event");
	return id > 0 ? (uint32_t)id : 0;
}

/* A member of 8 bytes with the tag of SKEP_TIME. */
static void find_time(const struct btf *btf, struct record_form *form)
{
	uint32_t id = form->type_id;
	const struct btf_type *t = base(btf, &id);

	for (uint32_t i = 1; btf_is_struct(t) && i < btf__type_cnt(btf); i++) {
		const struct btf_type *tag = btf__type_by_id(btf, i);
		int32_t member;
		uint32_t member_id;

		if (!btf_is_decl_tag(tag) || tag->type != id ||
		    strcmp(btf__name_by_offset(btf, tag->name_off), "skep:time"))
			continue;
		member = btf_decl_tag(tag)->component_idx;
		if (member < 0 || member >= btf_vlen(t) ||
		    btf_member_bitfield_size(t, (uint32_t)member))
			continue;
		member_id = btf_members(t)[member].type;
		form->time_bytes = btf_member_bit_offset(t, (uint32_t)member) / 8;
		form->has_time = btf__resolve_size(btf, member_id) == sizeof(uint64_t) &&
				 form->time_bytes + sizeof(uint64_t) <= form->bytes;
	}
}

static struct record_form form_of(const struct btf *btf, uint32_t type_id, const char *tag)
{
	struct record_form form = { .type_id = type_id, .tag = tag };
	int64_t bytes = type_id ? btf__resolve_size(btf, type_id) : 0;

	form.bytes = bytes > 0 ? (size_t)bytes : 0;
	if (type_id)
		find_time(btf, &form);
	return form;
}

static void read_tags(struct record_forms *forms, const struct btf *btf, uint32_t union_id)
{
	uint32_t id = union_id;
	const struct btf_type *t = base(btf, &id);

	forms->tagged = true;
	for (uint32_t i = 0; i < btf_vlen(t); i++) {
		const char *name = btf__name_by_offset(btf, btf_members(t)[i].name_off);
		int number = gen_tagged_number(btf, union_id, name);

		if (number >= 0)
			forms->tags[number] = form_of(btf, btf_members(t)[i].type, name);
	}
}

int record_forms_read(struct record_forms *forms, const struct skep_object *object,
		      const char *ring, const char *wanted)
{
	const struct btf *btf = bpf_object__btf(skep_object_libbpf(object));
	uint32_t id, all;
	int found;

	memset(forms, 0, sizeof(*forms));
	if (wanted) {
		found = btf ? by_name(btf, wanted) : -1;
		if (found < 0)
			return found;
		forms->one = form_of(btf, (uint32_t)found, NULL);
		return 0;
	}
	id = btf ? type_of(btf, object, ring) : 0;
	all = id ? gen_tagged_union(btf, id) : 0;
	if (all)
		read_tags(forms, btf, all);
	else if (id)
		forms->one = form_of(btf, id, NULL);
	return 0;
}

const struct record_form *record_form_of(const struct record_forms *forms, const void **record,
					 size_t *bytes)
{
	const struct record_form *form = &forms->one;
	struct skep_tag tag;

	if (!forms->tagged)
		return form->type_id ? form : NULL;
	if (*bytes < sizeof(tag))
		return NULL;
	memcpy(&tag, *record, sizeof(tag));
	if (tag.zero || tag.tag >= SKEP_TAGS_MOST)
		return NULL;
	form = &forms->tags[tag.tag];
	if (!form->type_id || *bytes - sizeof(tag) < form->bytes)
		return NULL;
	*record = (const char *)*record + sizeof(tag);
	*bytes -= sizeof(tag);
	return form;
}

bool record_time(const struct record_forms *forms, const void *record, size_t bytes, uint64_t *time)
{
	const struct record_form *form = record_form_of(forms, &record, &bytes);

	if (!form || !form->has_time || form->time_bytes + sizeof(*time) > bytes)
		return false;
	memcpy(time, (const char *)record + form->time_bytes, sizeof(*time));
	return true;
}

bool record_forms_have_time(const struct record_forms *forms)
{
	bool any = false;

	if (!forms->tagged)
		return forms->one.has_time;
	for (size_t i = 0; i < SKEP_TAGS_MOST; i++) {
		any |= forms->tags[i].has_time;
		if (forms->tags[i].type_id && !forms->tags[i].has_time)
			return false;
	}
	return any;
}
