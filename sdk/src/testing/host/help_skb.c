// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Helpers of tc. All of a packet lies in one piece here. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "packet.h"

#define MANGLED_ZERO 0xffff /* UDP says with a zero that it has no checksum */
#define TAIL_MOST    65535

static long load_bytes(const void *ctx, uint32_t at, void *to, uint32_t bytes)
{
	const struct skep_host_packet *packet = skep_host_packet_need(ctx, "bpf_skb_load_bytes");

	if (at > INT_MAX || (uint64_t)at + bytes > packet->bytes) {
		memset(to, 0, bytes);
		return -EFAULT;
	}
	memcpy(to, skep_host_packet_bytes(packet) + at, bytes);
	return 0;
}

static long store_bytes(struct __sk_buff *ctx, uint32_t at, const void *from, uint32_t bytes,
			uint64_t flags)
{
	const struct skep_host_packet *packet = skep_host_packet_need(ctx, "bpf_skb_store_bytes");

	if (flags & ~(uint64_t)(BPF_F_RECOMPUTE_CSUM | BPF_F_INVALIDATE_HASH))
		return -EINVAL;
	if (at > INT_MAX || (uint64_t)at + bytes > packet->bytes)
		return -EFAULT;
	memcpy(skep_host_packet_bytes(packet) + at, from, bytes);
	return 0;
}

static long pull_data(struct __sk_buff *ctx, uint32_t bytes)
{
	return bytes <= skep_host_packet_need(ctx, "bpf_skb_pull_data")->bytes ? 0 : -ENOMEM;
}

static uint16_t fold(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

static uint64_t halves(uint64_t number)
{
	return (number & 0xffff) + (number >> 16 & 0xffff);
}

/* The checksum in the packet when `from` became `to`, each of `bytes`; 0: `to` is a difference. */
static int change_sum(uint16_t *sum, uint64_t from, uint64_t to, uint64_t bytes)
{
	uint64_t next = (uint16_t) ~*sum;

	if (bytes == 0 && from)
		return -EINVAL;
	if (bytes == 0)
		next += halves(to);
	else if (bytes == 2)
		next += (uint16_t)~from + (to & 0xffff);
	else if (bytes == 4)
		next += halves((uint32_t)~from) + halves(to);
	else
		return -EINVAL;
	*sum = (uint16_t)~fold(next);
	return 0;
}

/* NULL: the place is none. */
static unsigned char *sum_at(struct __sk_buff *ctx, uint32_t at, const char *helper)
{
	const struct skep_host_packet *packet = skep_host_packet_need(ctx, helper);

	if (at > 0xffff || at & 1 || at + 2 > packet->bytes)
		return NULL;
	return skep_host_packet_bytes(packet) + at;
}

static long l3_csum_replace(struct __sk_buff *ctx, uint32_t at, uint64_t from, uint64_t to,
			    uint64_t flags)
{
	unsigned char *place = sum_at(ctx, at, "bpf_l3_csum_replace");
	uint16_t sum;
	int err;

	if (flags & ~(uint64_t)BPF_F_HDR_FIELD_MASK)
		return -EINVAL;
	if (!place)
		return -EFAULT;
	memcpy(&sum, place, sizeof(sum));
	err = change_sum(&sum, from, to, flags & BPF_F_HDR_FIELD_MASK);
	if (!err)
		memcpy(place, &sum, sizeof(sum));
	return err;
}

static long l4_csum_replace(struct __sk_buff *ctx, uint32_t at, uint64_t from, uint64_t to,
			    uint64_t flags)
{
	const uint64_t known =
		BPF_F_MARK_MANGLED_0 | BPF_F_MARK_ENFORCE | BPF_F_PSEUDO_HDR | BPF_F_HDR_FIELD_MASK;
	unsigned char *place = sum_at(ctx, at, "bpf_l4_csum_replace");
	bool zero_is_none = flags & BPF_F_MARK_MANGLED_0;
	uint16_t sum;
	int err;

	if (flags & ~known)
		return -EINVAL;
	if (!place)
		return -EFAULT;
	memcpy(&sum, place, sizeof(sum));
	if (zero_is_none && !(flags & BPF_F_MARK_ENFORCE) && !sum)
		return 0;
	err = change_sum(&sum, from, to, flags & BPF_F_HDR_FIELD_MASK);
	if (err)
		return err;
	if (zero_is_none && !sum)
		sum = MANGLED_ZERO;
	memcpy(place, &sum, sizeof(sum));
	return 0;
}

static long change_tail(struct __sk_buff *ctx, uint32_t bytes, uint64_t flags)
{
	struct skep_host_packet *packet = skep_host_packet_need(ctx, "bpf_skb_change_tail");
	long by = (long)bytes - (long)packet->bytes;

	if (flags || bytes > TAIL_MOST || bytes < 14 || by > (long)packet->tailroom)
		return -EINVAL;
	skep_host_packet_move(packet, 0, by, 0);
	return 0;
}

static long nothing(void)
{
	return 0;
}

const struct skep_host_fake_entry skep_host_skb_fakes[] = {
	SKEP_HOST_FAKE(skb_load_bytes, load_bytes),
	SKEP_HOST_FAKE(skb_store_bytes, store_bytes),
	SKEP_HOST_FAKE(skb_pull_data, pull_data),
	SKEP_HOST_FAKE(l3_csum_replace, l3_csum_replace),
	SKEP_HOST_FAKE(l4_csum_replace, l4_csum_replace),
	SKEP_HOST_FAKE(skb_change_tail, change_tail),
	SKEP_HOST_FAKE(set_hash_invalid, nothing),
	{ NULL, NULL },
};
