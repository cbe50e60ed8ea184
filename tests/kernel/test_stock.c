// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Objects made with skep's headers are ordinary ones: libbpf alone opens, sets and loads them. */
#include "harness/machine.h"
#include "harness/test.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "life.h"
#include "ring_records.h"

static struct bpf_object *load(const char *file)
{
	struct bpf_object *object;
	int err;

	require_root();
	object = bpf_object__open_file(test_file(file), NULL);
	assert_non_null(object);
	err = bpf_object__load(object);
	if (err)
		fail_msg("%s: %s", file, strerror(-err));
	return object;
}

TEST(libbpf_alone_loads_maps_and_programs)
{
	struct bpf_object *object = load("life.bpf.o");

	assert_int_equal(bpf_map__value_size(bpf_object__find_map_by_name(object, "big")),
			 sizeof(struct pair));
	bpf_object__close(object);
	object = load("hooks.bpf.o");
	bpf_object__close(object);
	object = load("xdp.bpf.o");
	bpf_object__close(object);
}

static int on_record(void *ctx, void *data, size_t bytes)
{
	const struct record *e = data;

	assert_int_equal(bytes, sizeof(*e));
	assert_int_equal(e->check, (uint32_t)e->seq * 3 + e->way);
	++*(int *)ctx;
	return 0;
}

TEST(libbpf_alone_reads_rings)
{
	struct bpf_object *object = load("ring.bpf.o");
	struct bpf_map *map = bpf_object__find_map_by_name(object, "records");
	uint64_t args[] = { WAY_END, 0 };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args, .ctx_size_in = sizeof(args));
	struct ring_buffer *reader;
	int count = 0;

	assert_int_equal(bpf_map__type(map), BPF_MAP_TYPE_RINGBUF);
	assert_int_equal(bpf_map__max_entries(map), 4096);
	reader = ring_buffer__new(bpf_map__fd(map), on_record, &count, NULL);
	assert_non_null(reader);
	for (args[1] = 0; args[1] < 50; args[1]++) {
		args[0] = args[1] % 2 ? WAY_BREAK : WAY_END;
		assert_int_equal(
			bpf_prog_test_run_opts(
				bpf_program__fd(bpf_object__find_program_by_name(object, "leave")),
				&opts),
			0);
	}
	assert_int_equal(ring_buffer__consume(reader), 25);
	assert_int_equal(count, 25);
	ring_buffer__free(reader);
	bpf_object__close(object);
}
