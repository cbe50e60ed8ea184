/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Records with a tail of run-time length, read from memory of the test's. */
#ifdef WITH_VMLINUX
#include "vmlinux.h"
#endif
#include <skep/bpf/core.h>
#include <skep/bpf/large.h>

#include "large.h"

SKEP_LICENSE("GPL");

SKEP_RINGBUF_LARGE(blobs, struct blob, LARGE_MOST, 1 << 20);
SKEP_RINGBUF_LARGE(huge, struct blob, SKEP_LARGE_MOST - sizeof(struct blob), 1 << 25);

__u64 from; /* whence */
__s64 result;

/* args: how many bytes; and where in the tail the reading begins: what is before stays unwritten. */
SEC("raw_tp")
int emit(struct bpf_raw_tracepoint_args *ctx)
{
	__s64 bytes = ctx->args[0];
	__u64 at = ctx->args[1];

	skep_emit_large(ctx, &blobs, e, bytes) {
		e->asked = bytes;
		e->room = skep_large_room(e);
		result = skep_large_read_user(e, at, (const void *)from, e->room);
		if (result)
			break;
	}
	return 0;
}

/* The same without giving it up, in two halves. */
SEC("raw_tp")
int halves(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 bytes = ctx->args[0], half = bytes / 2;

	skep_emit_large(ctx, &blobs, e, bytes) {
		e->asked = bytes;
		e->room = skep_large_room(e);
		result = skep_large_read_user(e, half, (const void *)(from + half), bytes - half);
		result |= skep_large_read_user(e, 0, (const void *)from, half);
	}
	return 0;
}

/* From the kernel's memory: a variable of the program, or where nothing is. */
char of_kernel[64] = "of the kernel";
volatile __u64 at; /* an address, as the verifier sees it, and no value of a map */

SEC("raw_tp")
int kernels(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 bytes = ctx->args[0];

	at = (__u64)of_kernel;
	if (ctx->args[1])
		at = 8;
	skep_emit_large(ctx, &blobs, e, bytes) {
		e->asked = bytes;
		e->room = skep_large_room(e);
		result = skep_large_read_kernel(e, 0, (const void *)at, e->room);
	}
	return 0;
}

/* What the program has itself; at the end what has no room: args are the tail's length and where. */
SEC("raw_tp")
int own(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 bytes = ctx->args[0], at = ctx->args[1];
	char text[8] = "skepskep";

	skep_emit_large(ctx, &blobs, e, bytes) {
		char *place;

		e->asked = bytes;
		e->room = skep_large_room(e);
		result = skep_large_write(e, at, text, sizeof(text));
		place = skep_large_at(e, at + 8, 4);
		if (place)
			__builtin_memset(place, 'x', 4);
	}
	return 0;
}

/* Each way out of the block but its end gives the record up. */
SEC("raw_tp")
int leave(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 way = ctx->args[0];

	skep_emit_large(ctx, &blobs, e, 100) {
		if (way == 1)
			return 1;
		if (way == 2)
			goto out;
		if (way == 3)
			break;
		e->asked = 100;
		e->room = 100;
	}
out:
	return 0;
}

/* The longest that can be declared. */
SEC("?raw_tp")
int emit_huge(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 bytes = ctx->args[0];

	skep_emit_large(ctx, &huge, e, bytes) {
		e->asked = bytes;
		e->room = skep_large_room(e);
		if (skep_large_read_user(e, 0, (const void *)from, e->room))
			break;
	}
	return 0;
}

/* A helper of Linux 6.2, called wrongly: what an older kernel does not know, newer ones refuse. */
SEC("?raw_tp")
int newer(struct bpf_raw_tracepoint_args *ctx)
{
	return ((long (*)(void *, void *, void *, __u64))210)(ctx, 0, 0, 0);
}
