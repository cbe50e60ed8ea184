/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Two names for one function, and data of odd kinds. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct flexible {
	int count;
	short values[];
};

struct nothing {
};

struct flexible flexible = { 3, { 1, 2, 3 } };
struct nothing nothing[4];
char matrix[2][3][4] = { { { 1 } } };
_Bool flag = 1;
void *pointer;

SEC("cgroup_skb/ingress")
int allow(struct __sk_buff *skb)
{
	pointer = &flexible;
	return flag + matrix[1][2][3] + flexible.values[1];
}

int allow_too(struct __sk_buff *skb) __attribute__((alias("allow")));

char _license[] SEC("license") = "GPL";
