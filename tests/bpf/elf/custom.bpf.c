/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Sections of one's own, an empty .text, code from inline assembly. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct note {
	__u32 version;
	char text[12];
};

const struct note note SEC("skep.note") = { 1, "a note" };
const char plain[] SEC("license_text") = "no NUL is needed here";
static const struct note list[3] SEC(".skep.list") __attribute__((used));

SEC("cgroup_skb/ingress")
int allow(struct __sk_buff *skb)
{
	int result;

	asm volatile("r1 = 1 ll\n"
		     "%[result] = r1\n"
		     : [result] "=r"(result)
		     :
		     : "r1");
	return result;
}

SEC("my own/section with spaces")
int other(void *ctx)
{
	return 0;
}

char _license[] SEC("license") = "GPL";
