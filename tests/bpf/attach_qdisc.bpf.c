/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A queueing discipline that drops everything, and counts. */
#include <skep/bpf/core.h>

#include <bpf/bpf_tracing.h>

SKEP_LICENSE("GPL");

struct Qdisc;
struct nlattr;
struct netlink_ext_ack;

/* libbpf wants them known, for the function of the kernel's. */
struct sk_buff {
	unsigned int len;
} __attribute__((preserve_access_index));

struct bpf_sk_buff_ptr {
	struct sk_buff *skb;
} __attribute__((preserve_access_index));

/* As the kernel has it: the fields that are used. */
struct Qdisc_ops {
	int (*enqueue)(struct sk_buff *skb, struct Qdisc *sch, struct bpf_sk_buff_ptr *to_free);
	struct sk_buff *(*dequeue)(struct Qdisc *sch);
	int (*init)(struct Qdisc *sch, struct nlattr *arg, struct netlink_ext_ack *extack);
	void (*reset)(struct Qdisc *sch);
	void (*destroy)(struct Qdisc *sch);
	char id[16];
} __attribute__((preserve_access_index));

extern void bpf_qdisc_skb_drop(struct sk_buff *skb, struct bpf_sk_buff_ptr *to_free) __ksym __weak;

__u64 packets;

SEC("struct_ops/enqueue")
int BPF_PROG(enqueue, struct sk_buff *skb, struct Qdisc *sch, struct bpf_sk_buff_ptr *to_free)
{
	__sync_fetch_and_add(&packets, 1);
	bpf_qdisc_skb_drop(skb, to_free);
	return 1; /* NET_XMIT_DROP */
}

SEC("struct_ops/dequeue")
struct sk_buff *BPF_PROG(dequeue, struct Qdisc *sch)
{
	return NULL;
}

SEC("struct_ops/init")
int BPF_PROG(init, struct Qdisc *sch, struct nlattr *arg, struct netlink_ext_ack *extack)
{
	return 0;
}

SEC("struct_ops/reset")
void BPF_PROG(reset, struct Qdisc *sch)
{
}

SEC("struct_ops/destroy")
void BPF_PROG(destroy, struct Qdisc *sch)
{
}

SEC(".struct_ops.link")
struct Qdisc_ops drops = {
	.enqueue = (void *)enqueue,
	.dequeue = (void *)dequeue,
	.init = (void *)init,
	.reset = (void *)reset,
	.destroy = (void *)destroy,
	.id = "skep_drops",
};
