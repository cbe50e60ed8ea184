/* SPDX-License-Identifier: 0BSD */
/*
 * A socket of AF_XDP that receives: memory in frames, a ring by which the kernel gets frames to fill, and
 * one by which they come back with packets in them. libxdp's <xdp/xsk.h> has the same, and sending.
 */
#ifndef XSK_H
#define XSK_H

#include <errno.h>
#include <linux/if_xdp.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <skep/skep.h>

#define XSK_FRAMES 1024 /* a power of two: rings are that long */
#define XSK_FRAME  4096 /* bytes; 256 and more of them are the driver's */

/* Both sides count up for ever; a number's place in the ring is its lowest bits. */
struct xsk_ring {
	uint32_t *produced, *consumed;
	void *slots;
};

struct xsk {
	int fd;
	unsigned char *frames;
	struct xsk_ring to_fill, received;
	bool copies; /* the driver cannot write into our memory itself */
};

/* `frame` begins with the Ethernet header. A negative number ends xsk_receive(). */
typedef int (*xsk_fn)(const unsigned char *frame, uint32_t bytes, void *ctx);

static int xsk_map(const struct xsk *xsk, struct xsk_ring *ring, off_t which,
		   const struct xdp_ring_offset *at, size_t slot)
{
	unsigned char *start = mmap(NULL, at->desc + XSK_FRAMES * slot, PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_POPULATE, xsk->fd, which);

	if (start == MAP_FAILED)
		return -1;
	ring->produced = (uint32_t *)(start + at->producer);
	ring->consumed = (uint32_t *)(start + at->consumer);
	ring->slots = start + at->desc;
	return 0;
}

static int xsk_make_rings(struct xsk *xsk)
{
	const struct xdp_umem_reg memory = { .addr = (uintptr_t)xsk->frames,
					     .len = XSK_FRAMES * XSK_FRAME,
					     .chunk_size = XSK_FRAME };
	const int entries = XSK_FRAMES;
	struct xdp_mmap_offsets at;
	socklen_t length = sizeof(at);

	/* The completion ring is for sending only, but no socket is bound without. */
	return setsockopt(xsk->fd, SOL_XDP, XDP_UMEM_REG, &memory, sizeof(memory)) ||
	       setsockopt(xsk->fd, SOL_XDP, XDP_UMEM_FILL_RING, &entries, sizeof(entries)) ||
	       setsockopt(xsk->fd, SOL_XDP, XDP_UMEM_COMPLETION_RING, &entries, sizeof(entries)) ||
	       setsockopt(xsk->fd, SOL_XDP, XDP_RX_RING, &entries, sizeof(entries)) ||
	       getsockopt(xsk->fd, SOL_XDP, XDP_MMAP_OFFSETS, &at, &length) ||
	       xsk_map(xsk, &xsk->to_fill, XDP_UMEM_PGOFF_FILL_RING, &at.fr, sizeof(uint64_t)) ||
	       xsk_map(xsk, &xsk->received, XDP_PGOFF_RX_RING, &at.rx, sizeof(struct xdp_desc));
}

/* The kernel may write into the frame at this place. */
static void xsk_give(struct xsk *xsk, uint64_t frame)
{
	struct xsk_ring *ring = &xsk->to_fill;
	uint64_t *slots = ring->slots;
	uint32_t next = *ring->produced;

	slots[next % XSK_FRAMES] = frame;
	__atomic_store_n(ring->produced, next + 1, __ATOMIC_RELEASE);
}

/* A driver that can writes into our memory; for others the kernel copies. */
static int xsk_bind(struct xsk *xsk, unsigned int interface, unsigned int queue)
{
	const struct sockaddr_xdp address = { .sxdp_family = AF_XDP,
					      .sxdp_ifindex = interface,
					      .sxdp_queue_id = queue };
	struct xdp_options options = { 0 };
	socklen_t length = sizeof(options);

	for (uint64_t i = 0; i < XSK_FRAMES; i++)
		xsk_give(xsk, i * XSK_FRAME);
	if (bind(xsk->fd, (const struct sockaddr *)&address, sizeof(address)) ||
	    getsockopt(xsk->fd, SOL_XDP, XDP_OPTIONS, &options, &length))
		return -1;
	xsk->copies = !(options.flags & XDP_OPTIONS_ZEROCOPY);
	return 0;
}

static const char *xsk_hint(int code)
{
	return code == EPERM          ? "sockets of AF_XDP need CAP_NET_RAW"
	       : code == ENOBUFS      ? "CAP_IPC_LOCK, or a larger `ulimit -l`"
	       : code == EBUSY        ? "another socket of AF_XDP has this queue"
	       : code == EAFNOSUPPORT ? "this kernel has no AF_XDP (CONFIG_XDP_SOCKETS)"
				      : NULL;
}

/* One for each queue of an interface: a packet can go to the socket of its own queue only. */
static inline int xsk_open(struct xsk *xsk, unsigned int interface, unsigned int queue)
{
	int code;

	*xsk = (struct xsk){ .fd = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0) };
	xsk->frames = mmap(NULL, XSK_FRAMES * XSK_FRAME, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (xsk->fd >= 0 && xsk->frames != MAP_FAILED && !xsk_make_rings(xsk) &&
	    !xsk_bind(xsk, interface, queue))
		return 0;
	code = errno;
	return skep_error_set(code, xsk_hint(code), "no AF_XDP socket at queue %u: %s", queue,
			      strerror(code));
}

/* What has come since the last time; then the frames are the kernel's again. */
static inline int xsk_receive(struct xsk *xsk, xsk_fn fn, void *ctx)
{
	struct xsk_ring *ring = &xsk->received;
	uint32_t end = __atomic_load_n(ring->produced, __ATOMIC_ACQUIRE), next = *ring->consumed;
	const struct xdp_desc *slots = ring->slots;
	int err = 0;

	for (; next != end && !err; next++) {
		const struct xdp_desc *packet = &slots[next % XSK_FRAMES];

		err = fn(xsk->frames + packet->addr, packet->len, ctx);
		xsk_give(xsk, packet->addr / XSK_FRAME * XSK_FRAME);
	}
	__atomic_store_n(ring->consumed, next, __ATOMIC_RELEASE);
	return err;
}

/* Packets that were for the socket and are lost: we are too slow, or they are larger than a frame. */
static inline uint64_t xsk_lost(const struct xsk *xsk)
{
	struct xdp_statistics seen = { 0 };
	socklen_t length = sizeof(seen);

	getsockopt(xsk->fd, SOL_XDP, XDP_STATISTICS, &seen, &length);
	return seen.rx_dropped + seen.rx_ring_full + seen.rx_fill_ring_empty_descs;
}

#endif
