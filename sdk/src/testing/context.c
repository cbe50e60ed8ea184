// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Runs a program on a packet: what the kernel wants of contexts, and what it gives back. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include <skep/object.h>
#include <skep/testing.h>

#include "base/opts.h"
#include "testing/options.h"

#define META_MOST 255
#define META_SURE 32   /* bytes that every kernel takes */
#define GROWTH    4096 /* by which a program may make a packet longer: more than kernels allow */
#define SURE      3000 /* bytes that every kernel takes */
#define LEAST     14   /* of a packet: an Ethernet header */

struct run {
	const struct skep_program *program;
	bool is_xdp;
	struct skep_test_ctx ctx; /* as given */
	union {
		struct xdp_md xdp;
		struct __sk_buff skb;
	} in, out;
	size_t ctx_bytes; /* of in */
	unsigned char *data_in, *data_out;
	size_t bytes_in, room_out;
};

static int refuse(const struct run *run, const char *hint, const char *what)
{
	return skep_error_set(EINVAL, hint, "program '%s' (SEC(\"%s\")): %s",
			      skep_program_name(run->program), skep_program_section(run->program),
			      what);
}

/* The caller's context as this library has it: longer or shorter. */
static int take_ctx(struct run *run, const struct skep_test_packet_opts *opts)
{
	const struct skep_test_ctx *ctx = SKEP_OPT(opts, ctx), *out = SKEP_OPT(opts, ctx_out);
	int err = skep_test_opts_check(ctx, sizeof(*ctx), "struct skep_test_ctx");

	if (!err && out && out->sz < sizeof(size_t))
		err = skep_error_set(EINVAL, "set `.sz = sizeof(struct skep_test_ctx)`",
				     "options of skep_test_packet: the sz of ctx_out is not set");
	if (!err && ctx)
		memcpy(&run->ctx, ctx, ctx->sz < sizeof(*ctx) ? ctx->sz : sizeof(*ctx));
	return err;
}

static int fill_xdp(struct run *run)
{
	const struct skep_test_ctx *c = &run->ctx;

	if (c->ifindex || c->mark || c->priority || c->tstamp || c->hwtstamp || c->wire_len ||
	    c->gso_segs || c->gso_size || c->cb[0] || c->cb[1] || c->cb[2] || c->cb[3] || c->cb[4])
		return refuse(run, "give `ingress_ifindex`, `rx_queue` and `meta` only",
			      "an XDP program's context has none of __sk_buff's members");
	if (c->meta_bytes && !c->meta)
		return refuse(run, NULL, "`meta_bytes` is given, but `meta` is NULL");
	if (c->meta_bytes % 4 || c->meta_bytes > META_MOST)
		return refuse(run, "pad it", "metadata is a multiple of 4 bytes, up to 32");
	if (c->rx_queue && !c->ingress_ifindex)
		return refuse(run, "give `ingress_ifindex`", "a queue belongs to an interface");
	run->in.xdp = (struct xdp_md){
		.data = (__u32)c->meta_bytes,
		.data_end = (__u32)run->bytes_in,
		.ingress_ifindex = c->ingress_ifindex,
		.rx_queue_index = c->rx_queue,
	};
	run->ctx_bytes = sizeof(run->in.xdp);
	return 0;
}

static int fill_skb(struct run *run, size_t packet_bytes)
{
	const struct skep_test_ctx *c = &run->ctx;
	struct __sk_buff *skb = &run->in.skb;

	if (c->rx_queue || c->meta || c->meta_bytes)
		return refuse(run, "they are for XDP",
			      "__sk_buff can be given no `rx_queue` and no `meta`");
	if (c->wire_len && c->wire_len < packet_bytes)
		return refuse(run, "make it at least as long as the packet",
			      "`wire_len` is shorter than the packet");
	skb->mark = c->mark;
	skb->priority = c->priority;
	skb->ingress_ifindex = c->ingress_ifindex;
	skb->ifindex = c->ifindex;
	memcpy(skb->cb, c->cb, sizeof(skb->cb));
	skb->tstamp = c->tstamp;
	skb->wire_len = c->wire_len;
	skb->gso_segs = c->gso_segs;
	skb->gso_size = c->gso_size;
	skb->hwtstamp = c->hwtstamp;
	run->ctx_bytes = sizeof(*skb);
	return 0;
}

/* Programs of other kinds are run without packets, or not at all: the kernel says that. */
static bool takes_packets(const struct run *run)
{
	switch (bpf_program__type(skep_program_libbpf(run->program))) {
	case BPF_PROG_TYPE_XDP:
	case BPF_PROG_TYPE_SCHED_CLS:
	case BPF_PROG_TYPE_SCHED_ACT:
	case BPF_PROG_TYPE_CGROUP_SKB:
	case BPF_PROG_TYPE_LWT_IN:
	case BPF_PROG_TYPE_LWT_OUT:
	case BPF_PROG_TYPE_LWT_XMIT:
	case BPF_PROG_TYPE_SOCKET_FILTER:
		return true;
	default:
		return false;
	}
}

static int prepare(struct run *run, const struct skep_packet *packet,
		   const struct skep_test_packet_opts *opts)
{
	size_t bytes = skep_packet_bytes(packet), meta;
	int err = take_ctx(run, opts);

	if (err)
		return err;
	if (!takes_packets(run))
		return skep_error_set(EOPNOTSUPP, "use skep_test_run(), or attach it",
				      "program '%s' (SEC(\"%s\")) is of a kind that is not run on "
				      "packets",
				      skep_program_name(run->program),
				      skep_program_section(run->program));
	if (bytes < LEAST)
		return refuse(run, "give a packet that has an Ethernet header at least",
			      "the kernel runs no program on a packet of less than 14 bytes");
	meta = run->is_xdp ? run->ctx.meta_bytes : 0;
	run->bytes_in = meta + bytes;
	run->room_out = run->bytes_in + GROWTH;
	err = run->is_xdp ? fill_xdp(run) : fill_skb(run, bytes);
	if (err)
		return err;
	run->data_in = malloc(run->bytes_in);
	run->data_out = malloc(run->room_out);
	if (!run->data_in || !run->data_out)
		return skep_error_set(ENOMEM, NULL, "no memory");
	if (meta)
		memcpy(run->data_in, run->ctx.meta, meta);
	memcpy(run->data_in + meta, skep_packet_data(packet), bytes);
	return 0;
}

/* The kernel gives a number; of what it does not take, this is what it can be. */
static int explain(const struct run *run, int err)
{
	const struct skep_test_ctx *c = &run->ctx;
	const char *name = skep_program_name(run->program);

	if (err == -ENODEV)
		return skep_error_set(ENODEV, "ask if_nametoindex() in this network namespace",
				      "program '%s': there is no interface %u", name,
				      c->ingress_ifindex ? c->ingress_ifindex : c->ifindex);
	/* A page less headroom; kernels that take more differ in how much, and in the errno. */
	if ((err == -EINVAL || err == -ENOMEM || err == -E2BIG) && run->bytes_in > SURE)
		return skep_error_set(
			E2BIG, "try a shorter packet",
			"program '%s': this kernel does not run it on a packet of %zu "
			"bytes",
			name, run->bytes_in);
	if (err == -EINVAL && c->meta_bytes > META_SURE)
		return skep_error_set(EINVAL, "give at most 32 bytes",
				      "program '%s': this kernel takes no metadata of %zu bytes",
				      name, c->meta_bytes);
	if (err == -EINVAL && (c->wire_len > UINT16_MAX || c->gso_segs > UINT16_MAX))
		return skep_error_set(EINVAL, "give at most 65535",
				      "program '%s': `wire_len` %u or `gso_segs` %u is too large",
				      name, c->wire_len, c->gso_segs);
	if (err == -EINVAL && run->is_xdp && c->ingress_ifindex)
		return skep_error_set(EINVAL, "queues are counted from 0",
				      "program '%s': interface %u has no queue %u to receive on",
				      name, c->ingress_ifindex, c->rx_queue);
	return err;
}

static void give_ctx(struct skep_test_ctx *to, const struct run *run, size_t meta)
{
	struct skep_test_ctx found = { .sz = to->sz, .meta_bytes = meta };
	const struct __sk_buff *skb = &run->out.skb;

	if (run->is_xdp) {
		found.ingress_ifindex = run->out.xdp.ingress_ifindex;
		found.rx_queue = run->out.xdp.rx_queue_index;
	} else {
		found.ingress_ifindex = skb->ingress_ifindex;
		found.ifindex = skb->ifindex;
		found.mark = skb->mark;
		found.priority = skb->priority;
		memcpy(found.cb, skb->cb, sizeof(found.cb));
		found.tstamp = skb->tstamp;
		found.hwtstamp = skb->hwtstamp;
		found.wire_len = skb->wire_len;
		found.gso_segs = skb->gso_segs;
		found.gso_size = skb->gso_size;
	}
	memcpy(to, &found, to->sz < sizeof(found) ? to->sz : sizeof(found));
}

static int give(struct run *run, const struct skep_test_packet_opts *opts,
		struct skep_test_result *found)
{
	struct skep_packet **packet = SKEP_OPT(opts, packet_out);
	size_t meta = run->is_xdp ? run->out.xdp.data : 0;
	void *meta_out = SKEP_OPT(opts, meta_out);
	int err = 0;

	if (meta > found->data_bytes)
		meta = 0;
	if (meta_out && meta > SKEP_OPT(opts, meta_out_room))
		return skep_error_set(ENOSPC, "give a larger `.meta_out`",
				      "program '%s' left %zu bytes of metadata",
				      skep_program_name(run->program), meta);
	found->data_bytes -= meta;
	if (packet)
		err = skep_packet_from(packet, run->data_out + meta, found->data_bytes);
	if (err)
		return err;
	if (meta_out)
		memcpy(meta_out, run->data_out, meta);
	if (SKEP_OPT(opts, ctx_out))
		give_ctx(opts->ctx_out, run, meta);
	return 0;
}

static int execute(struct run *run, const struct skep_packet *packet,
		   const struct skep_test_packet_opts *opts, struct skep_test_result *found)
{
	int err = prepare(run, packet, opts);

	if (!err)
		err = skep_test_run(found, run->program,
				    SKEP_OPTS(skep_test_run_opts, .data = run->data_in,
					      .data_bytes = run->bytes_in,
					      .data_out = run->data_out,
					      .data_out_room = run->room_out, .ctx = &run->in,
					      .ctx_bytes = run->ctx_bytes, .ctx_out = &run->out,
					      .ctx_out_room = run->ctx_bytes,
					      .repeat = SKEP_OPT(opts, repeat)));
	else
		return err;
	return err ? explain(run, err) : give(run, opts, found);
}

int skep_test_packet(struct skep_test_result *result, const struct skep_program *program,
		     const struct skep_packet *packet, const struct skep_test_packet_opts *opts)
{
	struct skep_test_result found = { 0 };
	struct run run = { .program = program };
	int err = skep_test_opts_check(opts, sizeof(*opts), "skep_test_packet");

	if (err)
		return err;
	if (!result || !program || !packet)
		return skep_error_set(EINVAL, "give all of them", "skep_test_packet: %s is NULL",
				      !result    ? "the result"
				      : !program ? "the program"
						 : "the packet");
	run.is_xdp = bpf_program__type(skep_program_libbpf(program)) == BPF_PROG_TYPE_XDP;
	err = execute(&run, packet, opts, &found);
	free(run.data_in);
	free(run.data_out);
	if (!err)
		*result = found;
	return err;
}
