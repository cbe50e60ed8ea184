/* SPDX-License-Identifier: 0BSD */
/* The kernel's side of 29-consumer.c: given, and done. */
#include <skep/bpf/core.h>
#include <skep/bpf/syscall.h>

SKEP_LICENSE("GPL");

struct event {
	__u64 value;
	__u64 last;
};
SKEP_RINGBUF(events, struct event, 65536);

const volatile __u64 marked;

SEC("raw_tp/sys_enter")
int on_call(struct bpf_raw_tracepoint_args *ctx)
{
	struct skep_syscall call;

	skep_syscall_read((void *)ctx->args[0], ctx->args[1], &call);
	if (call.args[1] != marked)
		return 0;
	skep_emit(ctx, &events, e) {
		e->value = call.args[0];
		e->last = call.args[2];
	}
	return 0;
}
