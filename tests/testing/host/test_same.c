// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * One program, in the kernel and on the host: thousands of operations by its helpers on maps of all kinds and
 * on packets, with the same results.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sched.h>
#include <signal.h>

#include "harness/machine.h"
#include "harness/test.h"

#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <skep/testing.h>
#include <skep/testing/host.h>

#include "model.h"
#include "same.skep.h"

#define STEPS       3000 /* 10,000 in the full run */
#define STEPS_FULL  10000
#define LRU_ENTRIES 20 /* of each CPU */
#define PACKET      80
#define ROOM        4096

int same_do(struct xdp_md *ctx);

static struct same_op any_op(struct model *model)
{
	static const uint64_t flags[] = { 0, 0, 0, 0, 1, 2, 0x100 };
	struct same_op op = {
		.what = model_random(model, SAME_COUNT),
		.key = model_random(model, 40),
		.value = model_random(model, UINT32_MAX),
		.flags = flags[model_random(model, sizeof(flags) / sizeof(flags[0]))],
	};

	if (op.what >= SAME_TRIE_LOOKUP && op.what <= SAME_TRIE_DELETE)
		op.flags |= (uint64_t)model_random(model, 33) << 32;
	/* Before 6.4 there was room for 32 bytes of metadata, now for 255. */
	else if (op.what == SAME_META)
		op.key = model_random(model, 4)   ? 0 - model_random(model, 33)
			 : model_random(model, 2) ? 0 - 260 - model_random(model, 300)
						  : model_random(model, 20);
	else if (op.what >= SAME_HEAD && op.what <= SAME_TAIL)
		op.key = model_random(model, 4) ? model_random(model, 120) - 60
						: model_random(model, 9000) - 4500;
	else if (op.what == SAME_LOAD || op.what == SAME_STORE)
		op.key = model_random(model, 3) ? model_random(model, 100)
						: model_random(model, UINT32_MAX);
	else if (op.what == SAME_CPU_OTHER)
		op.flags = model_random(model, 10);
	return op;
}

static void step(struct model *model, struct same *app)
{
	unsigned char data[PACKET] = { 0 }, out[ROOM] = { 0 };
	SKEP_AUTO(skep_host_packet) *packet = NULL;
	struct same_op op = any_op(model);
	struct skep_test_result kernel;
	size_t bytes, meta = 0;
	char what[64];

	snprintf(what, sizeof(what), "operation %u, key %d, flags %llx", op.what, (int)op.key,
		 (unsigned long long)op.flags);
	model->what = what;
	memcpy(data + SAME_AT, &op, sizeof(op));
	skep_assert_ok(skep_test_run(&kernel, same_program_same_do(app),
				     SKEP_OPTS(skep_test_run_opts, .data = data,
					       .data_bytes = sizeof(data), .data_out = out,
					       .data_out_room = sizeof(out))));
	skep_assert_ok(skep_host_packet_new(&packet, data, sizeof(data)));
	model_same(model, kernel.retval, skep_host_run(same_do, skep_host_xdp(packet)));
	skep_host_packet_data(packet, &bytes);
	/* The kernel's test-run gives metadata as a part of the packet. */
	if (op.what == SAME_META && !kernel.retval)
		meta = 0 - (size_t)(int)op.key;
	model_same(model, (int)kernel.data_bytes, (int)(bytes + meta));
	/* What a head that grew has in front is whatever was there. */
	if (op.what != SAME_HEAD)
		model_same_bytes(model, out + meta, skep_host_packet_data(packet, NULL), bytes);
}

/* Also the values of other CPUs. */
static void compare_cpus(struct model *model, struct same *app)
{
	struct skep_host_map *host = skep_host_map("same_cpu");
	unsigned char a[MODEL_VALUE_MOST] = { 0 }, b[MODEL_VALUE_MOST] = { 0 };
	int fd = skep_map_fd(same_map_same_cpu(app).map);

	model->what = "values of all CPUs";
	for (uint32_t key = 0; key < 40; key++) {
		int err = bpf_map_lookup_elem(fd, &key, a);

		model_same(model, err, skep_host_map_lookup(host, &key, b, 0));
		if (!err)
			model_same_bytes(model, a, b, skep_host_map_value_bytes(host));
	}
}

TEST(program_does_the_same_in_the_kernel_and_on_the_host)
{
	uint32_t cpus = (uint32_t)libbpf_num_possible_cpus();
	unsigned int steps = getenv("SKEP_TEST_FULL") ? STEPS_FULL : STEPS;
	struct model model = { .random = 42 };
	SKEP_AUTO(same) *app = NULL;
	cpu_set_t before, one;
	int cpu = sched_getcpu();

	require_root();
	if (!kernel_at_least(5, 19))
		test_skip("bpf_map_lookup_percpu_elem() came with 5.19");
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	skep_assert_ok(same_open(&app, NULL));
	skep_assert_ok(skep_object_resize(same_object(app), "same_lru", cpus * LRU_ENTRIES));
	skep_assert_ok(same_load(app));
	skep_host_reset();
	skep_host_set_cpus(cpus);
	skep_host_set_cpu((uint32_t)cpu);
	skep_host_set_entries("same_lru", cpus * LRU_ENTRIES);
	for (model.step = 0; model.step < steps; model.step++)
		step(&model, app);
	compare_cpus(&model, app);
	sched_setaffinity(0, sizeof(before), &before);
}

/* Without sanitizers there is no report, but the byte behind a packet is no memory. */
TEST(byte_behind_a_packet_is_not_there)
{
	SKEP_AUTO(skep_host_packet) *packet = NULL;
	const volatile unsigned char *data;
	int status, bytes = 61;
	pid_t pid;

	skep_assert_ok(skep_host_packet_new(&packet, "0123456789", 10));
	skep_host_packet_free(packet);
	skep_assert_ok(skep_host_packet_new(&packet, (unsigned char[61]){ 0 }, (size_t)bytes));
	data = skep_host_packet_data(packet, NULL);
	assert_int_equal(data[bytes - 1], 0);
	pid = fork();
	if (!pid) {
		signal(SIGSEGV, SIG_DFL);
		_exit(data[bytes]);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_not_equal(status, 0);
}
