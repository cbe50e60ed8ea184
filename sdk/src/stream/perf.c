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
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "base/opts.h"
#include "object/object.h"

#define BUFFER_BYTES (1u << 18) /* of each processor, unless the options say other */
#define BUFFER_MOST  (1u << 30)
#define RING_LEAST   (1u << 20) /* where they are emptied into: four buffers, but no less */
#define RING_MOST    (1u << 30)
#define LOOK_NS      UINT64_C(200000000) /* for processors that were off */

/* The buffer of one processor. */
struct perf_buffer {
	struct perf_event_mmap_page *page;
	int fd;
	uint32_t cpu;
};

struct skep_perf {
	int map_fd;
	uint64_t buffer_bytes, ring_bytes;
	uint32_t wakeup_bytes, wakeup_records;
	uint32_t entries; /* processors that may have one */
	uint32_t off;     /* of these: had none when last looked, at `looked_ns` */
	uint64_t looked_ns;
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

static void copy_out(const struct skep_perf *perf, const struct perf_buffer *buffer,
		     uint64_t position, void *to, size_t bytes)
{
	const unsigned char *data = (const unsigned char *)buffer->page + perf->page_bytes;
	size_t at = position & (perf->buffer_bytes - 1);
	size_t first = bytes < perf->buffer_bytes - at ? bytes : perf->buffer_bytes - at;

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
	unsigned char *to = perf->data + (produced & (perf->ring_bytes - 1));
	struct sample sample;
	uint32_t bytes;

	if (header->size < sizeof(sample))
		return true;
	copy_out(perf, buffer, tail, &sample, sizeof(sample));
	if (sample.bytes > header->size - sizeof(sample))
		return true;
	need = ((uint64_t)sample.bytes + SKEP_RING_HEADER + 7) & ~UINT64_C(7);
	if (used + need > perf->ring_bytes)
		return false;
	bytes = true_bytes(ring, sample.bytes);
	need = ((uint64_t)bytes + SKEP_RING_HEADER + 7) & ~UINT64_C(7);
	copy_out(perf, buffer, tail + sizeof(sample), to + SKEP_RING_HEADER, bytes);
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

		copy_out(perf, buffer, tail, &header, sizeof(header));
		if (header.size < sizeof(header) || header.size > head - tail) {
			ring->bad++; /* nothing tells where the next one begins */
			tail = head;
			break;
		}
		if (header.type == PERF_RECORD_SAMPLE && !put(ring, buffer, tail, &header))
			break;
		if (header.type == PERF_RECORD_LOST && header.size >= sizeof(lost)) {
			copy_out(perf, buffer, tail, &lost, sizeof(lost));
			perf->lost += lost.count;
		}
		tail += header.size;
	}
	__atomic_store_n(&buffer->page->data_tail, tail, __ATOMIC_RELEASE);
}

static int open_buffers(struct skep_ring *ring);

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* Processors that came meanwhile. What cannot be opened now is tried again. */
static void look_for_more(struct skep_ring *ring)
{
	SKEP_KEEP_ERROR;
	uint64_t now = now_ns();

	if (now - ring->perf->looked_ns < LOOK_NS)
		return;
	ring->perf->looked_ns = now;
	(void)!open_buffers(ring);
}

void skep_perf_pump(struct skep_ring *ring)
{
	if (ring->perf->off)
		look_for_more(ring);
	for (unsigned int i = 0; i < ring->perf->count; i++)
		empty(ring, &ring->perf->buffers[i]);
}

uint64_t skep_perf_lost(const struct skep_ring *ring)
{
	return ring->perf ? ring->perf->lost : 0;
}

uint64_t skep_perf_bytes(const struct skep_ring *ring)
{
	return ring->perf->buffer_bytes;
}

uint64_t skep_perf_bytes_most(void)
{
	return BUFFER_MOST;
}

void skep_perf_free(struct skep_perf *perf, bool mine)
{
	if (!perf)
		return;
	for (unsigned int i = 0; i < perf->count; i++) {
		struct perf_buffer *buffer = &perf->buffers[i];

		if (mine)
			bpf_map_delete_elem(perf->map_fd, &buffer->cpu);
		munmap(buffer->page, perf->page_bytes + perf->buffer_bytes);
		close(buffer->fd);
	}
	if (perf->map_fd >= 0)
		close(perf->map_fd);
	free(perf);
}

static int open_event(const struct skep_perf *perf, uint32_t cpu)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_BPF_OUTPUT,
		.sample_type = PERF_SAMPLE_RAW,
		.sample_period = 1,
		.watermark = !perf->wakeup_records,
	};

	if (perf->wakeup_records)
		attr.wakeup_events = perf->wakeup_records;
	else
		attr.wakeup_watermark = perf->wakeup_bytes;
	return (int)syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

static int refuse_event(const struct skep_ring *ring, uint32_t cpu, int err)
{
	int code = skep_fail(err, "cannot open a perf buffer for ring '%s', processor %u: %s",
			     ring->name, cpu, strerror(err));

	if (err == EMFILE || err == ENFILE)
		return skep_fail_hint(code, "a perf buffer is an open file of each processor: "
					    "raise ulimit -n");
	return skep_fail_hint(code, "it needs CAP_PERFMON, or CAP_SYS_ADMIN before 5.8");
}

/* 0, or -ENODEV without words for a processor that is off. */
static int open_buffer(struct skep_ring *ring, uint32_t cpu)
{
	struct epoll_event event = { .events = EPOLLIN };
	struct skep_perf *perf = ring->perf;
	AUTO_CLOSE int fd = open_event(perf, cpu);
	void *page;

	if (fd < 0)
		return errno == ENODEV ? -ENODEV : refuse_event(ring, cpu, errno);
	page = mmap(NULL, perf->page_bytes + perf->buffer_bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
		    fd, 0);
	if (page == MAP_FAILED)
		return skep_fail_hint(
			skep_fail(errno, "cannot map a perf buffer of ring '%s', %llu bytes: %s",
				  ring->name, (unsigned long long)perf->buffer_bytes,
				  strerror(errno)),
			"raise /proc/sys/kernel/perf_event_mlock_kb, ask for fewer .perf_bytes, or "
			"run as root");
	if (bpf_map_update_elem(perf->map_fd, &cpu, &fd, BPF_ANY) ||
	    epoll_ctl(ring->fd, EPOLL_CTL_ADD, fd, &event)) {
		int err = errno;

		munmap(page, perf->page_bytes + perf->buffer_bytes);
		return skep_fail(err, "cannot put a perf buffer into map '%s': %s", ring->name,
				 strerror(err));
	}
	perf->buffers[perf->count++] =
		(struct perf_buffer){ .page = page, .fd = skep_take_fd(&fd), .cpu = cpu };
	return 0;
}

static bool has_buffer(const struct skep_perf *perf, uint32_t cpu)
{
	for (unsigned int i = 0; i < perf->count; i++)
		if (perf->buffers[i].cpu == cpu)
			return true;
	return false;
}

/* For each processor that has none and is on. */
static int open_buffers(struct skep_ring *ring)
{
	struct skep_perf *perf = ring->perf;
	int err = 0;

	for (uint32_t cpu = 0; cpu < perf->entries && !err; cpu++) {
		if (has_buffer(perf, cpu))
			continue;
		err = open_buffer(ring, cpu);
		if (err == -ENODEV)
			err = 0;
	}
	perf->off = perf->entries - perf->count;
	return err;
}

/* As the kernel maps a ring: its data twice in a row, so that no record is split. */
static int map_ring(struct skep_ring *ring)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	AUTO_CLOSE int fd = (int)syscall(SYS_memfd_create, "skep-perf", 1u /* MFD_CLOEXEC */);
	unsigned char *memory;

	if (fd < 0 || ftruncate(fd, (off_t)(page + ring->perf->ring_bytes)))
		return skep_fail(errno, "no memory for ring '%s': %s", ring->name, strerror(errno));
	memory = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return skep_fail(ENOMEM, "no memory for ring '%s'", ring->name);
	ring->consumer_page = memory;
	ring->consumer = (uint64_t *)(void *)memory;
	memory = mmap(NULL, page + 2 * ring->perf->ring_bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
		      fd, 0);
	if (memory == MAP_FAILED)
		return skep_fail(ENOMEM, "no memory for ring '%s'", ring->name);
	ring->data_pages = memory;
	ring->data_bytes = page + 2 * ring->perf->ring_bytes;
	if (mmap(memory + page + ring->perf->ring_bytes, ring->perf->ring_bytes,
		 PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, (off_t)page) == MAP_FAILED)
		return skep_fail(ENOMEM, "no memory for ring '%s'", ring->name);
	ring->producer = ring->perf->producer = (uint64_t *)(void *)memory;
	ring->perf->data = memory + page;
	ring->at = (struct skep_ring_cursor){ .data = memory + page,
					      .mask = ring->perf->ring_bytes - 1 };
	return 0;
}

/* What the options say; perf itself wants its buffers to be powers of two. */
static int set_sizes(struct skep_ring *ring, const struct skep_ring_opts *opts)
{
	struct skep_perf *perf = ring->perf;
	size_t bytes = SKEP_OPT(opts, perf_bytes), wakeup = SKEP_OPT(opts, wakeup_bytes);

	perf->page_bytes = (size_t)sysconf(_SC_PAGESIZE);
	if (!bytes)
		bytes = BUFFER_BYTES;
	if (bytes < perf->page_bytes || bytes > BUFFER_MOST || (bytes & (bytes - 1)))
		return skep_fail_hint(skep_fail(EINVAL,
						"ring '%s': %zu is no size for a perf buffer",
						ring->name, bytes),
				      "a power of two, of at least %zu and at most %u",
				      perf->page_bytes, BUFFER_MOST);
	perf->buffer_bytes = bytes;
	perf->ring_bytes = bytes < RING_LEAST / 4 ? RING_LEAST : bytes * 4;
	if (perf->ring_bytes > RING_MOST)
		perf->ring_bytes = RING_MOST;
	/* A buffer that is full says nothing more: half of it must be enough. */
	perf->wakeup_bytes = (uint32_t)(wakeup < bytes / 2 ? wakeup : bytes / 2);
	perf->wakeup_records = SKEP_OPT(opts, perf_records);
	if (!perf->wakeup_records && !wakeup)
		perf->wakeup_records = 1;
	return 0;
}

int skep_perf_map(struct skep_ring *ring, int map_fd, uint32_t entries,
		  const struct skep_ring_opts *opts)
{
	int err, cpus = libbpf_num_possible_cpus();

	if (cpus <= 0)
		return skep_fail(cpus, "cannot tell how many processors there are");
	if (entries > (uint32_t)cpus)
		entries = (uint32_t)cpus;
	ring->perf = calloc(1, sizeof(*ring->perf) + entries * sizeof(ring->perf->buffers[0]));
	if (!ring->perf)
		return skep_fail(ENOMEM, "no memory for ring '%s'", ring->name);
	ring->perf->entries = entries;
	ring->perf->map_fd = -1;
	err = set_sizes(ring, opts);
	if (err)
		return err;
	ring->perf->map_fd = fcntl(map_fd, F_DUPFD_CLOEXEC, 0);
	if (ring->perf->map_fd >= 0)
		ring->fd = epoll_create1(EPOLL_CLOEXEC);
	if (ring->fd < 0)
		return skep_fail(errno, "cannot open ring '%s': %s", ring->name, strerror(errno));
	ring->perf->looked_ns = now_ns();
	err = map_ring(ring);
	return err ? err : open_buffers(ring);
}

int skep_perf_use(struct skep_object *object, const char *ring)
{
	return skep_object_use_perf(object, ring);
}
