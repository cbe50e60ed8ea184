/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A program with a handler of exceptions, which nobody calls. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

static __u64 seen[2];

static __noinline int checked(__u32 number)
{
	seen[0] += number;
	return (int)number;
}

static __noinline int report(__u64 cookie)
{
	seen[1] += cookie;
	return 0;
}

__noinline int handler(__u64 cookie)
{
	return report(cookie + 1);
}

__attribute__((btf_decl_tag("exception_callback:handler")))
SEC("tc") int throws(struct __sk_buff *ctx)
{
	return checked(ctx->len);
}

SEC("tc")
int calm(struct __sk_buff *ctx)
{
	return checked(ctx->mark);
}

char _license[] SEC("license") = "GPL";
