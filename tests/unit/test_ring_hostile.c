// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* A ring whose memory holds anything: lengths and positions that cannot be. */
#include "harness/test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <skep/error.h>

#include "stream/ring.h"

#define SIZE 4096u

/* Memory as the kernel maps it: the data twice in a row, with a page that must not be touched. */
struct fake {
	uint64_t consumer, producer;
	unsigned char *data;
	struct skep_ring ring;
};

static void make(struct fake *f, uint64_t least, uint64_t most)
{
	int fd = memfd_create("ring", MFD_CLOEXEC);
	unsigned char *at;

	assert_int_equal(ftruncate(fd, SIZE), 0);
	at = mmap(NULL, 3 * SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(at != MAP_FAILED);
	for (int i = 0; i < 2; i++)
		assert_true(mmap(at + i * SIZE, SIZE, PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_FIXED, fd, 0) != MAP_FAILED);
	close(fd);
	memset(f, 0, sizeof(*f));
	f->data = at;
	f->ring.consumer = &f->consumer;
	f->ring.producer = &f->producer;
	f->ring.stop_fd = f->ring.fd = f->ring.epoll_fd = f->ring.timer_fd = -1;
	f->ring.at.data = at;
	f->ring.at.mask = SIZE - 1;
	f->ring.at.least = least;
	f->ring.at.spread = most - least;
	strcpy(f->ring.name, "fake");
	assert_int_equal(skep_ring_pace_set(&f->ring, NULL), 0);
}

static void drop(struct fake *f)
{
	munmap(f->data, 3 * SIZE);
}

static void put_header(struct fake *f, uint64_t position, uint32_t word)
{
	memcpy(f->data + (position & (SIZE - 1)), &word, sizeof(word));
}

/* Reads all of it by one of the ways to read; each record must lie inside the mapping. */
static unsigned int read_all(struct fake *f, bool inlined)
{
	union {
		struct skep_ring *ring;
		uint64_t *type;
	} handle = { .ring = &f->ring };
	unsigned int steps = 0;
	const void *record;
	size_t bytes;
	int err = -EBADMSG;

	while (err == -EBADMSG || !err) {
		assert_true(++steps < 10000);
		if (inlined) {
			skep_ring_foreach(handle, e, 0, &err) {
				assert_true((const unsigned char *)e >= f->data &&
					    (const unsigned char *)(e + 1) <= f->data + 2 * SIZE);
				assert_true(++steps < 10000);
			}
			if (!err)
				break;
			continue;
		}
		err = skep_ring_next_raw(&f->ring, &record, &bytes, 0);
		if (!err)
			assert_true((const unsigned char *)record >= f->data &&
				    (const unsigned char *)record + bytes <= f->data + 2 * SIZE);
	}
	return steps;
}

TEST(length_beyond_what_was_written_is_refused_with_all_behind_it)
{
	struct fake f;
	const void *record;

	make(&f, 8, 8);
	f.producer = 64;
	put_header(&f, 0, 8);
	put_header(&f, 16, 100000);
	assert_ok(skep_ring_next_raw(&f.ring, &record, NULL, 0));
	assert_error(skep_ring_next_raw(&f.ring, &record, NULL, 0), EBADMSG);
	assert_non_null(strstr(skep_error_last()->message, "corrupt"));
	assert_error(skep_ring_next_raw(&f.ring, &record, NULL, 0), EAGAIN);
	/* What comes then is read again. */
	put_header(&f, 64, 8);
	f.producer = 80;
	assert_ok(skep_ring_next_raw(&f.ring, &record, NULL, 0));
	drop(&f);
}

TEST(position_out_of_range_is_refused)
{
	static const uint64_t positions[] = { SIZE + 8, UINT64_MAX, UINT64_C(1) << 63, SIZE * 2 };
	const void *record;
	struct fake f;

	for (size_t i = 0; i < sizeof(positions) / sizeof(*positions); i++) {
		make(&f, 8, 8);
		f.producer = positions[i];
		assert_error(skep_ring_next_raw(&f.ring, &record, NULL, 0), EBADMSG);
		assert_error(skep_ring_next_raw(&f.ring, &record, NULL, 0), EAGAIN);
		drop(&f);
	}
}

/* Somebody wrote to the kernel's page: it would take the ring for full, and drop all that comes. */
TEST(consumer_position_that_cannot_be_is_put_back)
{
	static const uint64_t positions[] = { UINT64_C(1) << 63, UINT64_C(1) << 40, 80 };
	const void *record;
	struct fake f;

	for (size_t i = 0; i < sizeof(positions) / sizeof(*positions); i++) {
		make(&f, 8, 8);
		put_header(&f, 0, 8);
		f.producer = 16;
		assert_ok(skep_ring_next_raw(&f.ring, &record, NULL, 0));
		f.consumer = positions[i];
		assert_error(skep_ring_next_raw(&f.ring, &record, NULL, 0), EAGAIN);
		assert_true(f.consumer <= 16);
		drop(&f);
	}
}

TEST(ring_whose_position_was_wrong_when_it_was_opened_is_read_from_where_it_is)
{
	const void *record;
	struct fake f;

	make(&f, 8, 8);
	f.producer = 32;
	f.consumer = f.ring.published = f.ring.at.position = f.ring.at.last = f.ring.at.end =
		UINT64_C(1) << 40;
	assert_error(skep_ring_next_raw(&f.ring, &record, NULL, 0), EBADMSG);
	assert_error(skep_ring_next_raw(&f.ring, &record, NULL, 0), EAGAIN);
	assert_int_equal(f.consumer, 32);
	put_header(&f, 32, 8);
	f.producer = 48;
	assert_ok(skep_ring_next_raw(&f.ring, &record, NULL, 0));
	drop(&f);
}

/* Another reader of the same ring is ahead, or behind: its position is not ours to change. */
TEST(consumer_position_of_another_reader_is_left_alone)
{
	const void *record;
	struct fake f;

	make(&f, 8, 8);
	put_header(&f, 0, 8);
	put_header(&f, 16, 8);
	f.producer = 32;
	assert_ok(skep_ring_next_raw(&f.ring, &record, NULL, 0));
	assert_ok(skep_ring_next_raw(&f.ring, &record, NULL, 0));
	assert_error(skep_ring_next_raw(&f.ring, &record, NULL, 0), EAGAIN);
	f.consumer = 32;
	assert_error(skep_ring_next_raw(&f.ring, &record, NULL, 0), EAGAIN);
	assert_int_equal(f.consumer, 32);
	drop(&f);
}

TEST(nap_without_end_puts_records_off_for_100_ms_at_most)
{
	uint64_t rest = 0;
	struct fake f;

	make(&f, 8, 8);
	f.ring.pace.nap_ns = UINT64_MAX;
	f.ring.pace.bytes = 64;
	f.ring.pace.first_ns = skep_now_ns(); /* some ns ago, when it is looked at */
	f.producer = 16;
	assert_true(!skep_ring_is_early(&f.ring, &rest) || rest <= SKEP_REST_IDLE);
	drop(&f);
}

TEST(size_that_does_not_fit_is_counted_and_skipped)
{
	struct skep_ring_stats stats;
	const void *record;
	struct fake f;

	make(&f, 8, 8);
	put_header(&f, 0, 12);
	put_header(&f, 24, 8);
	f.producer = 40;
	assert_error(skep_ring_next_raw(&f.ring, &record, NULL, 0), EBADMSG);
	assert_ok(skep_ring_next_raw(&f.ring, &record, NULL, 0));
	skep_ring_stats(&f.ring, &stats);
	assert_int_equal(stats.bad, 1);
	assert_int_equal(stats.consumed, 1);
	drop(&f);
}

/* A generator of our own, so that a failure can be run again. */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void fill_at_random(struct fake *f, uint64_t *state)
{
	for (unsigned int at = 0; at < SIZE; at += 8) {
		uint64_t word = next_random(state);

		/* Mostly lengths that could be, so that reading gets far. */
		if (word & 7)
			word &= 0xc000001f;
		memcpy(f->data + at, &word, sizeof(word));
	}
}

TEST(random_rings_are_read_to_their_end_and_within_their_memory)
{
	uint64_t seed = 0x9e3779b97f4a7c15;
	unsigned int steps = 0;
	struct fake f;

	make(&f, 8, 8);
	for (int round = 0; round < 20000; round++) {
		fill_at_random(&f, &seed);
		f.ring.at.spread = next_random(&seed) % 3 ? 0 : next_random(&seed) % 4000;
		f.producer = f.ring.at.position + next_random(&seed) % (SIZE + 16);
		if (!(round % 50))
			f.producer = next_random(&seed);
		steps += read_all(&f, round & 1);
	}
	assert_true(steps > 20000);
	drop(&f);
}
