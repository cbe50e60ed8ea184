/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* It is dropped whole. */
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

extern void bpf_obj_drop_impl(void *object, void *meta) __ksym;
extern struct bpf_list_node *bpf_list_pop_front(struct bpf_list_head *head) __ksym;

struct job {
	__u64 when;
	struct bpf_list_node node;
};

__u64 last;

struct job *kept; /* or the object would not have the type */

private_data(jobs) struct bpf_spin_lock lock;
private_data(jobs) struct bpf_list_head jobs __contains(job, node);

SEC("tc")
int drop_job(struct __sk_buff *skb)
{
	struct bpf_list_node *node;
	struct job *job;

	bpf_spin_lock(&lock);
	node = bpf_list_pop_front(&jobs);
	bpf_spin_unlock(&lock);
	if (!node)
		return TC_ACT_OK;
	job = container_of(node, struct job, node);
	last = job->when;
	bpf_obj_drop_impl(job, NULL);
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
