/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Maps that a test makes itself, of any kind. */
#ifndef SKEP_TESTS_MAP_MADE_H
#define SKEP_TESTS_MAP_MADE_H

#include "harness/machine.h"
#include "harness/test.h"

#include <unistd.h>

#include <bpf/bpf.h>

#include "app.h"

typedef SKEP_MAP(uint32_t, uint64_t) count_map;

static inline int create(enum bpf_map_type type, uint32_t key, uint32_t value, uint32_t entries,
			 uint32_t flags)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = flags);
	int fd;

	require_root();
	fd = bpf_map_create(type, "made", key, value, entries, &opts);
	if (fd < 0)
		fail_msg("cannot create a map: %s", strerror(errno));
	return fd;
}

static inline count_map make(enum bpf_map_type type, uint32_t entries, uint32_t flags)
{
	count_map map = { .map = NULL };
	int fd = create(type, 4, 8, entries, flags);

	assert_ok(skep_map_adopt_fd(&map, fd));
	close(fd);
	return map;
}

static inline void fill(count_map map, uint32_t count)
{
	for (uint32_t key = 0; key < count; key++) {
		uint64_t value = key * 10ull;

		assert_ok(skep_map_put(map, &key, &value));
	}
}

#endif
