/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What an object needs, as a list. Its parts: needs.h. */
#include "needs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "base/opts.h"
#include "kernel/facts.h"
#include "kernel/probe_parts.h"

const char *skep_need_kind_name(enum skep_need_kind kind)
{
	static const char *const kinds[] = {
		[SKEP_NEED_PROGRAM_TYPE] = "program type",
		[SKEP_NEED_ATTACH_TYPE] = "attach type",
		[SKEP_NEED_HOOK] = "hook",
		[SKEP_NEED_TARGET] = "target",
		[SKEP_NEED_HELPER] = "helper",
		[SKEP_NEED_KFUNC] = "kfunc",
		[SKEP_NEED_KSYM] = "kernel variable",
		[SKEP_NEED_MAP_TYPE] = "map type",
		[SKEP_NEED_INSN] = "instructions",
		[SKEP_NEED_BTF] = "BTF",
		[SKEP_NEED_TYPE] = "type",
		[SKEP_NEED_FIELD] = "field",
		[SKEP_NEED_CAPABILITY] = "capability",
	};

	return (size_t)kind < sizeof(kinds) / sizeof(kinds[0]) ? kinds[kind] : "unknown";
}

static bool is_listed(const struct skep_needs_look *look, enum skep_need_kind kind,
		      const char *name)
{
	for (size_t i = look->first; i < look->needs->count; i++)
		if (look->needs->all[i].kind == kind && !strcmp(look->needs->all[i].name, name))
			return true;
	return false;
}

static struct skep_need *make_room(struct skep_needs *needs)
{
	struct skep_need *more;

	if (needs->count < needs->room)
		return &needs->all[needs->count++];
	if (needs->count >= SKEP_NEEDS_MAX)
		return NULL;
	more = reallocarray(needs->all, needs->room * 2 + 64, sizeof(*more));
	if (!more) {
		needs->arena.failed = true;
		return NULL;
	}
	needs->all = more;
	needs->room = needs->room * 2 + 64;
	return &needs->all[needs->count++];
}

/* Names in an object may be anything, and end up on somebody's terminal. */
static const char *copy(struct skep_needs *needs, const char *text)
{
	size_t length = text ? strlen(text) : 0;
	char *copied = length ? skep_arena_alloc(&needs->arena, length + 1) : NULL;

	for (size_t i = 0; copied && i < length; i++)
		copied[i] = text[i] == '\t'                                     ? ' '
			    : (unsigned char)text[i] < ' ' || text[i] == '\x7f' ? '?'
										: text[i];
	return copied;
}

static bool is_header(const char *file)
{
	size_t length = strlen(file);

	return length > 2 && !strcmp(file + length - 2, ".h");
}

/* The first line of a function that is in no header; else the one given. */
static const struct skep_objinfo_line *own_line(const struct skep_objinfo *info,
						const struct skep_objinfo_line *line,
						const struct skep_objinfo_function *f)
{
	for (const struct skep_objinfo_line *l = line; l < info->lines + info->line_count; l++) {
		if (l->at.section != f->at.section || l->at.insn - f->at.insn >= f->count)
			break;
		if (!is_header(l->file))
			return l;
	}
	return line;
}

static void place(struct skep_needs_look *look, struct skep_need *need, const struct skep_code *at)
{
	const struct skep_objinfo_line *line;
	struct skep_spot spot = { .at = *at };

	spot.function = skep_objinfo_function_at(look->info, *at);
	line = spot.function ? skep_objinfo_line_at(look->info, &spot) : NULL;
	/* A function may begin with what was inlined from a header: that is not where it is. */
	if (line && !skep_code_compare(*at, spot.function->at))
		line = own_line(look->info, line, spot.function);
	if (!line)
		return;
	need->file = copy(look->needs, line->file);
	need->line = line->line;
	need->text = copy(look->needs, line->text);
}

struct skep_need *skep_needs_add(struct skep_needs_look *look, enum skep_need_kind kind,
				 const char *name, const struct skep_code *at)
{
	struct skep_need *need;

	if (is_listed(look, kind, name))
		return NULL;
	need = make_room(look->needs);
	if (!need)
		return NULL;
	*need = (struct skep_need){ .kind = kind, .since = skep_kernel_since(name) };
	need->name = copy(look->needs, name);
	if (!need->name)
		need->name = "(no name)";
	need->program = copy(look->needs, look->name);
	if (at && look->info)
		place(look, need, at);
	return need;
}

void skep_needs_say(struct skep_needs_look *look, struct skep_need *need, const char *why,
		    const char *remedy)
{
	need->why = copy(look->needs, why);
	need->remedy = copy(look->needs, remedy);
}

static const struct skep_code_layout *find_layout(const struct skep_objinfo *info, const char *name)
{
	for (size_t i = 0; info && i < info->layout_count; i++)
		if (!strcmp(info->layouts[i].entry->name, name))
			return &info->layouts[i];
	return NULL;
}

static void read_programs(struct skep_needs_look *look)
{
	const struct skep_object *o = look->object;

	for (size_t i = 0; i < o->program_count; i++) {
		look->program = o->programs[i].prog;
		if (!bpf_program__autoload(look->program))
			continue;
		look->name = bpf_program__name(look->program);
		look->layout = find_layout(look->info, look->name);
		look->first = look->needs->count;
		skep_needs_read_program(look);
		skep_needs_read_code(look);
		skep_needs_read_core(look);
	}
	look->program = NULL;
	look->name = NULL;
	look->layout = NULL;
}

/* The kernel's BTF is not needed for all of it: where there is none, `*btf` stays NULL. */
static int load_btf(struct btf **btf, const char *path)
{
	struct btf *loaded;

	if (!path) {
		(void)skep_kernel_btf_load(btf);
		return 0;
	}
	loaded = btf__parse(path, NULL);
	if (loaded) {
		*btf = loaded;
		return 0;
	}
	if (errno == ENOENT || errno == ENOMEM || errno == EACCES)
		return skep_fail(errno, "cannot read the BTF of %s: %s", path, strerror(errno));
	return skep_fail_hint(skep_fail(EINVAL, "%s holds no BTF", path),
			      "give a file as /sys/kernel/btf/vmlinux, or one from BTFHub");
}

static void free_btf(struct btf **btf)
{
	btf__free(*btf);
}

static void free_info(struct skep_objinfo **info)
{
	skep_objinfo_free(*info);
}

/* Whatever could not be told is said to be so. */
static void explain_unknown(struct skep_needs_look *look)
{
	const char *why =
		skep_probe_may_try_all() ? "it could not be tried" : skep_probe_words_of_eperm();

	for (size_t i = 0; i < look->needs->count; i++)
		if (look->needs->all[i].answer == SKEP_UNKNOWN && !look->needs->all[i].why)
			skep_needs_say(look, &look->needs->all[i], why, NULL);
}

static int look_at(struct skep_needs *needs, const struct skep_object *object, const char *path)
{
	struct skep_objinfo *info __attribute__((cleanup(free_info))) = NULL;
	struct btf *own __attribute__((cleanup(free_btf))) = NULL;
	struct btf *kernel __attribute__((cleanup(free_btf))) = NULL;
	struct skep_needs_look look = { .needs = needs,
					.object = object,
					.visits = SKEP_NEEDS_VISITS };
	int err = 0;

	if (object->image && object->program_count)
		err = skep_objinfo_open(&info, object->image, object->image_bytes,
					skep_object_name(object));
	if (!err && path)
		err = load_btf(&kernel, path);
	if (!err)
		err = load_btf(&own, NULL);
	if (err)
		return err;
	look.info = info;
	look.local = bpf_object__btf(object->obj);
	look.own = own;
	look.kernel = path ? kernel : own;
	read_programs(&look);
	skep_needs_read_object(&look);
	explain_unknown(&look);
	if (needs->arena.failed)
		return skep_fail(ENOMEM, "no memory for the needs of '%s'",
				 skep_object_name(object));
	return 0;
}

int skep_object_needs(struct skep_needs **out, const struct skep_object *object,
		      const struct skep_needs_opts *opts)
{
	SKEP_AUTO(skep_needs) *needs = NULL;
	SKEP_CAPTURE(said);
	int err = SKEP_OPTS_CHECK(opts);

	if (err)
		return err;
	if (!object)
		return skep_fail_hint(skep_fail(EINVAL, "there is no object to look through"),
				      "give what skep_object_open() gave");
	if (object->state == OBJECT_LOADED)
		return skep_fail_hint(skep_fail(EBUSY,
						"object '%s' is loaded: what it needs is there",
						skep_object_name(object)),
				      "call skep_object_needs() between open and load");
	needs = calloc(1, sizeof(*needs));
	if (!needs)
		return skep_fail(ENOMEM, "no memory for the needs of '%s'",
				 skep_object_name(object));
	err = look_at(needs, object, SKEP_OPT(opts, kernel_btf));
	if (!err)
		*out = SKEP_TAKE(needs);
	return err;
}

void skep_needs_free(struct skep_needs *needs)
{
	SKEP_KEEP_ERROR;

	if (!needs)
		return;
	skep_arena_free(&needs->arena);
	free(needs->all);
	free(needs);
}

const struct skep_need *skep_needs_next(const struct skep_needs *needs,
					const struct skep_need *previous)
{
	size_t next = previous ? (size_t)(previous - needs->all) + 1 : 0;

	return needs && next < needs->count ? &needs->all[next] : NULL;
}

size_t skep_needs_lacking(const struct skep_needs *needs)
{
	size_t lacking = 0;

	for (size_t i = 0; needs && i < needs->count; i++)
		lacking += needs->all[i].answer == SKEP_NO && !needs->all[i].optional;
	return lacking;
}
