/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* All that can be asked of this kernel, one by one: public side <skep/kernel.h>. */
#include "facts.h"
#include "newer.h"
#include "probe_parts.h"
#include "types.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <linux/bpf.h>

#include "base/fail.h"
#include "base/opts.h"

#define ITEMS_MAX 32
#define PREFIX    "BPF_PROG_TYPE_"
#define TOKEN     "BPF_TOKEN_CREATE"

enum item_kind {
	ITEM_INSN,
	ITEM_BTF,
	ITEM_TOKEN,
	ITEM_KINDS,
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	bool known;
	struct skep_probed probed;
} cache[ITEM_KINDS][ITEMS_MAX];

struct walk {
	skep_feature_fn fn;
	void *ctx;
	uint32_t kinds;
	int prog_type; /* -1: all */
	int err;       /* what fn gave */
};

const char *skep_feature_kind_name(enum skep_feature_kind kind)
{
	static const char *const kinds[] = {
		[SKEP_FEATURE_PROGRAM_TYPE] = "program type",
		[SKEP_FEATURE_MAP_TYPE] = "map type",
		[SKEP_FEATURE_ATTACH_TYPE] = "attach type",
		[SKEP_FEATURE_LINK_TYPE] = "link type",
		[SKEP_FEATURE_INSN] = "instructions",
		[SKEP_FEATURE_BTF] = "BTF",
		[SKEP_FEATURE_TOKEN] = "token",
		[SKEP_FEATURE_HELPER] = "helper",
		[SKEP_FEATURE_KFUNC] = "kfunc",
	};

	return (size_t)kind < sizeof(kinds) / sizeof(kinds[0]) ? kinds[kind] : "unknown";
}

static struct skep_probed probe_item(enum item_kind kind, const struct skep_probe_item *items,
				     size_t index)
{
	struct skep_probed probed;
	int saved = errno;

	pthread_mutex_lock(&lock);
	if (!cache[kind][index].known) {
		cache[kind][index].probed = items ? items[index].try(index) : skep_probe_token();
		cache[kind][index].known = !skep_probe_is_passing(cache[kind][index].probed.code);
	}
	probed = cache[kind][index].probed;
	pthread_mutex_unlock(&lock);
	errno = saved;
	return probed;
}

void skep_kernel_forget_features(void)
{
	pthread_mutex_lock(&lock);
	memset(cache, 0, sizeof(cache));
	pthread_mutex_unlock(&lock);
}

/* A line about a no or an unknown; "" where nothing is known of it. */
static void say_why(char *why, size_t size, const struct skep_feature *f, const char *config)
{
	char needed[16], have[16];
	uint32_t running = skep_kernel_version();

	why[0] = '\0';
	if (f->answer == SKEP_UNKNOWN && f->code == EPERM)
		snprintf(why, size, "%s", skep_probe_words_of_eperm());
	else if (f->answer == SKEP_UNKNOWN && f->code)
		snprintf(why, size, "could not be tried: %s", strerror(f->code));
	else if (f->answer == SKEP_UNKNOWN)
		snprintf(why, size, "could not be tried");
	else if (f->answer == SKEP_NO && f->since && running && running < f->since)
		snprintf(why, size, "came with Linux %s; this is %s",
			 skep_kernel_version_text(f->since, needed, sizeof(needed)),
			 skep_kernel_version_text(running, have, sizeof(have)));
	else if (f->answer == SKEP_NO && config)
		snprintf(why, size, "%s is not set", config);
}

static void hand_out(struct walk *w, struct skep_feature *f, struct skep_probed probed,
		     const char *config, const char *words)
{
	char why[160];

	f->answer = probed.answer;
	f->code = probed.code;
	say_why(why, sizeof(why), f, config);
	f->why = f->answer == SKEP_YES ? NULL : words ? words : why[0] ? why : NULL;
	if (!w->err)
		w->err = w->fn(f, w->ctx);
}

static bool wants(const struct walk *w, enum skep_feature_kind kind)
{
	return !w->err && w->kinds & 1U << kind;
}

/* Of a link that of its attach type. */
static const char *config_of(enum skep_since_kind since, int number)
{
	if (since == SKEP_SINCE_LINK && number == BPF_LINK_TYPE_KPROBE_MULTI)
		return skep_kernel_config_missing(SKEP_SINCE_ATTACH, BPF_TRACE_KPROBE_MULTI);
	if (since == SKEP_SINCE_LINK && number == SKEP_BPF_LINK_NETKIT)
		return skep_kernel_config_missing(SKEP_SINCE_ATTACH,
						  SKEP_BPF_ATTACH_NETKIT_PRIMARY);
	return skep_kernel_config_missing(since, number);
}

static void walk_number(struct walk *w, enum skep_feature_kind kind, enum skep_since_kind since,
			int number)
{
	const struct skep_since *row = skep_kernel_since_number(since, number);
	const char *name = row ? row->name : skep_kernel_number_name(since, number);
	struct skep_feature f = { .kind = kind, .name = name, .since = row ? row->version : 0 };

	if (name && (number || since == SKEP_SINCE_ATTACH))
		hand_out(w, &f, skep_kernel_probe_number(since, number), config_of(since, number),
			 NULL);
}

static void walk_numbers(struct walk *w, enum skep_feature_kind kind, enum skep_since_kind since)
{
	if (!wants(w, kind))
		return;
	for (int number = 0; number < SKEP_NUMBERS && !w->err; number++)
		if (since != SKEP_SINCE_PROG || w->prog_type < 0 || w->prog_type == number)
			walk_number(w, kind, since, number);
}

static void walk_items(struct walk *w, enum skep_feature_kind kind, enum item_kind item,
		       const struct skep_probe_item *items, size_t count)
{
	for (size_t i = 0; i < count && wants(w, kind); i++) {
		struct skep_feature f = { .kind = kind, .name = items[i].name };

		f.since = skep_kernel_since(f.name);
		hand_out(w, &f, probe_item(item, items, i), NULL, NULL);
	}
}

static void walk_token(struct walk *w)
{
	struct skep_feature f = { .kind = SKEP_FEATURE_TOKEN, .name = TOKEN };

	f.since = skep_kernel_since("BPF token");
	if (wants(w, SKEP_FEATURE_TOKEN))
		hand_out(w, &f, probe_item(ITEM_TOKEN, NULL, 0), NULL, NULL);
}

/* Who may call it, where that is known before it is tried. */
static const char *words_of_helper(int prog_type, int number, enum skep_answer type,
				   struct skep_probed *probed)
{
	struct skep_trivial setting;

	*probed = SKEP_PROBED(SKEP_NO, 0);
	if (type == SKEP_NO)
		return "this kernel has no programs of this type";
	if (number && skep_kernel_has_number(SKEP_SINCE_HELPER, number) == SKEP_NO)
		return "this kernel does not have it";
	*probed = SKEP_PROBED(SKEP_UNKNOWN, 0);
	if (number && skep_helper_is_loud(number))
		return "not tried: the kernel would write a warning into its log";
	if (!skep_probe_setting(prog_type, &setting))
		return "programs of this type need a target to be tried with";
	return NULL;
}

static void walk_helpers_of(struct walk *w, const struct skep_since *type)
{
	enum skep_answer there = skep_kernel_has_number(SKEP_SINCE_PROG, type->number);

	for (int number = 1; number < SKEP_HELPERS_MAX && wants(w, SKEP_FEATURE_HELPER); number++) {
		struct skep_feature f = { .kind = SKEP_FEATURE_HELPER,
					  .name = skep_helper_name(number),
					  .program_type = type->name };
		struct skep_probed probed;
		const char *words;

		if (!f.name)
			continue;
		f.since = skep_kernel_since(f.name);
		words = words_of_helper(type->number, number, there, &probed);
		if (!words)
			probed = skep_helper_of_type(type->number, number);
		hand_out(w, &f, probed, NULL, words);
	}
}

static void walk_helpers(struct walk *w)
{
	size_t count;
	const struct skep_since *rows = skep_kernel_since_rows(&count);

	for (size_t i = 0; i < count && wants(w, SKEP_FEATURE_HELPER); i++)
		if (rows[i].kind == SKEP_SINCE_PROG &&
		    (w->prog_type < 0 || w->prog_type == rows[i].number))
			walk_helpers_of(w, &rows[i]);
}

static int walk_kfunc(const char *name, void *ctx)
{
	const int *types = skep_kfunc_types();
	struct walk *w = ctx;

	for (; *types >= 0 && !w->err; types++) {
		const struct skep_since *type = skep_kernel_since_number(SKEP_SINCE_PROG, *types);
		struct skep_feature f = { .kind = SKEP_FEATURE_KFUNC, .name = name };

		if (!type || (w->prog_type >= 0 && w->prog_type != *types))
			continue;
		f.program_type = type->name;
		hand_out(w, &f, skep_kfunc_of_type(*types, name), NULL, NULL);
	}
	return w->err;
}

/* "BPF_PROG_TYPE_XDP", or "xdp"; -1: there is no such type. */
static int type_number(const char *name)
{
	size_t count, prefix = strlen(PREFIX);
	const struct skep_since *rows = skep_kernel_since_rows(&count);

	for (size_t i = 0; i < count; i++)
		if (rows[i].kind == SKEP_SINCE_PROG &&
		    (!strcasecmp(rows[i].name, name) || !strcasecmp(rows[i].name + prefix, name)))
			return rows[i].number;
	return -1;
}

int skep_kernel_features(skep_feature_fn fn, void *ctx, const struct skep_features_opts *opts)
{
	const char *type = SKEP_OPT(opts, program_type);
	struct walk w = { .fn = fn, .ctx = ctx, .kinds = SKEP_OPT(opts, kinds), .prog_type = -1 };
	const struct skep_probe_item *items;
	int err = SKEP_OPTS_CHECK(opts);
	size_t count;

	if (err)
		return err;
	if (!fn)
		return skep_fail_hint(skep_fail(EINVAL, "there is no function to hand features to"),
				      "give a skep_feature_fn");
	if (type)
		w.prog_type = type_number(type);
	if (type && w.prog_type < 0)
		return skep_fail_hint(skep_fail(ENOENT, "there is no program type '%s'", type),
				      "write it as in BPF_PROG_TYPE_XDP, or xdp");
	if (!w.kinds)
		w.kinds = ~0U;
	walk_numbers(&w, SKEP_FEATURE_PROGRAM_TYPE, SKEP_SINCE_PROG);
	walk_numbers(&w, SKEP_FEATURE_MAP_TYPE, SKEP_SINCE_MAP);
	walk_numbers(&w, SKEP_FEATURE_ATTACH_TYPE, SKEP_SINCE_ATTACH);
	walk_numbers(&w, SKEP_FEATURE_LINK_TYPE, SKEP_SINCE_LINK);
	items = skep_probe_insns(&count);
	walk_items(&w, SKEP_FEATURE_INSN, ITEM_INSN, items, count);
	items = skep_probe_btf_kinds(&count);
	walk_items(&w, SKEP_FEATURE_BTF, ITEM_BTF, items, count);
	walk_token(&w);
	walk_helpers(&w);
	if (wants(&w, SKEP_FEATURE_KFUNC))
		(void)skep_kfunc_each(walk_kfunc, &w);
	return w.err;
}

static bool has_item(enum item_kind kind, const struct skep_probe_item *items, size_t count,
		     const char *name, enum skep_answer *answer)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(items[i].name, name)) {
			*answer = probe_item(kind, items, i).answer;
			return true;
		}
	return false;
}

enum skep_answer skep_kernel_has(const char *name)
{
	enum skep_answer answer = SKEP_UNKNOWN;
	const struct skep_probe_item *items;
	const struct skep_since *rows;
	size_t count;

	if (!name)
		return SKEP_UNKNOWN;
	rows = skep_kernel_since_rows(&count);
	for (size_t i = 0; i < count; i++)
		if (rows[i].kind != SKEP_SINCE_FEATURE && !strcmp(rows[i].name, name))
			return skep_kernel_has_number(rows[i].kind, rows[i].number);
	if (skep_helper_number(name))
		return skep_kernel_has_number(SKEP_SINCE_HELPER, skep_helper_number(name));
	if (!strcmp(name, TOKEN))
		return probe_item(ITEM_TOKEN, NULL, 0).answer;
	items = skep_probe_insns(&count);
	if (has_item(ITEM_INSN, items, count, name, &answer))
		return answer;
	items = skep_probe_btf_kinds(&count);
	(void)has_item(ITEM_BTF, items, count, name, &answer);
	return answer;
}

enum skep_answer skep_kernel_has_helper(const char *helper, const char *program_type)
{
	int number = helper ? skep_helper_number(helper) : 0;
	int type = program_type ? type_number(program_type) : -1;
	struct skep_probed probed;

	if (!number || (program_type && type < 0))
		return SKEP_UNKNOWN;
	if (type < 0)
		return skep_kernel_has_number(SKEP_SINCE_HELPER, number);
	if (words_of_helper(type, number, skep_kernel_has_number(SKEP_SINCE_PROG, type), &probed))
		return probed.answer;
	return skep_helper_of_type(type, number).answer;
}

enum skep_answer skep_kernel_has_kfunc(const char *kfunc, const char *program_type)
{
	int type = program_type ? type_number(program_type) : -1;

	if (!kfunc || (program_type && type < 0))
		return SKEP_UNKNOWN;
	if (type >= 0 && skep_kernel_has_number(SKEP_SINCE_PROG, type) == SKEP_NO)
		return SKEP_NO;
	return skep_kfunc_of_type(type, kfunc).answer;
}
