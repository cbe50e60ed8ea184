/* SPDX-License-Identifier: 0BSD */
/* One way to do it. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

SKEP_RINGBUF(events, __u64, 4096);

SEC("raw_tp/sys_enter")
int on_value(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event)
		return 0;
	*event = ctx->args[0];
	if (!*event) {
		bpf_ringbuf_discard(event, 0);
		return 0;
	}
	bpf_ringbuf_submit(event, 0);
	return 0;
}
