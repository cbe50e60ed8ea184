/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The lock that is held is another than that of the list. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

struct bpf_list_head {
	__u64 opaque[2];
} __attribute__((aligned(8)));

struct bpf_list_node {
	__u64 opaque[3];
} __attribute__((aligned(8)));

#define __contains(type, member) __attribute__((btf_decl_tag("contains:" #type ":" #member)))
#define private_data(name)       SEC(".data." #name) __hidden __attribute__((aligned(8)))

extern void *bpf_obj_new_impl(__u64 local_type_id, void *meta) __ksym;
extern int bpf_list_push_back_impl(struct bpf_list_head *head, struct bpf_list_node *node,
				   void *meta, __u64 off) __ksym;

struct job {
	struct bpf_list_node node;
	__u64 when;
};

private_data(jobs) struct bpf_spin_lock jobs_lock;
private_data(jobs) struct bpf_list_head jobs __contains(job, node);

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(
		value, struct {
			struct bpf_spin_lock lock;
			__u32 count;
		});
} counts SEC(".maps");

SEC("tc")
int add_job(struct __sk_buff *skb)
{
	__u32 zero = 0;
	struct {
		struct bpf_spin_lock lock;
		__u32 count;
	} *c = bpf_map_lookup_elem(&counts, &zero);
	struct job *job;

	if (!c)
		return TC_ACT_OK;
	job = bpf_obj_new_impl(bpf_core_type_id_local(struct job), NULL);
	if (!job)
		return TC_ACT_OK;
	job->when = skb->tstamp;
	bpf_spin_lock(&c->lock);                             /* cause */
	bpf_list_push_back_impl(&jobs, &job->node, NULL, 0); /* refused */
	c->count++;
	bpf_spin_unlock(&c->lock);
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
