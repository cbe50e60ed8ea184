/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Programs of objects in maps: as tail calls, and behind redirections. */
#include <errno.h>

#include <skep/map/programs.h>
#include <skep/map/targets.h>

#include "base/fail.h"
#include "base/text.h"
#include "map/fds.h"
#include "object.h"

/* The program's file descriptor, or -errno in words; -1 is never one of a program. */
static int need_loaded(const struct skep_program *program)
{
	int fd = skep_program_fd(program);

	return fd >= 0 ? fd
		       : skep_fail_hint(skep_fail(EBADF, "program '%s' is not loaded",
						  skep_program_name(program)),
					"call skep_object_load() first, and do not disable it");
}

static int find(const struct skep_object *object, const char *name, struct skep_program **found)
{
	struct skep_program *program = skep_object_program(object, name);
	struct skep_text names = { 0 };
	int err;

	if (program) {
		*found = program;
		return 0;
	}
	while ((program = skep_object_next_program(object, program)))
		skep_text_add_name(&names, skep_program_name(program));
	err = skep_fail(ENOENT, "object '%s' has no program '%s'", skep_object_name(object), name);
	return names.used ? skep_fail_hint(err, "it has: %s", names.buf) : err;
}

int skep_map_set_program_raw(const struct skep_map *map, uint32_t index,
			     const struct skep_program *program)
{
	int fd, err = skep_map_need_use(map, SKEP_ACCESS_PROGRAMS, "slots for programs");

	if (!err)
		err = skep_map_need_pointer(map, program, "program");
	if (err)
		return err;
	fd = need_loaded(program);
	return fd < 0 ? fd : skep_map_set_program_fd_raw(map, index, fd);
}

int skep_programs_set_raw(const struct skep_map *map, uint32_t index,
			  const struct skep_object *object, const char *name)
{
	struct skep_program *program;
	int err = skep_map_need_use(map, SKEP_ACCESS_PROGRAMS, "slots for programs");

	if (!err)
		err = skep_map_need_pointer(map, object, "object");
	if (!err)
		err = skep_map_need_pointer(map, name, "program's name");
	if (!err)
		err = find(object, name, &program);
	return err ? err : skep_map_set_program_raw(map, index, program);
}

int skep_devmap_put_raw(const struct skep_map *map, const uint32_t *key, const char *interface,
			const struct skep_program *program)
{
	int fd = program ? need_loaded(program) : -1;

	if (program && fd < 0)
		return fd;
	if (!key)
		return skep_fail(EINVAL, "the key of an interface is NULL");
	return skep_devmap_store(map, *key, interface, fd);
}

int skep_cpumap_put_raw(const struct skep_map *map, uint32_t cpu, uint32_t frames,
			const struct skep_program *program)
{
	int fd = program ? need_loaded(program) : -1;

	return program && fd < 0 ? fd : skep_cpumap_store(map, cpu, frames, fd);
}
