/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include <skep/link.h>

#include "base/fail.h"
#include "object.h"

struct skep_program *skep_object_program(const struct skep_object *object, const char *name)
{
	if (!object || !name)
		return NULL;
	for (size_t i = 0; i < object->program_count; i++)
		if (!strcmp(skep_program_name(&object->programs[i]), name))
			return &object->programs[i];
	return NULL;
}

struct skep_program *skep_object_next_program(const struct skep_object *object,
					      const struct skep_program *previous)
{
	size_t next = previous ? (size_t)(previous - object->programs) + 1 : 0;

	return object && next < object->program_count ? &object->programs[next] : NULL;
}

const char *skep_program_name(const struct skep_program *program)
{
	return program ? bpf_program__name(program->prog) : NULL;
}

const char *skep_program_section(const struct skep_program *program)
{
	return program ? bpf_program__section_name(program->prog) : NULL;
}

int skep_program_fd(const struct skep_program *program)
{
	int fd = program ? bpf_program__fd(program->prog) : -1;

	return fd < 0 ? -1 : fd;
}

struct bpf_program *skep_program_libbpf(const struct skep_program *program)
{
	return program ? program->prog : NULL;
}

struct skep_link *skep_program_link(const struct skep_program *program)
{
	return program ? program->link : NULL;
}

int skep_program_enable(struct skep_program *program, bool wanted)
{
	int err = 0;

	if (!program)
		return skep_fail_hint(skep_fail(EINVAL, "there is no program to switch"),
				      "skep_object_program() is NULL for a name that the object "
				      "does not have");
	if (program->object->state == OBJECT_OPEN)
		err = bpf_program__set_autoload(program->prog, wanted);
	else
		err = -EBUSY;
	return err ? skep_fail(err, "program '%s' is loaded: choose before load",
			       skep_program_name(program))
		   : 0;
}
