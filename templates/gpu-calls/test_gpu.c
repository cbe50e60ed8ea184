/* SPDX-License-Identifier: 0BSD */
/*
 * Calls a stand-in for the CUDA run-time library (stand_in.h), and compares what is reported with what was
 * asked for. No GPU takes part: that the names and signatures are CUDA's is all that this knows of CUDA.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>
#include <skep/skep.h>

#include "gpu.skep.h"
#include "stand_in.h"
#include "watch.h"

#define EXIT_SKIPPED 77

static struct gpu *app;
static gpu_events_ring events;
static char named_kernel, unknown_kernel; /* their addresses stand for kernels */

static int start(void **state)
{
	(void)state;
	if (gpu_open(&app, NULL) || gpu_load(app) || gpu_open_events(app, &events, NULL) ||
	    watch(app, STAND_IN, getpid()))
		return skep_perror("start");
	return 0;
}

static int stop(void **state)
{
	(void)state;
	unwatch();
	skep_ring_free(events.ring);
	gpu_free(app);
	return 0;
}

/* The only call that was reported since this was asked for the last time: it is there by now. */
static struct gpu_event the_call(uint32_t function)
{
	struct gpu_event call;
	int err, count = 0;

	skep_ring_foreach(events, e, 0, &err) {
		call = *e;
		count++;
	}
	assert_int_equal(err, 0);
	assert_int_equal(count, 1);
	assert_int_equal(call.function, function);
	assert_int_equal(call.pid, getpid());
	assert_string_equal(call.comm, "test_gpu");
	assert_in_range(call.took_ns, STAND_IN_NAP_US * 1000, 10000000000);
	return call;
}

static void memory_is_reported_with_size_and_address(void **state)
{
	struct gpu_event call;
	void *memory = NULL;

	(void)state;
	assert_int_equal(cudaMalloc(&memory, 12345), cudaSuccess);
	call = the_call(GPU_MALLOC);
	assert_int_equal(call.bytes, 12345);
	assert_int_equal(call.address, (uintptr_t)memory);
	assert_int_equal(call.result, 0);
	assert_int_equal(cudaFree(memory), cudaSuccess);
	assert_int_equal(the_call(GPU_FREE).address, call.address);
}

static void what_is_refused_is_reported_with_the_error(void **state)
{
	struct gpu_event call;
	void *memory = &memory;

	(void)state;
	assert_int_equal(cudaMalloc(&memory, STAND_IN_MOST + 1), cudaErrorMemoryAllocation);
	call = the_call(GPU_MALLOC);
	assert_int_equal(call.result, cudaErrorMemoryAllocation);
	assert_int_equal(call.bytes, STAND_IN_MOST + 1);
	assert_int_equal(call.address, 0);
}

static void a_copy_is_reported_with_size_kind_and_stream(void **state)
{
	char from[100] = "data", to[100] = "";
	struct gpu_event call;

	(void)state;
	cudaMemcpy(to, from, sizeof(to), cudaMemcpyHostToDevice);
	call = the_call(GPU_MEMCPY);
	assert_string_equal(to, "data");
	assert_int_equal(call.address, (uintptr_t)to);
	assert_int_equal(call.bytes, sizeof(to));
	assert_int_equal(call.kind, cudaMemcpyHostToDevice);
	assert_int_equal(call.stream, 0);
}

static void an_asynchronous_copy_is_one_call_though_it_makes_another(void **state)
{
	char from[50] = "data", to[50] = "";
	unsigned int copies[2] = { 0 };
	int err;

	(void)state;
	cudaMemcpyAsync(to, from, sizeof(to), cudaMemcpyDeviceToHost, (void *)0x1234567890);
	skep_ring_foreach(events, e, 0, &err) {
		assert_in_range(e->function, GPU_MEMCPY, GPU_MEMCPY_ASYNC);
		copies[e->function - GPU_MEMCPY]++;
		assert_int_equal(e->bytes, sizeof(to));
		assert_int_equal(e->kind, cudaMemcpyDeviceToHost);
		assert_true(e->stream == (e->function == GPU_MEMCPY ? 0 : 0x1234567890));
	}
	assert_int_equal(err, 0);
	assert_int_equal(copies[1], 1);
}

/* As the code that CUDA's compiler puts into a program does when it starts. */
static void register_kernel(const char *stub, const char *name)
{
	__cudaRegisterFunction(NULL, stub, NULL, name, -1, NULL, NULL, NULL, NULL, NULL);
}

static void a_launch_is_reported_with_name_and_what_is_on_the_stack(void **state)
{
	const struct dim3 grid = { 4, 5, 6 }, block = { 32, 7, 1 };
	void *arguments[] = { NULL };
	struct gpu_event call;

	(void)state;
	register_kernel(&named_kernel, "_Z5saxpyPfS_f");
	cudaLaunchKernel(&named_kernel, grid, block, arguments, 49152, (void *)0xfedcba9876);
	call = the_call(GPU_LAUNCH);
	assert_string_equal(call.kernel, "_Z5saxpyPfS_f");
	assert_int_equal(call.address, (uintptr_t)&named_kernel);
	assert_memory_equal(call.grid, &grid, sizeof(grid));
	assert_memory_equal(call.block, &block, sizeof(block));
	assert_int_equal(call.bytes, 49152);
	assert_true(call.stream == 0xfedcba9876);
	cudaLaunchKernel(&unknown_kernel, block, grid, arguments, 0, NULL);
	call = the_call(GPU_LAUNCH);
	assert_string_equal(call.kernel, "");
	assert_int_equal(call.address, (uintptr_t)&unknown_kernel);
	assert_memory_equal(call.grid, &block, sizeof(block));
	assert_int_equal(call.stream, 0);
}

/* Whether this kernel has uprobes; says so if not. */
static int can_run(void)
{
	const struct skep_finding *finding = skep_kernel_finding(SKEP_CAN_UPROBE);

	if (!geteuid() && finding->answer == SKEP_YES)
		return 1;
	fprintf(stderr, "skipped: %s\n", geteuid() ? "needs root" : finding->why);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_reported_with_size_and_address),
		cmocka_unit_test(what_is_refused_is_reported_with_the_error),
		cmocka_unit_test(a_copy_is_reported_with_size_kind_and_stream),
		cmocka_unit_test(an_asynchronous_copy_is_one_call_though_it_makes_another),
		cmocka_unit_test(a_launch_is_reported_with_name_and_what_is_on_the_stack),
	};

	if (!can_run())
		return EXIT_SKIPPED;
	return cmocka_run_group_tests(tests, start, stop);
}
