// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Packets in memory below 4 GiB, since contexts have pointers of 32 bits. The bytes around a packet
 * are marked for AddressSanitizer; without it, its end lies at the end of a page, behind which
 * nothing is.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "packet.h"

#define BYTES_MOST 65536
#define HEADROOM   256  /* of XDP, as bpf_prog_test_run gives it */
#define FRAME      40   /* of which the kernel keeps these */
#define TAILROOM   3520 /* what a page has beside headroom and the kernel's own */
#define LOW_FIRST  0x10000000UL
#define LOW_LAST   0x70000000UL
#define LOW_STEP   0x01000000UL

static struct skep_host_packet *packets;

static size_t page_bytes(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* Not by MAP_32BIT, which is only there on x86. */
static void *map_low(size_t bytes)
{
	for (uintptr_t at = LOW_FIRST; at < LOW_LAST; at += LOW_STEP) {
		void *area = mmap((void *)at, bytes, PROT_NONE, // NOLINT: a wish
				  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

		if (area == MAP_FAILED)
			continue;
		if ((uintptr_t)area == at)
			return area;
		munmap(area, bytes); /* a kernel before 4.17 */
	}
	return NULL;
}

/* A half: a page that nobody may touch, the packet's pages, and another such page. */
static unsigned char *open_half(struct skep_host_packet *packet, bool second, size_t bytes)
{
	unsigned char *half = packet->area + (second ? packet->half : 0);
	size_t room = packet->half - 2 * page_bytes();
	unsigned char *pages = half + page_bytes(), *at;

	if (mprotect(pages, room, PROT_READ | PROT_WRITE))
		skep_host_fail("no memory for a packet: %s", strerror(errno));
	skep_host_unpoison(pages, room);
	if (!skep_host_has_sanitizer())
		return pages + room - bytes;
	/* Marks are exact in front of what lies on 8 bytes, and behind anything. */
	at = pages + HEADROOM;
	skep_host_poison(pages, HEADROOM);
	skep_host_poison(at + bytes, room - HEADROOM - bytes);
	return at;
}

static void close_half(struct skep_host_packet *packet, bool second)
{
	unsigned char *pages = packet->area + (second ? packet->half : 0) + page_bytes();
	size_t room = packet->half - 2 * page_bytes();

	if (skep_host_has_sanitizer())
		skep_host_poison(pages, room);
	else
		mprotect(pages, room, PROT_NONE);
}

unsigned char *skep_host_packet_bytes(const struct skep_host_packet *packet)
{
	return packet->at + packet->meta;
}

static void write_contexts(struct skep_host_packet *packet)
{
	uint32_t data = (uint32_t)(uintptr_t)skep_host_packet_bytes(packet);
	uint32_t end = data + (uint32_t)packet->bytes, meta = (uint32_t)(uintptr_t)packet->at;

	packet->xdp.data = packet->skb.data = data;
	packet->xdp.data_end = packet->skb.data_end = end;
	packet->xdp.data_meta = packet->skb.data_meta = meta;
	packet->skb.len = (uint32_t)packet->bytes;
}

void skep_host_packet_move(struct skep_host_packet *packet, long head, long tail, long meta)
{
	size_t total = (size_t)((long)(packet->meta + packet->bytes) + head + tail + meta);
	size_t from_front = head + meta < 0 ? (size_t) - (head + meta) : 0;
	size_t to_front = head + meta > 0 ? (size_t)(head + meta) : 0;
	size_t keep = packet->meta + packet->bytes - from_front;
	unsigned char *old = packet->at, *at = open_half(packet, !packet->second, total);

	if (keep > total - to_front)
		keep = total - to_front;
	memset(at, 0, total);
	memcpy(at + to_front, old + from_front, keep);
	/* Metadata stays in front of the packet when its head moves. */
	if (head)
		memmove(at, old, packet->meta);
	close_half(packet, packet->second);
	packet->second = !packet->second;
	packet->at = at;
	packet->meta = (size_t)((long)packet->meta + meta);
	packet->bytes = (size_t)((long)packet->bytes + head + tail);
	packet->headroom = (size_t)((long)packet->headroom - head - meta);
	packet->tailroom = (size_t)((long)packet->tailroom - tail);
	write_contexts(packet);
}

/* The EtherType, as it stands in the packet. */
static uint16_t protocol_of(const unsigned char *data, size_t bytes)
{
	uint16_t type = 0;

	if (bytes >= 14)
		memcpy(&type, data + 12, sizeof(type));
	return type;
}

int skep_host_packet_new(struct skep_host_packet **out, const void *data, size_t bytes)
{
	size_t page = page_bytes(), room = (HEADROOM + bytes + TAILROOM + HEADROOM + page) / page;
	struct skep_host_packet *packet;

	if (bytes > BYTES_MOST || (bytes && !data))
		return skep_error_set(EINVAL, NULL,
				      bytes > BYTES_MOST ? "a packet of more than 64 KiB"
							 : "a packet without data");
	packet = calloc(1, sizeof(*packet));
	if (!packet)
		return skep_error_set(ENOMEM, NULL, "no memory");
	packet->half = (room + 2) * page;
	packet->area = map_low(2 * packet->half);
	if (!packet->area) {
		free(packet);
		return skep_error_set(ENOMEM, "free packets of earlier tests",
				      "no memory below 4 GiB for a packet");
	}
	packet->bytes = bytes;
	packet->headroom = HEADROOM - FRAME;
	packet->tailroom = bytes < TAILROOM ? TAILROOM - bytes : 0;
	packet->at = open_half(packet, false, bytes);
	if (bytes)
		memcpy(packet->at, data, bytes);
	packet->skb.protocol = protocol_of(packet->at, bytes);
	write_contexts(packet);
	packet->next = packets;
	packets = packet;
	*out = packet;
	return 0;
}

void skep_host_packet_free(struct skep_host_packet *packet)
{
	struct skep_host_packet **place = &packets;

	if (!packet)
		return;
	while (*place && *place != packet)
		place = &(*place)->next;
	if (!*place)
		return; /* skep_host_reset() was first */
	*place = packet->next;
	skep_host_unpoison(packet->area, 2 * packet->half);
	munmap(packet->area, 2 * packet->half);
	free(packet);
}

void skep_host_packets_reset(void)
{
	while (packets)
		skep_host_packet_free(packets);
}

struct skep_host_packet *skep_host_packet_of(const void *ctx)
{
	struct skep_host_packet *packet = packets;

	while (packet && ctx != &packet->xdp && ctx != &packet->skb)
		packet = packet->next;
	return packet;
}

struct skep_host_packet *skep_host_packet_need(const void *ctx, const char *helper)
{
	struct skep_host_packet *packet = skep_host_packet_of(ctx);

	if (!packet)
		skep_host_fail("%s() is given %p, which is no context of a packet: see "
			       "skep_host_xdp() and skep_host_skb()",
			       helper, ctx);
	return packet;
}

struct xdp_md *skep_host_xdp(struct skep_host_packet *packet)
{
	if (!packet)
		skep_host_fail("skep_host_xdp(): the packet is NULL");
	return &packet->xdp;
}

struct __sk_buff *skep_host_skb(struct skep_host_packet *packet)
{
	if (!packet)
		skep_host_fail("skep_host_skb(): the packet is NULL");
	return &packet->skb;
}

const void *skep_host_packet_data(const struct skep_host_packet *packet, size_t *bytes)
{
	if (bytes)
		*bytes = packet->bytes;
	return skep_host_packet_bytes(packet);
}

uint32_t skep_host_packet_redirected(const struct skep_host_packet *packet)
{
	return packet->redirected;
}
