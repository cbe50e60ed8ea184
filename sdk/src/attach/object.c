/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* All programs of an object at once: all, or none. */
#include <errno.h>

#include <skep/attach.h>

#include "attach.h"
#include "base/fail.h"
#include "cgroup.h"
#include "object/object.h"
#include "struct_ops.h"

int skep_program_set_optional(struct skep_program *program, bool optional)
{
	if (!program)
		return skep_fail_hint(skep_fail(EINVAL, "there is no program"),
				      "skep_object_program() returns NULL for a name that the "
				      "object does not have");
	if (program->object->attached)
		return skep_fail_hint(skep_fail(EBUSY, "program '%s' is attached already",
						skep_program_name(program)),
				      "say what is optional before skep_object_attach()");
	program->optional = optional;
	return 0;
}

const struct skep_error *skep_program_refusal(const struct skep_program *program)
{
	return program ? program->refusal : NULL;
}

void skep_object_detach(struct skep_object *object)
{
	if (!object)
		return;
	for (size_t i = 0; i < object->program_count; i++) {
		skep_link_free(object->programs[i].link);
		object->programs[i].link = NULL;
	}
	skep_object_detach_struct_ops(object);
	object->attached = false;
}

static void forget_refusal(struct skep_program *program)
{
	skep_error_free(program->refusal);
	program->refusal = NULL;
}

/* Keeps why it was refused, which is no failure where the others can do without it. */
static int keep_refusal(struct skep_program *program, int err)
{
	if (!err)
		return 0;
	if (skep_error_copy(&program->refusal) && program->optional)
		return -ENOMEM; /* nobody could tell that it lacks */
	return program->optional ? 0 : err;
}

int skep_attach_unless_refused(struct skep_link **out, struct skep_program *program)
{
	forget_refusal(program);
	return keep_refusal(program, skep_attach_if_said(out, program));
}

static int attach_one(struct skep_program *program)
{
	if (skep_program_fd(program) < 0 || !bpf_program__autoattach(program->prog)) {
		forget_refusal(program);
		return 0;
	}
	/* Those whose section does not say where to are left to a helper. */
	return skep_attach_unless_refused(&program->link, program);
}

int skep_object_attach(struct skep_object *object)
{
	int err = skep_object_need_loaded(object);

	if (err)
		return err;
	if (object->attached)
		return skep_fail(EALREADY, "object '%s' is attached already",
				 skep_object_name(object));
	for (size_t i = 0; i < object->program_count; i++) {
		err = attach_one(&object->programs[i]);
		if (err) {
			skep_object_detach(object);
			return err;
		}
	}
	err = skep_object_attach_struct_ops(object);
	if (err) {
		skep_object_detach(object);
		return err;
	}
	object->attached = true;
	return 0;
}

static bool is_for_group(const struct skep_program *program)
{
	return skep_program_fd(program) >= 0 && skep_cgroup_takes(program);
}

static int check_group_programs(const struct skep_object *object)
{
	size_t count = 0;

	for (size_t i = 0; i < object->program_count; i++) {
		const struct skep_program *program = &object->programs[i];

		if (!is_for_group(program))
			continue;
		if (program->link)
			return skep_fail_hint(skep_fail(EALREADY,
							"program '%s' is attached already",
							skep_program_name(program)),
					      "detach with skep_object_detach() first");
		count++;
	}
	if (count)
		return 0;
	return skep_fail_hint(skep_fail(ENOENT,
					"object '%s' has no program for control groups that is "
					"loaded",
					skep_object_name(object)),
			      "put one into SEC(\"cgroup_skb/egress\"), SEC(\"cgroup/connect4\"), "
			      "SEC(\"sockops\") or the like");
}

int skep_object_attach_cgroup(struct skep_object *object, const char *cgroup)
{
	int err = skep_object_need_loaded(object);

	if (!err)
		err = check_group_programs(object);
	if (err)
		return err;
	for (size_t i = 0; !err && i < object->program_count; i++) {
		struct skep_program *program = &object->programs[i];

		if (!is_for_group(program))
			continue;
		forget_refusal(program);
		err = keep_refusal(program,
				   skep_attach_cgroup(&program->link, program, cgroup, NULL));
	}
	for (size_t i = 0; err && i < object->program_count; i++)
		if (is_for_group(&object->programs[i])) {
			skep_link_free(object->programs[i].link);
			object->programs[i].link = NULL;
		}
	return err;
}
