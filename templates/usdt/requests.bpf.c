/* SPDX-License-Identifier: 0BSD */
/* The kernel side: when the probe is hit. Where its arguments are, stands in the program's file. */
#include "vmlinux.h"
#include <skep/bpf/core.h>
#include <skep/bpf/usdt.h>
#include "requests.h"

SKEP_LICENSE("GPL");

SKEP_RINGBUF(events, struct request_event, 1 << 20);

SEC("usdt")
int SKEP_USDT(on_probe, __u64 a, __u64 b, __u64 c, __u64 d)
{
	skep_emit(ctx, &events, e) {
		e->pid = skep_current_pid();
		e->arguments = skep_usdt_count(ctx);
		e->values[0] = a; /* 0 where the probe has fewer */
		e->values[1] = b;
		e->values[2] = c;
		e->values[3] = d;
		skep_current_comm(e->comm);
	}
	return 0;
}
