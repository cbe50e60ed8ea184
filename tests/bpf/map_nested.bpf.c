/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Looks things up in maps of maps, while user space replaces the inner ones. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

struct generation {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} first SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 4);
	__type(key, __u32);
	__array(values, struct generation);
} generations SEC(".maps") = { .values = { [0] = &first } };

struct rules {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u64);
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(max_entries, 8);
	__type(key, __u64);
	__array(values, struct rules);
} rules_of SEC(".maps");

__u64 looks, torn, missing, last;

/* Both entries of an inner map have its generation's number. */
SEC("raw_tp")
int look(void *ctx)
{
	__u32 zero = 0, one = 1;
	void *inner = bpf_map_lookup_elem(&generations, &zero);
	__u64 *a, *b;

	if (!inner) {
		missing++;
		return 0;
	}
	a = bpf_map_lookup_elem(inner, &zero);
	b = bpf_map_lookup_elem(inner, &one);
	if (!a || !b)
		return 0;
	looks++;
	if (*a != *b)
		torn++;
	last = *a;
	return 0;
}

/* What the rules of args[0] say about args[1]; 0 where there are none. */
SEC("raw_tp")
int ask(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 who = ctx->args[0];
	__u32 what = (__u32)ctx->args[1];
	void *inner = bpf_map_lookup_elem(&rules_of, &who);
	__u64 *answer = inner ? bpf_map_lookup_elem(inner, &what) : NULL;

	return answer ? (int)*answer : 0;
}
