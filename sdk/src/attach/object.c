/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* All programs of an object at once: all, or none. */
#include <errno.h>

#include <skep/attach.h>

#include "attach.h"
#include "base/fail.h"
#include "object/object.h"

void skep_object_detach(struct skep_object *object)
{
	for (size_t i = 0; i < object->program_count; i++) {
		skep_link_free(object->programs[i].link);
		object->programs[i].link = NULL;
	}
	object->attached = false;
}

static int attach_one(struct skep_program *program)
{
	if (skep_program_fd(program) < 0 || !bpf_program__autoattach(program->prog))
		return 0;
	return skep_attach_if_said(&program->link, program); /* others are left to a helper */
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
	object->attached = true;
	return 0;
}
