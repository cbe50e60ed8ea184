/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "ring_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include <bpf/bpf.h>
#include <skep/skep.h>

/* One for each size, so that the compiler knows it, as in a tool. */
#define DEFINE_TAKE(size_)                                                                         \
	static int take_##size_(void *ctx, void *data, size_t bytes)                               \
	{                                                                                          \
		struct ring_bench *b = ctx;                                                        \
                                                                                                   \
		(void)bytes;                                                                       \
		b->sum += ring_bench_sum(data, size_);                                             \
		b->records++;                                                                      \
		return 0;                                                                          \
	}

DEFINE_TAKE(8)
DEFINE_TAKE(16)
DEFINE_TAKE(32)
DEFINE_TAKE(64)
DEFINE_TAKE(128)
DEFINE_TAKE(256)
DEFINE_TAKE(512)
DEFINE_TAKE(1024)

ring_buffer_sample_fn ring_bench_take(size_t record_bytes)
{
	static const ring_buffer_sample_fn takes[] = { take_8,   take_16,  take_32,  take_64,
						       take_128, take_256, take_512, take_1024 };
	size_t i = 0;

	while (i < 7 && (size_t)8 << i < record_bytes)
		i++;
	return takes[i];
}

static void need(int err, const char *what)
{
	if (err)
		exit(skep_perror(what));
}

void ring_bench_open(struct ring_bench *b, size_t record_bytes, size_t ring_bytes)
{
	char name[32];

	*b = (struct ring_bench){ .bytes = record_bytes, .ring_bytes = ring_bytes };
	prctl(PR_SET_TIMERSLACK, 1000); /* for every variant alike */
	need(producer_open(&b->app, NULL), "open");
	need(producer_resize_events(b->app, (uint32_t)ring_bytes), "resize");
	need(producer_load(b->app), "load");
	snprintf(name, sizeof(name), "produce_%zu", record_bytes);
	b->program_fd = skep_program_fd(skep_object_program(producer_object(b->app), name));
	b->ring_fd = skep_map_fd(skep_object_map(producer_object(b->app), "events"));
	b->consumer = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, b->ring_fd, 0);
	b->producer = mmap(NULL, 4096, PROT_READ, MAP_SHARED, b->ring_fd, 4096);
	bench_need(b->consumer != MAP_FAILED && b->producer != MAP_FAILED, "mapping the ring");
	b->libbpf = ring_buffer__new(b->ring_fd, ring_bench_take(record_bytes), b, NULL);
	bench_need(b->libbpf, "libbpf's ring_buffer__new()");
}

void ring_bench_forget(const struct ring_bench *b)
{
	__atomic_store_n(b->consumer, __atomic_load_n(b->producer, __ATOMIC_ACQUIRE),
			 __ATOMIC_RELEASE);
}

void ring_bench_close(struct ring_bench *b)
{
	munmap(b->consumer, 4096);
	munmap((void *)(uintptr_t)b->producer, 4096);
	ring_buffer__free(b->libbpf);
	producer_free(b->app);
}

/* Programs of this kind write into the context that was given. */
struct produce ring_bench_produce(const struct ring_bench *b, struct produce how)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &how, .ctx_size_in = sizeof(how));

	bench_need(!bpf_prog_test_run_opts(b->program_fd, &opts), "running the producer");
	return how;
}

static void *fill(void *arg)
{
	const struct ring_bench *b = arg;
	uint32_t records = (uint32_t)(b->ring_bytes / ((b->bytes + 15) & ~(size_t)7)) - 2;

	ring_bench_produce(b, (struct produce){ .records = records, .flags = BPF_RB_NO_WAKEUP });
	return NULL;
}

void ring_bench_fill(const struct ring_bench *b)
{
	pthread_join(bench_thread(WRITER_CPU, fill, (void *)(uintptr_t)b), NULL);
}
