/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* `skep doctor --features`: all that can be asked of this kernel. */
#include "doctor.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SHORT_KINDS                                                                                \
	(~(1U << SKEP_FEATURE_HELPER | 1U << SKEP_FEATURE_KFUNC)) /* there are thousands of them */

struct printing {
	FILE *to;
	json_t *list;
	const char *filter;
	size_t shown;
	char title[96]; /* of what was printed last */
};

static bool has(const char *text, const char *part)
{
	return text && strcasestr(text, part);
}

static bool is_wanted(const struct printing *p, const struct skep_feature *f)
{
	return !p->filter || has(skep_feature_kind_name(f->kind), p->filter) ||
	       has(f->name, p->filter) || has(f->program_type, p->filter);
}

static int print(const struct skep_feature *f, void *ctx)
{
	struct printing *p = ctx;
	char title[sizeof(p->title)];

	if (!is_wanted(p, f))
		return 0;
	if (f->program_type)
		snprintf(title, sizeof(title), "%s, by %s", skep_feature_kind_name(f->kind),
			 f->program_type);
	else
		snprintf(title, sizeof(title), "%s", skep_feature_kind_name(f->kind));
	if (strcmp(title, p->title) != 0)
		fprintf(p->to, "%s%s\n", p->shown ? "\n" : "", title);
	strcpy(p->title, title);
	if (f->why)
		fprintf(p->to, "  %-2s  %-32s -- %s\n", doctor_short_answer(f->answer), f->name,
			f->why);
	else
		fprintf(p->to, "  %-2s  %s\n", doctor_short_answer(f->answer), f->name);
	p->shown++;
	return 0;
}

int doctor_print_features(FILE *to, const char *filter)
{
	const struct skep_features_opts opts = { .sz = sizeof(opts),
						 .kinds = filter ? 0 : SHORT_KINDS };
	struct printing p = { .to = to, .filter = filter };
	int err = skep_kernel_features(print, &p, &opts);

	if (err)
		return err;
	if (!filter)
		fprintf(to, "\nHelpers and kfuncs by type of programs: --features=helper, "
			    "--features=kfunc, --features=xdp,\nor --format json for all.\n");
	return p.shown ? 0 : 1;
}

static int collect(const struct skep_feature *f, void *ctx)
{
	struct printing *p = ctx;
	json_t *object;

	if (!is_wanted(p, f))
		return 0;
	object = json_object();
	doctor_set_text(object, "kind", skep_feature_kind_name(f->kind));
	doctor_set_text(object, "name", f->name);
	doctor_set_text(object, "program_type", f->program_type);
	doctor_set_answer(object, f->answer, f->since, f->code);
	doctor_set_text(object, "why", f->why);
	json_array_append_new(p->list, object);
	p->shown++;
	return 0;
}

int doctor_features_json(json_t *all, const char *filter)
{
	struct printing p = { .list = json_array(), .filter = filter };
	int err = skep_kernel_features(collect, &p, NULL);

	json_object_set_new(all, "features", p.list);
	if (err)
		return err;
	return p.shown ? 0 : 1;
}
