// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Records that user space writes and a program drains. */
#include "harness/machine.h"
#include "harness/test.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "app.h"
#include "map_uses.h"

#define FILE_  "map_uses.bpf.o"
#define RECORD (sizeof(struct order) + 8) /* with its header */
#define ROOM   (4096 / RECORD)

typedef SKEP_USER_RING(struct order) order_ring;
typedef SKEP_USER_RING_WRITER(struct order) order_writer;

/* The variables of map_uses.bpf.c. */
struct globals {
	uint64_t orders_read, amount, next_number, out_of_order, odd_bytes;
};
typedef SKEP_MAP(__u32, struct globals) globals_map;
typedef SKEP_MEMORY(struct globals) globals_memory;

struct shop {
	struct skep_object *object;
	order_ring orders;
	order_writer writer;
	globals_memory globals;
};

static void open_shop(struct shop *shop)
{
	globals_map globals;

	shop->object = app_load(FILE_);
	assert_ok(skep_map_open(&shop->orders, shop->object, "orders"));
	assert_ok(skep_user_ring_new(&shop->writer, shop->orders));
	assert_ok(skep_map_open(&globals, shop->object, ".bss"));
	assert_ok(skep_map_memory(globals, &shop->globals));
	skep_map_free(globals.map);
}

static void close_shop(struct shop *shop)
{
	skep_memory_free(&shop->globals);
	skep_user_ring_free(shop->writer.ring);
	skep_map_free(shop->orders.map);
	skep_object_free(shop->object);
}

static int write_order(order_writer writer, uint64_t number)
{
	struct order *order = NULL;
	int err = skep_user_ring_reserve(writer, &order);

	if (err)
		return err;
	*order = (struct order){ .number = number, .amount = 2 };
	return skep_user_ring_submit(writer, order);
}

TEST(program_reads_what_was_submitted_in_order)
{
	struct shop shop;

	open_shop(&shop);
	for (uint64_t round = 0; round < 10; round++) {
		for (uint64_t i = 0; i < 100; i++)
			assert_ok(write_order(shop.writer, round * 100 + i));
		assert_int_equal(app_run(shop.object, "drain", 0, 0), 100);
	}
	assert_int_equal(shop.globals.value->orders_read, 1000);
	assert_int_equal(shop.globals.value->amount, 2000);
	assert_int_equal(shop.globals.value->out_of_order, 0);
	assert_int_equal(shop.globals.value->odd_bytes, 0);
	assert_int_equal(app_run(shop.object, "drain", 0, 0), 0);
	close_shop(&shop);
}

TEST(discarded_record_is_not_seen_and_a_reserved_one_holds_up_the_rest)
{
	struct order *first = NULL, *second = NULL;
	struct shop shop;

	open_shop(&shop);
	assert_ok(skep_user_ring_reserve(shop.writer, &first));
	assert_ok(skep_user_ring_reserve(shop.writer, &second));
	*second = (struct order){ .number = 0, .amount = 5 };
	assert_ok(skep_user_ring_submit(shop.writer, second));
	assert_int_equal(app_run(shop.object, "drain", 0, 0), 0);
	assert_ok(skep_user_ring_discard(shop.writer, first));
	app_run(shop.object, "drain", 0, 0);
	assert_int_equal(shop.globals.value->orders_read, 1);
	assert_int_equal(shop.globals.value->amount, 5);
	close_shop(&shop);
}

TEST(full_ring_is_eagain_or_etimedout_and_takes_more_after_a_drain)
{
	struct order *order = NULL;
	uint64_t written = 0;
	struct shop shop;
	int err;

	open_shop(&shop);
	while (!(err = write_order(shop.writer, written)))
		written++;
	assert_int_equal(err, -EAGAIN);
	assert_int_equal(written, ROOM);
	assert_string_equal(skep_error_last()->message, "ring 'orders' is full");
	assert_error(skep_user_ring_wait(shop.writer, &order, 20), ETIMEDOUT);
	assert_null(order);
	assert_int_equal(app_run(shop.object, "drain", 0, 0), ROOM);
	for (uint64_t i = 0; i < ROOM; i++)
		assert_ok(write_order(shop.writer, written + i));
	assert_int_equal(app_run(shop.object, "drain", 0, 0), ROOM);
	assert_int_equal(shop.globals.value->out_of_order, 0);
	close_shop(&shop);
}

static void *drain_later(void *arg)
{
	struct shop *shop = arg;

	nanosleep(&(struct timespec){ .tv_nsec = 50000000 }, NULL);
	app_run(shop->object, "drain", 0, 0);
	return NULL;
}

static uint64_t cpu_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

TEST(waiting_ends_when_the_program_drains_and_costs_no_cpu)
{
	struct order *order = NULL;
	struct shop shop;
	uint64_t number = 0, before;
	pthread_t thread;

	open_shop(&shop);
	while (!write_order(shop.writer, number))
		number++;
	before = cpu_ms();
	assert_int_equal(pthread_create(&thread, NULL, drain_later, &shop), 0);
	assert_ok(skep_user_ring_wait(shop.writer, &order, test_scaled_ms(5000)));
	pthread_join(thread, NULL);
	assert_true(cpu_ms() - before < (uint64_t)test_scaled_ms(40));
	assert_ok(skep_user_ring_discard(shop.writer, order));
	close_shop(&shop);
}

/* A byte is free, a record is not: the ring says "writable" all the time. */
TEST(waiting_without_enough_room_does_not_spin)
{
	struct shop shop;
	uint64_t before, number = 0;
	void *record = NULL;

	open_shop(&shop);
	while (!write_order(shop.writer, number))
		number++;
	/* Room for half of what is asked for. */
	assert_int_equal(app_run(shop.object, "drain", 0, 0), ROOM);
	assert_ok(skep_user_ring_reserve_raw(shop.writer.ring, &record, 2048, 0));
	before = cpu_ms();
	assert_error(skep_user_ring_reserve_raw(shop.writer.ring, &record, 2048, 300), ETIMEDOUT);
	assert_true(cpu_ms() - before < (uint64_t)test_scaled_ms(100));
	close_shop(&shop);
}

TEST(record_is_finished_once_and_in_its_ring)
{
	struct order *order = NULL, own = { 0 };
	struct shop shop;

	open_shop(&shop);
	assert_ok(skep_user_ring_reserve(shop.writer, &order));
	assert_ok(skep_user_ring_submit(shop.writer, order));
	assert_error(skep_user_ring_submit(shop.writer, order), EINVAL);
	app_assert_says("ring 'orders' has no such record that is reserved");
	assert_error(skep_user_ring_discard(shop.writer, order), EINVAL);
	assert_error(skep_user_ring_submit(shop.writer, &own), EINVAL);
	assert_error(skep_user_ring_submit_raw(shop.writer.ring, NULL), EINVAL);
	assert_error(skep_user_ring_submit_raw(shop.writer.ring, (char *)order + 1), EINVAL);
	assert_error(skep_user_ring_submit_raw(NULL, order), EINVAL);
	assert_int_equal(app_run(shop.object, "drain", 0, 0), 1);
	close_shop(&shop);
}

TEST(record_that_never_fits_is_e2big_and_none_is_einval)
{
	struct shop shop;
	void *record = NULL;

	open_shop(&shop);
	assert_error(skep_user_ring_reserve_raw(shop.writer.ring, &record, 4089, -1), E2BIG);
	assert_error(skep_user_ring_reserve_raw(shop.writer.ring, &record, SIZE_MAX, 0), E2BIG);
	assert_error(skep_user_ring_reserve_raw(shop.writer.ring, &record, SIZE_MAX - 7, 0), E2BIG);
	assert_error(skep_user_ring_reserve_raw(shop.writer.ring, &record, 0, 0), EINVAL);
	assert_error(skep_user_ring_reserve_raw(NULL, &record, 8, 0), EINVAL);
	assert_null(record);
	assert_ok(skep_user_ring_reserve_raw(shop.writer.ring, &record, 4088, 0));
	memset(record, 1, 4088);
	assert_ok(skep_user_ring_submit_raw(shop.writer.ring, record));
	assert_int_equal(app_run(shop.object, "drain", 0, 0), 1);
	close_shop(&shop);
}

/* A writer that goes away in the middle leaves a ring that the next one can use. */
TEST(what_was_only_reserved_is_discarded_at_the_end)
{
	struct order *order = NULL;
	struct shop shop;

	open_shop(&shop);
	assert_ok(write_order(shop.writer, 0));
	assert_ok(skep_user_ring_reserve(shop.writer, &order));
	skep_user_ring_free(shop.writer.ring);
	assert_ok(skep_user_ring_new(&shop.writer, shop.orders));
	assert_ok(write_order(shop.writer, 1));
	app_run(shop.object, "drain", 0, 0);
	app_run(shop.object, "drain", 0, 0);
	assert_int_equal(shop.globals.value->orders_read, 2);
	assert_int_equal(shop.globals.value->out_of_order, 0);
	close_shop(&shop);
}

TEST(writer_opens_for_user_rings_only_and_leaks_nothing)
{
	order_writer writer = { .ring = NULL };
	order_ring none = { .map = NULL };
	int fds = 0;
	size_t heap = 0;
	struct shop shop;

	open_shop(&shop);
	assert_error(skep_map_open(&none, shop.object, "jobs"), EPROTOTYPE);
	assert_error(skep_user_ring_new(&writer, none), EBADF);
	assert_error(skep_user_ring_new_raw(&writer.ring, skep_object_map(shop.object, "jobs")),
		     EPROTOTYPE);
	for (int i = 0; i < 8; i++) {
		if (i == 4) {
			fds = app_open_fds();
			heap = app_heap_bytes();
		}
		assert_ok(skep_user_ring_new(&writer, shop.orders));
		skep_user_ring_free(writer.ring);
	}
	assert_int_equal(app_open_fds(), fds);
	assert_int_equal(app_heap_bytes(), heap);
	writer.ring = NULL;
	close(skep_map_fd(shop.orders.map));
	assert_error(skep_user_ring_new(&writer, shop.orders), EBADF);
	assert_null(writer.ring);
	close_shop(&shop);
}
