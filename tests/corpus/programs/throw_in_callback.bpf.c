/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* An exception is thrown in the callback of a loop. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

extern void bpf_throw(__u64 cookie) __ksym;

struct sums {
	__u64 total;
	__u64 limit;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

static long add_up(__u32 i, struct sums *s)
{
	__u64 *n = bpf_map_lookup_elem(&counts, &i);

	if (!n)
		return 1;
	s->total += *n;
	if (s->total > s->limit)
		bpf_throw(i); /* cause */
	return 0;
}

SEC("tc")
int check_sum(struct __sk_buff *skb)
{
	struct sums s = { .limit = 1 << 20 };

	bpf_loop(64, add_up, &s, 0);
	return s.total > s.limit;
}

char LICENSE[] SEC("license") = "GPL";
