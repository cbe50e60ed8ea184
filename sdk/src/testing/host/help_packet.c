// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Helpers of XDP, and those that XDP and tc both have. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "packet.h"

#define ETHERNET  14
#define META_MOST 32 /* before 6.4; now 255 */

#define REDIRECT_XDP XDP_REDIRECT
#define REDIRECT_TC  7 /* TC_ACT_REDIRECT */
#define SHOT_TC      2 /* TC_ACT_SHOT */

static long adjust_head(struct xdp_md *ctx, int by)
{
	struct skep_host_packet *packet = skep_host_packet_need(ctx, "bpf_xdp_adjust_head");

	if (-(long)by > (long)packet->headroom || (long)by > (long)packet->bytes - ETHERNET)
		return -EINVAL;
	skep_host_packet_move(packet, -(long)by, 0, 0);
	return 0;
}

static long adjust_tail(struct xdp_md *ctx, int by)
{
	struct skep_host_packet *packet = skep_host_packet_need(ctx, "bpf_xdp_adjust_tail");

	if ((long)by > (long)packet->tailroom || (long)packet->bytes + by < ETHERNET)
		return -EINVAL;
	skep_host_packet_move(packet, 0, by, 0);
	return 0;
}

static long adjust_meta(struct xdp_md *ctx, int by)
{
	struct skep_host_packet *packet = skep_host_packet_need(ctx, "bpf_xdp_adjust_meta");
	long meta = (long)packet->meta - by;

	if (meta < 0 || -(long)by > (long)packet->headroom)
		return -EINVAL;
	if (meta % 4 || meta > META_MOST)
		return -EACCES;
	skep_host_packet_move(packet, 0, 0, -(long)by);
	return 0;
}

static uint64_t buff_len(struct xdp_md *ctx)
{
	return skep_host_packet_need(ctx, "bpf_xdp_get_buff_len")->bytes;
}

static long xdp_load(struct xdp_md *ctx, uint32_t at, void *to, uint32_t bytes)
{
	const struct skep_host_packet *packet = skep_host_packet_need(ctx, "bpf_xdp_load_bytes");

	if (at > 0xffff || bytes > 0xffff)
		return -EFAULT;
	if ((uint64_t)at + bytes > packet->bytes)
		return -EINVAL;
	memcpy(to, skep_host_packet_bytes(packet) + at, bytes);
	return 0;
}

static long xdp_store(struct xdp_md *ctx, uint32_t at, const void *from, uint32_t bytes)
{
	const struct skep_host_packet *packet = skep_host_packet_need(ctx, "bpf_xdp_store_bytes");

	if (at > 0xffff || bytes > 0xffff)
		return -EFAULT;
	if ((uint64_t)at + bytes > packet->bytes)
		return -EINVAL;
	memcpy(skep_host_packet_bytes(packet) + at, from, bytes);
	return 0;
}

static long redirect(uint32_t ifindex, uint64_t flags)
{
	struct skep_host_packet *packet = skep_host_packet_need(skep_host.tail_ctx, "bpf_redirect");
	bool is_xdp = skep_host.tail_ctx == (void *)&packet->xdp;

	if (is_xdp ? flags != 0 : (flags & ~(uint64_t)BPF_F_INGRESS) != 0)
		return is_xdp ? XDP_ABORTED : SHOT_TC;
	packet->redirected = ifindex;
	return is_xdp ? REDIRECT_XDP : REDIRECT_TC;
}

const struct skep_host_fake_entry skep_host_packet_fakes[] = {
	SKEP_HOST_FAKE(xdp_adjust_head, adjust_head), SKEP_HOST_FAKE(xdp_adjust_tail, adjust_tail),
	SKEP_HOST_FAKE(xdp_adjust_meta, adjust_meta), SKEP_HOST_FAKE(xdp_get_buff_len, buff_len),
	SKEP_HOST_FAKE(xdp_load_bytes, xdp_load),     SKEP_HOST_FAKE(xdp_store_bytes, xdp_store),
	SKEP_HOST_FAKE(redirect, redirect),           { NULL, NULL },
};
