/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The writing end of a user ring buffer. The kernel's side of it: a page with the position that
 * the program has read to, one with ours, and the data twice in a row, so that a record never
 * wraps. A record has a header of 8 bytes, whose first four are its length and two flags.
 */
#include <skep/map/user_ring.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <linux/bpf.h>

#include "want.h"

#define HEADER      BPF_RINGBUF_HDR_SZ
#define STEP_MS     100 /* a program may drain without waking anybody */
#define LENGTH_MASK (~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT))

struct skep_user_ring {
	const unsigned long *consumer; /* written by the kernel */
	unsigned long *producer;
	unsigned char *data;
	size_t page;
	size_t bytes; /* of data, once */
	int poll;     /* says when there may be room */
	int fd;
	char name[64];
};

static int refuse_mapping(const struct skep_map *map, int err)
{
	if (err == EPERM || err == EACCES)
		return skep_fail_hint(
			skep_fail(EPERM, "ring '%s' may not be written from user space", map->name),
			"open it with a file descriptor that may read and write");
	return skep_fail(err, "cannot map ring '%s': %s", map->name, strerror(err));
}

static int map_pages(struct skep_user_ring *ring, const struct skep_map *map)
{
	void *at = mmap(NULL, ring->page, PROT_READ, MAP_SHARED, map->fd, 0);

	if (at == MAP_FAILED)
		return refuse_mapping(map, errno);
	ring->consumer = at;
	at = mmap(NULL, ring->page + 2 * ring->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, map->fd,
		  (off_t)ring->page);
	if (at == MAP_FAILED)
		return refuse_mapping(map, errno);
	ring->producer = at;
	ring->data = (unsigned char *)at + ring->page;
	return 0;
}

/* Edges only: the ring is "writable" as soon as a byte is free, and we may need more. */
static int open_poll(struct skep_user_ring *ring, const struct skep_map *map)
{
	struct epoll_event event = { .events = EPOLLOUT | EPOLLET };

	ring->fd = skep_map_duplicate_fd(map->fd);
	if (ring->fd < 0)
		return ring->fd;
	ring->poll = epoll_create1(EPOLL_CLOEXEC);
	if (ring->poll < 0 || epoll_ctl(ring->poll, EPOLL_CTL_ADD, ring->fd, &event))
		return skep_fail(errno, "cannot wait for ring '%s': %s", map->name,
				 strerror(errno));
	return 0;
}

int skep_user_ring_new_raw(struct skep_user_ring **out, const struct skep_map *map)
{
	SKEP_AUTO(skep_user_ring) *ring = NULL;
	int err = skep_map_want(map, SKEP_ACCESS_USER_RING, "records to write");

	if (err)
		return err;
	ring = calloc(1, sizeof(*ring));
	if (!ring)
		return skep_fail(ENOMEM, "no memory for a writer of ring '%s'", map->name);
	ring->poll = ring->fd = -1;
	ring->page = (size_t)sysconf(_SC_PAGESIZE);
	ring->bytes = map->entries;
	memcpy(ring->name, map->name, sizeof(ring->name));
	err = open_poll(ring, map);
	if (!err)
		err = map_pages(ring, map);
	if (err)
		return err;
	*out = SKEP_TAKE(ring);
	return 0;
}

static uint32_t *header_at(const struct skep_user_ring *ring, unsigned long position)
{
	return (uint32_t *)(void *)(ring->data + (position & (ring->bytes - 1)));
}

static size_t whole(size_t bytes)
{
	return (bytes + HEADER + 7) & ~(size_t)7;
}

/* Records that are still reserved would hold up the ring for good. */
static void discard_rest(struct skep_user_ring *ring)
{
	unsigned long at = __atomic_load_n(ring->consumer, __ATOMIC_ACQUIRE);
	unsigned long end = *ring->producer;

	while (at < end && end - at <= ring->bytes) {
		uint32_t *header = header_at(ring, at);
		uint32_t length = __atomic_load_n(header, __ATOMIC_ACQUIRE);

		if (length & BPF_RINGBUF_BUSY_BIT)
			__atomic_store_n(header, (length & LENGTH_MASK) | BPF_RINGBUF_DISCARD_BIT,
					 __ATOMIC_RELEASE);
		at += whole(length & LENGTH_MASK);
	}
}

void skep_user_ring_free(struct skep_user_ring *ring)
{
	SKEP_KEEP_ERROR;

	if (!ring)
		return;
	if (ring->producer) {
		discard_rest(ring);
		munmap(ring->producer, ring->page + 2 * ring->bytes);
	}
	if (ring->consumer)
		munmap((void *)(uintptr_t)ring->consumer, ring->page);
	if (ring->poll >= 0)
		close(ring->poll);
	if (ring->fd >= 0)
		close(ring->fd);
	free(ring);
}

/* -EAGAIN, without words, when there is no room now. */
static int try_reserve(struct skep_user_ring *ring, void **record, size_t bytes)
{
	unsigned long consumer = __atomic_load_n(ring->consumer, __ATOMIC_ACQUIRE);
	unsigned long producer = *ring->producer;
	uint32_t *header;

	if (producer - consumer > ring->bytes || producer & 7)
		return skep_fail_hint(skep_fail(EBADMSG,
						"the positions of ring '%s' cannot be: %lu "
						"written, %lu read",
						ring->name, producer, consumer),
				      "let one process only write this ring");
	if (ring->bytes - (producer - consumer) < whole(bytes))
		return -EAGAIN;
	header = header_at(ring, producer);
	header[0] = (uint32_t)bytes | BPF_RINGBUF_BUSY_BIT;
	header[1] = 0;
	/* The program looks at the header as soon as it sees the position. */
	__atomic_store_n(ring->producer, producer + whole(bytes), __ATOMIC_RELEASE);
	*record = header + HEADER / sizeof(*header);
	return 0;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits until the ring may have room. 0 also when it only looked again. */
static int wait_once(const struct skep_user_ring *ring, int64_t left_ms)
{
	struct epoll_event event;
	int step = left_ms < 0 || left_ms > STEP_MS ? STEP_MS : (int)left_ms;

	if (epoll_wait(ring->poll, &event, 1, step) >= 0)
		return 0;
	return errno == EINTR ? skep_fail_quick(EINTR, "a signal came while ring '%s' was full",
						ring->name)
			      : skep_fail(errno, "cannot wait for ring '%s': %s", ring->name,
					  strerror(errno));
}

int skep_user_ring_reserve_raw(struct skep_user_ring *ring, void **record, size_t bytes,
			       int timeout_ms)
{
	int64_t end;
	int err;

	if (!ring || !bytes)
		return skep_fail_hint(skep_fail(EINVAL, ring ? "a record has a byte at least"
							     : "there is no writer of a ring"),
				      "open it with skep_user_ring_new(), and reserve sizeof(T)");
	if (bytes > ring->bytes || whole(bytes) > ring->bytes)
		return skep_fail_hint(
			skep_fail(E2BIG, "ring '%s' has %zu bytes: a record of %zu never fits",
				  ring->name, ring->bytes, bytes),
			"give it more max_entries: they are bytes");
	err = try_reserve(ring, record, bytes);
	if (err != -EAGAIN)
		return err;
	if (!timeout_ms)
		return skep_fail_quick(EAGAIN, "ring '%s' is full", ring->name);
	end = now_ms() + timeout_ms;
	do {
		int64_t left = timeout_ms < 0 ? -1 : end - now_ms();

		if (timeout_ms > 0 && left <= 0)
			return skep_fail_quick(ETIMEDOUT, "ring '%s' was full all the time",
					       ring->name);
		err = wait_once(ring, left);
		if (!err)
			err = try_reserve(ring, record, bytes);
	} while (err == -EAGAIN);
	return err;
}

/* A record that is reserved is one of ours, at its beginning, and busy. */
static int finish(struct skep_user_ring *ring, void *record, uint32_t flag)
{
	uintptr_t at = (uintptr_t)record, first = ring ? (uintptr_t)ring->data + HEADER : 0;
	uint32_t *header, length;

	if (!ring || at < first || at - first >= ring->bytes || at & 7)
		goto foreign;
	header = (uint32_t *)(at - HEADER);
	length = *header;
	if (!(length & BPF_RINGBUF_BUSY_BIT))
		goto foreign;
	__atomic_store_n(header, (length & LENGTH_MASK) | flag, __ATOMIC_RELEASE);
	return 0;

foreign:
	return skep_fail_hint(
		skep_fail(EINVAL, "ring '%s' has no such record that is reserved",
			  ring ? ring->name : "(none)"),
		"submit or discard a record once, in the ring that it was reserved in");
}

int skep_user_ring_submit_raw(struct skep_user_ring *ring, void *record)
{
	return finish(ring, record, 0);
}

int skep_user_ring_discard_raw(struct skep_user_ring *ring, void *record)
{
	return finish(ring, record, BPF_RINGBUF_DISCARD_BIT);
}
