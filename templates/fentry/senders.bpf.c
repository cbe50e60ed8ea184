/* SPDX-License-Identifier: 0BSD */
/* The kernel side: whenever tcp_sendmsg() returns. */
#include "vmlinux.h"
#include <skep/bpf/core.h>
#include <skep/bpf/trace.h>
#include "senders.h"

SKEP_LICENSE("GPL");

SKEP_LRU_HASH(by_sender, struct sender, struct sent, 10240);

SEC("fexit/tcp_sendmsg")
int SKEP_FEXIT(on_sent, int result, struct sock *sk)
{
	struct sender sender = { .pid = skep_current_pid() };
	struct sent none = {}, *sent;

	skep_current_comm(sender.comm);
	sent = skep_map_get_or_put(&by_sender, &sender, &none);
	if (!sent)
		return 0;
	__sync_fetch_and_add(&sent->calls, 1);
	if (result < 0)
		__sync_fetch_and_add(&sent->failures, 1);
	else
		__sync_fetch_and_add(&sent->bytes, (__u64)result);
	return 0;
}
