/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "perf.h"

#include <skep/perf.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "object/object.h"

#define BUFFER_BYTES (1u << 18) /* of each processor */
#define RING_BYTES   (1u << 20) /* where they are emptied into */

/* The buffer of one processor. */
struct perf_buffer {
	struct perf_event_mmap_page *page;
	int fd;
	uint32_t cpu;
};

struct skep_perf {
	int map_fd;
	size_t page_bytes;
	uint64_t lost;
	uint64_t *producer; /* of the ring, to be written */
	unsigned char *data;
	unsigned int count;
	struct perf_buffer buffers[];
};

/* What PERF_SAMPLE_RAW puts behind the header. */
struct sample {
	struct perf_event_header header;
	uint32_t bytes;
};

struct lost {
	struct perf_event_header header;
	uint64_t id, count;
};

static void copy_out(const struct perf_buffer *buffer, size_t page_bytes, uint64_t position,
		     void *to, size_t bytes)
{
	const unsigned char *data = (const unsigned char *)buffer->page + page_bytes;
	size_t at = position & (BUFFER_BYTES - 1);
	size_t first = bytes < BUFFER_BYTES - at ? bytes : BUFFER_BYTES - at;

	memcpy(to, data + at, first);
	memcpy((unsigned char *)to + first, data, bytes - first);
}

/* perf rounds up, so that a record's length is known for what it can be only. */
static uint32_t true_bytes(const struct skep_ring *ring, uint32_t bytes)
{
	uint64_t least = ring->at.least, most = least + ring->at.spread;
	uint64_t padded = ((most + 4 + 7) & ~UINT64_C(7)) - 4;

	return bytes > most && bytes <= padded ? (uint32_t)most : bytes;
}

/* False when there is no room. What cannot be a record is left out. */
static bool put(struct skep_ring *ring, const struct perf_buffer *buffer, uint64_t tail,
		const struct perf_event_header *header)
{
	struct skep_perf *perf = ring->perf;
	uint64_t produced = *perf->producer, used = produced - ring->published, need;
	unsigned char *to = perf->data + (produced & (RING_BYTES - 1));
	struct sample sample;
	uint32_t bytes;

	if (header->size < sizeof(sample))
		return true;
	copy_out(buffer, perf->page_bytes, tail, &sample, sizeof(sample));
	if (sample.bytes > header->size - sizeof(sample))
		return true;
	need = ((uint64_t)sample.bytes + SKEP_RING_HEADER + 7) & ~UINT64_C(7);
	if (used + need > RING_BYTES)
		return false;
	bytes = true_bytes(ring, sample.bytes);
	need = ((uint64_t)bytes + SKEP_RING_HEADER + 7) & ~UINT64_C(7);
	copy_out(buffer, perf->page_bytes, tail + sizeof(sample), to + SKEP_RING_HEADER, bytes);
	__atomic_store_n((uint32_t *)(void *)to, bytes, __ATOMIC_RELEASE);
	__atomic_store_n(perf->producer, produced + need, __ATOMIC_RELEASE);
	return true;
}

static void empty(struct skep_ring *ring, const struct perf_buffer *buffer)
{
	struct skep_perf *perf = ring->perf;
	uint64_t head = __atomic_load_n(&buffer->page->data_head, __ATOMIC_ACQUIRE);
	uint64_t tail = buffer->page->data_tail;

	while (tail < head) {
		struct perf_event_header header;
		struct lost lost;

		copy_out(buffer, perf->page_bytes, tail, &header, sizeof(header));
		if (header.size < sizeof(header) || header.size > head - tail) {
			ring->bad++; /* nothing tells where the next one begins */
			tail = head;
			break;
		}
		if (header.type == PERF_RECORD_SAMPLE && !put(ring, buffer, tail, &header))
			break;
		if (header.type == PERF_RECORD_LOST && header.size >= sizeof(lost)) {
			copy_out(buffer, perf->page_bytes, tail, &lost, sizeof(lost));
			perf->lost += lost.count;
		}
		tail += header.size;
	}
	__atomic_store_n(&buffer->page->data_tail, tail, __ATOMIC_RELEASE);
}

void skep_perf_pump(struct skep_ring *ring)
{
	for (unsigned int i = 0; i < ring->perf->count; i++)
		empty(ring, &ring->perf->buffers[i]);
}

uint64_t skep_perf_lost(const struct skep_ring *ring)
{
	return ring->perf ? ring->perf->lost : 0;
}

void skep_perf_free(struct skep_perf *perf, bool mine)
{
	if (!perf)
		return;
	for (unsigned int i = 0; i < perf->count; i++) {
		struct perf_buffer *buffer = &perf->buffers[i];

		if (mine)
			bpf_map_delete_elem(perf->map_fd, &buffer->cpu);
		munmap(buffer->page, perf->page_bytes + BUFFER_BYTES);
		close(buffer->fd);
	}
	if (perf->map_fd >= 0)
		close(perf->map_fd);
	free(perf);
}

/* 0, or -ENODEV without words for a processor that is off. */
static int open_buffer(struct skep_ring *ring, uint32_t cpu)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_BPF_OUTPUT,
		.sample_type = PERF_SAMPLE_RAW,
		.sample_period = 1,
		.wakeup_events = 1,
	};
	struct epoll_event event = { .events = EPOLLIN };
	struct skep_perf *perf = ring->perf;
	AUTO_CLOSE int fd =
		(int)syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
	void *page;

	if (fd < 0 && errno == ENODEV)
		return -ENODEV;
	if (fd < 0)
		return skep_fail_hint(skep_fail(errno,
						"cannot open a perf buffer for ring '%s', "
						"processor %u: %s",
						ring->name, cpu, strerror(errno)),
				      "it needs CAP_PERFMON, or CAP_SYS_ADMIN before 5.8");
	page = mmap(NULL, perf->page_bytes + BUFFER_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		    0);
	if (page == MAP_FAILED)
		return skep_fail_hint(skep_fail(errno, "cannot map a perf buffer of ring '%s': %s",
						ring->name, strerror(errno)),
				      "raise /proc/sys/kernel/perf_event_mlock_kb, or run as root");
	if (bpf_map_update_elem(perf->map_fd, &cpu, &fd, BPF_ANY) ||
	    epoll_ctl(ring->fd, EPOLL_CTL_ADD, fd, &event)) {
		int err = errno;

		munmap(page, perf->page_bytes + BUFFER_BYTES);
		return skep_fail(err, "cannot put a perf buffer into map '%s': %s", ring->name,
				 strerror(err));
	}
	perf->buffers[perf->count++] =
		(struct perf_buffer){ .page = page, .fd = skep_take_fd(&fd), .cpu = cpu };
	return 0;
}

/* As the kernel maps a ring: its data twice in a row, so that no record is split. */
static int map_ring(struct skep_ring *ring)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	AUTO_CLOSE int fd = (int)syscall(SYS_memfd_create, "skep-perf", 1u /* MFD_CLOEXEC */);
	unsigned char *memory;

	if (fd < 0 || ftruncate(fd, (off_t)(page + RING_BYTES)))
		return skep_fail(errno, "no memory for ring '%s': %s", ring->name, strerror(errno));
	memory = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return skep_fail(ENOMEM, "no memory for ring '%s'", ring->name);
	ring->consumer_page = memory;
	ring->consumer = (uint64_t *)(void *)memory;
	memory = mmap(NULL, page + 2ul * RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		return skep_fail(ENOMEM, "no memory for ring '%s'", ring->name);
	ring->data_pages = memory;
	ring->data_bytes = page + 2ul * RING_BYTES;
	if (mmap(memory + page + RING_BYTES, RING_BYTES, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_FIXED, fd, (off_t)page) == MAP_FAILED)
		return skep_fail(ENOMEM, "no memory for ring '%s'", ring->name);
	ring->producer = ring->perf->producer = (uint64_t *)(void *)memory;
	ring->perf->data = memory + page;
	ring->at = (struct skep_ring_cursor){ .data = memory + page, .mask = RING_BYTES - 1 };
	return 0;
}

int skep_perf_map(struct skep_ring *ring, int map_fd, uint32_t entries)
{
	int err, cpus = libbpf_num_possible_cpus();

	if (cpus <= 0)
		return skep_fail(cpus, "cannot tell how many processors there are");
	if (entries > (uint32_t)cpus)
		entries = (uint32_t)cpus;
	ring->perf = calloc(1, sizeof(*ring->perf) + entries * sizeof(ring->perf->buffers[0]));
	if (!ring->perf)
		return skep_fail(ENOMEM, "no memory for ring '%s'", ring->name);
	ring->perf->page_bytes = (size_t)sysconf(_SC_PAGESIZE);
	ring->perf->map_fd = fcntl(map_fd, F_DUPFD_CLOEXEC, 0);
	if (ring->perf->map_fd >= 0)
		ring->fd = epoll_create1(EPOLL_CLOEXEC);
	if (ring->fd < 0)
		return skep_fail(errno, "cannot open ring '%s': %s", ring->name, strerror(errno));
	err = map_ring(ring);
	for (uint32_t cpu = 0; cpu < entries && !err; cpu++) {
		err = open_buffer(ring, cpu);
		if (err == -ENODEV)
			err = 0;
	}
	return err;
}

int skep_perf_use(struct skep_object *object, const char *ring)
{
	return skep_object_use_perf(object, ring);
}
