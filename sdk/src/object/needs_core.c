/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What CO-RE will look for in the kernel's BTF when the object is loaded. Fields are found by
 * their names, through structs and unions without one; sizes may differ. libbpf does not fail for
 * what is not there: it puts an instruction that the verifier refuses where it is reached.
 */
#include "needs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/bpf.h>
#include <linux/btf.h>

#define PART_CORE   24 /* where .BTF.ext's header has offset and length of the part */
#define HEADER_CORE 32
#define PATH_MOST   32
#define DEEPEST     16

struct relo {
	struct skep_code at;
	uint32_t type, access, kind;
};

/* The way to a field, by names; an element of an array is "". */
struct path {
	const char *root; /* without ___flavour */
	size_t root_length;
	size_t count;
	const char *steps[PATH_MOST];
	char name[256]; /* "task_struct.mm.flags" */
};

static size_t essential_length(const char *name)
{
	const char *flavour = strstr(name, "___");

	return flavour && flavour != name ? (size_t)(flavour - name) : strlen(name);
}

static const struct btf_type *strip(const struct btf *btf, uint32_t id)
{
	const struct btf_type *t = btf__type_by_id(btf, id);

	for (int i = 0; t && i < DEEPEST && (btf_is_mod(t) || btf_is_typedef(t)); i++)
		t = btf__type_by_id(btf, t->type);
	return t;
}

static const char *name_of(const struct btf *btf, const struct btf_type *t)
{
	const char *name = t ? btf__name_by_offset(btf, t->name_off) : NULL;

	return name ? name : "";
}

static void add_step(struct path *path, const char *name)
{
	size_t used = strlen(path->name);

	if (path->count == PATH_MOST)
		return;
	path->steps[path->count++] = name;
	snprintf(path->name + used, sizeof(path->name) - used, "%s%s", name[0] ? "." : "[]", name);
}

static bool take_root(const struct btf *local, uint32_t id, struct path *path)
{
	const struct btf_type *t = btf__type_by_id(local, id);
	const char *name;

	/* A typedef of a struct without name is called as the typedef. */
	while (t && (btf_is_mod(t) || (btf_is_typedef(t) && !name_of(local, t)[0])))
		t = btf__type_by_id(local, t->type);
	name = name_of(local, t);
	if (!t || !name[0])
		return false;
	path->root = name;
	path->root_length = essential_length(name);
	snprintf(path->name, sizeof(path->name), "%.*s", (int)path->root_length, name);
	return true;
}

/* "0:2:1": the first number is of the pointer that the program has. */
static bool take_steps(const struct btf *local, uint32_t id, const char *access, struct path *path)
{
	const struct btf_type *t = strip(local, id);

	access += strspn(access, "0123456789");
	while (*access == ':' && t) {
		char *end;
		unsigned long index = strtoul(access + 1, &end, 10);

		if (end == access + 1)
			return false;
		access = end;
		if (btf_is_array(t)) {
			add_step(path, "");
			t = strip(local, btf_array(t)->type);
		} else if (btf_is_composite(t) && index < btf_vlen(t)) {
			const struct btf_member *m = &btf_members(t)[index];
			const char *name = btf__name_by_offset(local, m->name_off);

			if (name && name[0])
				add_step(path, name);
			t = strip(local, m->type);
		} else {
			return false;
		}
	}
	return t && !*access;
}

/* "5": the value of an enum. */
static bool take_value(const struct btf *local, uint32_t id, const char *access, struct path *path)
{
	const struct btf_type *t = strip(local, id);
	unsigned long index = strtoul(access, NULL, 10);
	uint32_t name = 0;

	if (!t || !btf_is_any_enum(t) || index >= btf_vlen(t))
		return false;
	name = btf_is_enum64(t) ? btf_enum64(t)[index].name_off : btf_enum(t)[index].name_off;
	if (!btf__name_by_offset(local, name))
		return false;
	add_step(path, btf__name_by_offset(local, name));
	return true;
}

static bool is_of_field(uint32_t kind)
{
	return kind <= BPF_CORE_FIELD_RSHIFT_U64;
}

static bool is_of_value(uint32_t kind)
{
	return kind == BPF_CORE_ENUMVAL_EXISTS || kind == BPF_CORE_ENUMVAL_VALUE;
}

/* It asks, and goes on without. */
static bool asks(uint32_t kind)
{
	return kind == BPF_CORE_FIELD_EXISTS || kind == BPF_CORE_TYPE_EXISTS ||
	       kind == BPF_CORE_ENUMVAL_EXISTS || kind == BPF_CORE_TYPE_MATCHES;
}

static bool take_path(const struct skep_needs_look *look, const struct relo *relo,
		      struct path *path)
{
	const char *access = btf__name_by_offset(look->local, relo->access);

	*path = (struct path){ 0 };
	if (!access || !take_root(look->local, relo->type, path))
		return false;
	if (is_of_field(relo->kind))
		return take_steps(look->local, relo->type, access, path);
	if (is_of_value(relo->kind))
		return take_value(look->local, relo->type, access, path);
	return relo->kind != BPF_CORE_TYPE_ID_LOCAL;
}

/* --- the kernel's side --- */

static bool has_steps(const struct btf *btf, uint32_t id, const struct path *path, size_t step,
		      int depth)
{
	const struct btf_type *t = strip(btf, id);

	if (step == path->count)
		return true;
	if (!t || depth > DEEPEST + PATH_MOST)
		return false;
	if (!path->steps[step][0])
		return btf_is_array(t) &&
		       has_steps(btf, btf_array(t)->type, path, step + 1, depth + 1);
	if (!btf_is_composite(t))
		return false;
	for (int i = 0; i < btf_vlen(t); i++) {
		const struct btf_member *m = &btf_members(t)[i];
		const char *name = btf__name_by_offset(btf, m->name_off);

		if (name && name[0] && !strcmp(name, path->steps[step]))
			return has_steps(btf, m->type, path, step + 1, depth + 1);
		if ((!name || !name[0]) && has_steps(btf, m->type, path, step, depth + 1))
			return true;
	}
	return false;
}

static bool has_value(const struct btf *btf, const struct btf_type *t, const char *value)
{
	size_t length = essential_length(value);

	for (int i = 0; btf_is_any_enum(t) && i < btf_vlen(t); i++) {
		const char *name =
			btf__name_by_offset(btf, btf_is_enum64(t) ? btf_enum64(t)[i].name_off
								  : btf_enum(t)[i].name_off);

		if (name && essential_length(name) == length && !strncmp(name, value, length))
			return true;
	}
	return false;
}

/* Of one of the kernel's types of that name. */
static bool is_there(const struct btf *btf, const struct path *path, uint32_t kind)
{
	for (uint32_t id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);
		const char *name = t && !btf_is_func(t) && !btf_is_var(t) ? name_of(btf, t) : "";

		if (strncmp(name, path->root, path->root_length) != 0 ||
		    essential_length(name) != path->root_length || btf_is_fwd(t) ||
		    btf_is_datasec(t))
			continue;
		if (is_of_value(kind) ? has_value(btf, strip(btf, id), path->steps[0])
				      : has_steps(btf, id, path, 0, 0))
			return true;
	}
	return false;
}

/* --- records --- */

/* Calls fn for the records of the program under way; of all, where there is none. */
static void each_relo(struct skep_needs_look *look,
		      bool (*fn)(struct skep_needs_look *look, const struct relo *relo, void *ctx),
		      void *ctx)
{
	const struct skep_objinfo *o = look->info;
	const struct skep_objinfo_section *ext = o ? skep_objinfo_section(o, ".BTF.ext") : NULL;
	uint32_t header = ext ? skep_objinfo_u32(o, ext->body.at + 4) : 0, bytes, section = 0;
	uint64_t at, end;

	if (!look->local || !ext || header < HEADER_CORE || header > ext->body.bytes)
		return;
	at = ext->body.at + header + skep_objinfo_u32(o, ext->body.at + PART_CORE);
	end = at + skep_objinfo_u32(o, ext->body.at + PART_CORE + 4);
	bytes = skep_objinfo_u32(o, at);
	if (end > ext->body.at + ext->body.bytes || bytes < sizeof(struct bpf_core_relo))
		return;
	for (at += 4; at + 8 <= end;) {
		const char *name = btf__name_by_offset(look->local, skep_objinfo_u32(o, at));
		uint32_t count = skep_objinfo_u32(o, at + 4);
		const struct skep_objinfo_section *s = name ? skep_objinfo_section(o, name) : NULL;

		section = s ? (uint32_t)(s - o->sections) : 0;
		at += 8;
		for (; count && at + bytes <= end; count--, at += bytes) {
			struct relo relo = {
				.at = { section, skep_objinfo_u32(o, at) / SKEP_INSN_BYTES },
				.type = skep_objinfo_u32(o, at + 4),
				.access = skep_objinfo_u32(o, at + 8),
				.kind = skep_objinfo_u32(o, at + 12),
			};

			if (!look->visits)
				return;
			look->visits--;
			if (section && !fn(look, &relo, ctx))
				return;
		}
	}
}

static bool is_of_program(const struct skep_needs_look *look, struct skep_code at)
{
	for (size_t i = 0; look->layout && i < look->layout->count; i++) {
		const struct skep_objinfo_function *f = look->layout->parts[i].function;

		if (f->at.section == at.section && at.insn >= f->at.insn &&
		    at.insn - f->at.insn < f->count)
			return true;
	}
	return false;
}

struct question {
	const char *root; /* a type, or NULL */
	size_t root_length;
	const char *value; /* of an enum, or NULL */
	bool found;
};

static bool find_question(struct skep_needs_look *look, const struct relo *relo, void *ctx)
{
	struct question *q = ctx;
	struct path path;

	if (!asks(relo->kind) || !is_of_program(look, relo->at) || !take_path(look, relo, &path))
		return true;
	if (q->value)
		q->found = is_of_value(relo->kind) &&
			   essential_length(path.steps[0]) == strlen(q->value) &&
			   !strncmp(path.steps[0], q->value, strlen(q->value));
	else
		q->found = path.root_length == q->root_length &&
			   !strncmp(path.root, q->root, q->root_length);
	return !q->found;
}

bool skep_needs_core_asks(const struct skep_needs_look *look, const char *helper)
{
	struct question q = { 0 };
	char value[128];

	/* bpf_loop is BPF_FUNC_loop */
	snprintf(value, sizeof(value), "BPF_FUNC_%s", helper + strlen("bpf_"));
	q.value = value;
	each_relo((struct skep_needs_look *)look, find_question, &q);
	return q.found;
}

static bool find_any(struct skep_needs_look *look, const struct relo *relo, void *ctx)
{
	(void)look;
	if (relo->kind == BPF_CORE_TYPE_ID_LOCAL)
		return true;
	*(bool *)ctx = true;
	return false;
}

bool skep_needs_uses_core(const struct skep_needs_look *look)
{
	bool any = false;

	each_relo((struct skep_needs_look *)look, find_any, &any);
	return any;
}

static bool add_relo(struct skep_needs_look *look, const struct relo *relo, void *ctx)
{
	struct question q = { 0 };
	struct skep_need *need;
	struct path path;

	(void)ctx;
	if (asks(relo->kind) || !is_of_program(look, relo->at) || !take_path(look, relo, &path))
		return true;
	need = skep_needs_add(look, path.count ? SKEP_NEED_FIELD : SKEP_NEED_TYPE, path.name,
			      &relo->at);
	if (!need)
		return !look->needs->arena.failed;
	need->since = 0;
	q.root = path.root;
	q.root_length = path.root_length;
	each_relo(look, find_question, &q);
	/* Who asks about one form of a type chooses between forms. */
	need->optional = q.found;
	if (!look->kernel) {
		skep_needs_say(look, need, "there is no BTF of the kernel to look it up in", NULL);
		return true;
	}
	need->answer = is_there(look->kernel, &path, relo->kind) ? SKEP_YES : SKEP_NO;
	if (need->answer == SKEP_NO)
		skep_needs_say(
			look, need, "this kernel's types do not have it",
			"ask with bpf_core_field_exists() or bpf_core_type_exists() before it "
			"is used, or declare the kernel's form as a flavour (struct X___new)");
	return true;
}

void skep_needs_read_core(struct skep_needs_look *look)
{
	if (look->layout)
		each_relo(look, add_relo, NULL);
}
