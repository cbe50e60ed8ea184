/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What an object's BTF tells of its messages: a struct for each place in the source, whose tag is
 * "skep:log:LEVEL:LINE:FILE", a newline, and the format. See bpf-headers/skep/bpf/log/site.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/btf.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "bpf_log.h"

#define TAG "skep:log:"

const struct btf_type *skep_bpf_log_resolve(const struct btf *btf, uint32_t *id)
{
	const struct btf_type *type = btf__type_by_id(btf, *id);

	/* As many steps as no sane type has: an adopted object was not checked by us. */
	for (int i = 0; type && i < 64 && (btf_is_mod(type) || btf_is_typedef(type)); i++) {
		*id = type->type;
		type = btf__type_by_id(btf, *id);
	}
	return type;
}

static const char *name_of(const struct btf *btf, uint32_t offset)
{
	const char *name = btf__name_by_offset(btf, offset);

	return name ? name : "";
}

static bool is_char(const struct btf *btf, uint32_t id)
{
	const struct btf_type *type = skep_bpf_log_resolve(btf, &id);

	return type && btf_is_int(type) && type->size == 1;
}

static bool has_member(const struct btf *btf, const struct btf_type *type, uint32_t i,
		       const char *name)
{
	return i < btf_vlen(type) && !strcmp(name_of(btf, btf_members(type)[i].name_off), name);
}

static void read_number(const struct btf_type *type, struct skep_bpf_log_arg *arg)
{
	bool is_signed =
		btf_is_int(type) ? btf_int_encoding(type) & BTF_INT_SIGNED : btf_kflag(type);

	arg->is_enum = btf_is_any_enum(type);
	arg->kind = is_signed ? ARG_SIGNED : ARG_UNSIGNED;
}

/* The struct may be larger than its two members. */
static void read_text(const struct btf *btf, uint32_t id, struct skep_bpf_log_arg *arg)
{
	const struct btf_type *type = skep_bpf_log_resolve(btf, &id);

	if (!type || !btf_is_array(type) || arg->bytes < sizeof(int32_t) ||
	    btf_array(type)->nelems > arg->bytes - sizeof(int32_t))
		return;
	arg->bytes = (uint32_t)sizeof(int32_t) + btf_array(type)->nelems;
	arg->kind = ARG_TEXT;
}

/* skep_str() and skep_enum() are structs whose members have names that nobody else uses. */
static void read_struct(const struct btf *btf, const struct btf_type *type,
			struct skep_bpf_log_arg *arg)
{
	if (has_member(btf, type, 0, "skep_got_") && has_member(btf, type, 1, "skep_text_")) {
		read_text(btf, btf_members(type)[1].type, arg);
		return;
	}
	arg->kind = ARG_VALUE;
	if (has_member(btf, type, 0, "skep_value_")) {
		arg->type_id = btf_members(type)[0].type;
		type = skep_bpf_log_resolve(btf, &arg->type_id);
		arg->is_enum = type && btf_is_any_enum(type);
		if (type && btf_is_int(type))
			read_number(type, arg);
	}
}

static void read_arg(const struct btf *btf, const struct btf_member *member, bool has_bits,
		     struct skep_bpf_log_arg *arg)
{
	uint32_t id = member->type, bits = has_bits ? member->offset & 0xffffff : member->offset;
	int64_t bytes = btf__resolve_size(btf, id);
	const struct btf_type *type = skep_bpf_log_resolve(btf, &id);

	*arg = (struct skep_bpf_log_arg){ .kind = ARG_OTHER, .type_id = id, .offset = bits / 8 };
	if (!type || bytes < 0 || bytes > UINT32_MAX / 2)
		return;
	arg->bytes = (uint32_t)bytes;
	if (btf_is_int(type) || btf_is_any_enum(type))
		read_number(type, arg);
	else if (btf_is_ptr(type))
		arg->kind = ARG_POINTER;
	else if (btf_is_array(type))
		arg->kind = is_char(btf, btf_array(type)->type) ? ARG_LETTERS : ARG_BYTES;
	else if (btf_is_composite(type))
		read_struct(btf, type, arg);
}

/* The members behind the head are the arguments; what is no argument's size is there for order. */
static bool read_args(const struct btf *btf, const struct btf_type *type,
		      struct skep_bpf_log_site *site)
{
	const struct btf_member *member = btf_members(type);

	if (!btf_vlen(type) || type->size < sizeof(struct skep_log_head))
		return false;
	for (uint32_t i = 1; i < btf_vlen(type); i++) {
		struct skep_bpf_log_arg *arg = &site->args[site->arg_count];

		if (!strcmp(name_of(btf, member[i].name_off), "place_"))
			continue;
		if (site->arg_count == SKEP_BPF_LOG_ARGS)
			return false;
		read_arg(btf, &member[i], btf_kflag(type), arg);
		if (arg->offset > type->size || arg->bytes > type->size - arg->offset)
			return false;
		site->arg_count++;
	}
	return true;
}

/* "3:42:execsnoop.bpf.c\nopened as %d" */
static bool read_tag(const char *tag, struct skep_bpf_log_site *site)
{
	int used = 0, level;

	if (sscanf(tag, "%1d:%9u:%n", &level, &site->line, &used) != 2 || !used ||
	    level < SKEP_LOG_ERROR || level > SKEP_LOG_TRACE)
		return false;
	site->level = (enum skep_log_level)level;
	site->file = tag + used;
	site->format = strchr(site->file, '\n');
	if (!site->format || site->format - site->file > 255)
		return false;
	site->file_length = (int)(site->format - site->file);
	site->format++;
	return true;
}

static bool read_site(const struct btf *btf, const struct btf_type *tag,
		      struct skep_bpf_log_site *site)
{
	const struct btf_type *type = btf__type_by_id(btf, tag->type);

	*site = (struct skep_bpf_log_site){ .id = tag->type };
	if (!type || !btf_is_struct(type) ||
	    !read_tag(name_of(btf, tag->name_off) + strlen(TAG), site))
		return false;
	site->bytes = type->size;
	return read_args(btf, type, site);
}

static bool is_site(const struct btf *btf, const struct btf_type *type)
{
	return btf_is_decl_tag(type) && btf_decl_tag(type)->component_idx == -1 &&
	       !strncmp(name_of(btf, type->name_off), TAG, strlen(TAG));
}

static int by_id(const void *a, const void *b)
{
	uint32_t x = ((const struct skep_bpf_log_site *)a)->id;
	uint32_t y = ((const struct skep_bpf_log_site *)b)->id;

	return x < y ? -1 : x > y;
}

static const struct btf_type *find_section(const struct btf *btf)
{
	int32_t id = btf__find_by_name_kind(btf, ".data.skep", BTF_KIND_DATASEC);

	return id > 0 ? btf__type_by_id(btf, (uint32_t)id) : NULL;
}

bool skep_bpf_log_find_var(const struct btf *btf, const char *name, size_t bytes, uint32_t *offset)
{
	const struct btf_type *section = find_section(btf);

	for (uint32_t i = 0; section && i < btf_vlen(section); i++) {
		const struct btf_var_secinfo *info = &btf_var_secinfos(section)[i];
		const struct btf_type *var = btf__type_by_id(btf, info->type);

		if (!var || !btf_is_var(var) || strcmp(name_of(btf, var->name_off), name) ||
		    info->size < bytes)
			continue;
		*offset = info->offset;
		return true;
	}
	return false;
}

/* A variable whose struct ends in an array of no records of the site: its counts. */
static void find_count(struct skep_bpf_log_sites *sites, const struct btf_var_secinfo *info)
{
	const struct btf_type *type = btf__type_by_id(sites->btf, info->type);
	struct skep_bpf_log_site *site;
	uint32_t id;

	if (!type || !btf_is_var(type) || info->size < sizeof(struct skep_log_count))
		return;
	id = type->type;
	type = skep_bpf_log_resolve(sites->btf, &id);
	if (!type || !btf_is_struct(type) || !has_member(sites->btf, type, 1, "of"))
		return;
	id = btf_members(type)[1].type;
	type = skep_bpf_log_resolve(sites->btf, &id);
	site = type && btf_is_array(type) ? skep_bpf_log_sites_find(sites, btf_array(type)->type)
					  : NULL;
	if (site) {
		site->has_count = true;
		site->count_offset = info->offset;
	}
}

struct skep_bpf_log_site *skep_bpf_log_sites_find(const struct skep_bpf_log_sites *sites,
						  uint32_t id)
{
	const struct skep_bpf_log_site key = { .id = id };

	return sites->count ? bsearch(&key, sites->all, sites->count, sizeof(key), by_id) : NULL;
}

static int copy_btf(struct skep_bpf_log_sites *sites, const struct btf *btf)
{
	uint32_t bytes;
	const void *data = btf__raw_data(btf, &bytes);

	sites->btf = data ? btf__new(data, bytes) : NULL;
	return sites->btf ? 0 : skep_fail(ENOMEM, "no memory for the types of messages");
}

static int read_all(struct skep_bpf_log_sites *sites, const char *name)
{
	uint32_t types = btf__type_cnt(sites->btf), count = 0;

	for (uint32_t id = 1; id < types; id++)
		count += is_site(sites->btf, btf__type_by_id(sites->btf, id));
	sites->all = calloc(count + 1U, sizeof(*sites->all));
	if (!sites->all)
		return skep_fail(ENOMEM, "no memory for %u messages", count);
	for (uint32_t id = 1; id < types && sites->count < count; id++) {
		const struct btf_type *type = btf__type_by_id(sites->btf, id);

		if (!is_site(sites->btf, type))
			continue;
		if (!read_site(sites->btf, type, &sites->all[sites->count]))
			return skep_fail_hint(
				skep_fail(EBADMSG, "object '%s': type %u is no message", name, id),
				"compile the object again");
		sites->count++;
	}
	return 0;
}

int skep_bpf_log_sites_read(struct skep_bpf_log_sites *sites, const struct btf *btf,
			    const char *name)
{
	struct skep_bpf_log_sites read = { .btf = NULL };
	const struct btf_type *section;
	int err = copy_btf(&read, btf);

	if (!err)
		err = read_all(&read, name);
	if (err) {
		skep_bpf_log_sites_free(&read);
		return err;
	}
	qsort(read.all, read.count, sizeof(*read.all), by_id);
	section = find_section(read.btf);
	for (uint32_t i = 0; section && i < btf_vlen(section); i++)
		find_count(&read, &btf_var_secinfos(section)[i]);
	*sites = read;
	return 0;
}

void skep_bpf_log_sites_free(struct skep_bpf_log_sites *sites)
{
	SKEP_KEEP_ERROR;

	btf__free(sites->btf);
	free(sites->all);
	*sites = (struct skep_bpf_log_sites){ .btf = NULL };
}
