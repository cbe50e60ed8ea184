/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* An object of each CPU is written as if there were only one. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#define __percpu_kptr __attribute__((btf_type_tag("percpu_kptr")))

extern void *bpf_percpu_obj_new_impl(__u64 local_type_id, void *meta) __ksym;
extern void bpf_percpu_obj_drop_impl(void *object, void *meta) __ksym;

/* clang 14 drops the tag of a pointer to a struct without a typedef */
typedef struct totals {
	__u64 packets;
	__u64 bytes;
} totals_t;

struct slot {
	totals_t __percpu_kptr *totals;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, struct slot);
} slots SEC(".maps");

SEC("tc")
int count_by_priority(struct __sk_buff *skb)
{
	__u32 key = skb->priority & 15;
	struct slot *s = bpf_map_lookup_elem(&slots, &key);
	struct totals *t;

	if (!s)
		return TC_ACT_OK;
	t = s->totals; /* cause */
	if (t) {
		t->bytes = skb->len; /* refused */
		return TC_ACT_OK;
	}
	t = bpf_percpu_obj_new_impl(bpf_core_type_id_local(struct totals), NULL);
	if (t)
		t = bpf_kptr_xchg(&s->totals, t);
	if (t)
		bpf_percpu_obj_drop_impl(t, NULL);
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
