/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define TIMEOUT_NS 30000000000ULL

struct session {
	__u64 last_seen;
	__u32 peer;
	__u32 state;
};

struct sweep {
	__u64 now;
	__u64 timeout;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct session);
} sessions SEC(".maps");

struct bpf_map;

__u32 expired;
__u32 alive;

static long check_session(struct bpf_map *map, __u32 *id, struct session *session,
			  struct sweep *sweep)
{
	if (sweep->now - session->last_seen > sweep->timeout) {
		session->state = 0;
		expired++;
	} else {
		alive++;
	}
	return 0;
}

SEC("raw_tp/sched_process_exit")
int on_exit(void *ctx)
{
	struct sweep sweep = { .timeout = TIMEOUT_NS };

	sweep.now = bpf_ktime_get_ns();
	expired = 0;
	alive = 0;
	bpf_for_each_map_elem(&sessions, check_session, &sweep, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
