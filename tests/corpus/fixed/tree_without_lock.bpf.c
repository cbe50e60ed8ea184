/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The lock of the tree is held while the node is added. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

struct bpf_rb_root {
	__u64 opaque[2];
} __attribute__((aligned(8)));

struct bpf_rb_node {
	__u64 opaque[4];
} __attribute__((aligned(8)));

#define __contains(type, member) __attribute__((btf_decl_tag("contains:" #type ":" #member)))
#define private_data(name)       SEC(".data." #name) __hidden __attribute__((aligned(8)))

extern void *bpf_obj_new_impl(__u64 local_type_id, void *meta) __ksym;
extern int bpf_rbtree_add_impl(struct bpf_rb_root *root, struct bpf_rb_node *node,
			       _Bool (*less)(struct bpf_rb_node *a, const struct bpf_rb_node *b),
			       void *meta, __u64 off) __ksym;

struct departure {
	struct bpf_rb_node node;
	__u64 when;
	__u32 length;
};

private_data(queue) struct bpf_spin_lock queue_lock;
private_data(queue) struct bpf_rb_root queue __contains(departure, node);

static _Bool earlier(struct bpf_rb_node *a, const struct bpf_rb_node *b)
{
	struct departure *x = container_of(a, struct departure, node);
	struct departure *y = container_of(b, struct departure, node);

	return x->when < y->when;
}

SEC("tc")
int enqueue(struct __sk_buff *skb)
{
	struct departure *d = bpf_obj_new_impl(bpf_core_type_id_local(struct departure), NULL);

	if (!d)
		return TC_ACT_SHOT;
	d->when = bpf_ktime_get_ns() + skb->len * 800;
	d->length = skb->len;
	bpf_spin_lock(&queue_lock);
	bpf_rbtree_add_impl(&queue, &d->node, earlier, NULL, 0);
	bpf_spin_unlock(&queue_lock);
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
