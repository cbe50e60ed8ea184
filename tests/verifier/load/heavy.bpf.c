/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A million rounds: more than the verifier walks. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

SEC("socket")
int heavy(struct __sk_buff *skb)
{
	__u64 sum = skb->len;

	for (__u32 i = 0; i < 1000; i++)
		for (__u32 j = 0; j < 1000; j++)
			asm volatile("%0 += %1" : "+r"(sum), "+r"(j)); /* costly */
	return (int)sum;
}
