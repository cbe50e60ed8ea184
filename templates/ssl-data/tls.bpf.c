/* SPDX-License-Identifier: 0BSD */
/*
 * The kernel side: when libssl is called, and when it returns. What is sent is in the caller's memory, not
 * encrypted yet; what is received is there when the function returns.
 */
#include "vmlinux.h"
#include <skep/bpf/core.h>
#include <skep/bpf/string.h>
#include <skep/bpf/time.h>
#include <skep/bpf/trace.h>
#include "tls.h"

SKEP_LICENSE("GPL");

struct call {
	__u64 connection;
	const void *data;
	const __u64 *bytes; /* where the function writes how many there were */
};

/* Of TLS within TLS, one call is inside the other, in the same thread, but in another frame. */
SKEP_LRU_HASH(calls, struct skep_frame, struct call, 10240);
SKEP_RINGBUF_VAR(events, struct tls_event, DATA_BYTES, 1 << 22);

SEC("uprobe.multi")
int SKEP_UPROBE(on_call, __u64 connection, const void *data, __u64 room, const __u64 *bytes)
{
	struct skep_frame frame = skep_frame_at_entry(ctx);
	struct call call = { connection, data, bytes };

	skep_map_put(&calls, &frame, &call);
	return 0;
}

/* How many bytes there were; 0: none, or an error. */
static __u64 bytes_of(const struct call *call, __u64 function, int result)
{
	__u64 bytes = 0;

	if (result <= 0)
		return 0;
	if (!(function & IS_EX))
		return (__u64)result;
	bpf_probe_read_user(&bytes, sizeof(bytes), call->bytes);
	return bytes;
}

SEC("uretprobe.multi")
int SKEP_URETPROBE(on_return, int result)
{
	struct skep_frame frame = skep_frame_at_return(ctx);
	__u64 function = bpf_get_attach_cookie(ctx);
	struct call *call = skep_map_get(&calls, &frame);
	__u64 bytes = call ? bytes_of(call, function, result) : 0;
	long kept = 0;

	if (!call)
		return 0; /* it was called before we came */
	if (bytes)
		skep_emit_var(ctx, &events, e, kept) {
			e->connection = call->connection;
			e->bytes = bytes;
			e->time_ns = skep_time_ns();
			e->pid = skep_current_pid();
			e->tid = skep_current_tid();
			e->function = (__u32)function;
			skep_current_comm(e->comm);
			kept = skep_copy_user(e->data, DATA_BYTES, call->data, (__s64)bytes);
			e->kept = kept < 0 ? 0 : (__u32)kept;
		}
	skep_map_del(&calls, &frame);
	return 0;
}
