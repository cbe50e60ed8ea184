/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* test_dwarf.c knows the lines that are marked here, by their marks. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct pair {
	int a;
	char text[40];
	long z;
};

static __always_inline long innermost(const struct pair *from)
{
	return from->z + bpf_get_prandom_u32(); /* INNERMOST */
}

static __always_inline long middle(struct pair *pair)
{
	bpf_get_current_comm(pair->text, sizeof(pair->text)); /* MIDDLE */
	return innermost(pair);                               /* CALL_INNERMOST */
}

static __noinline int other(int number)
{
	return number * 7 + (int)bpf_get_smp_processor_id(); /* OTHER */
}

SEC("raw_tp/one")
int one(void *ctx)
{
	struct pair local = {};
	int got;

	bpf_probe_read_kernel(&local.z, 3, ctx);
	got = (int)middle(&local);            /* CALL_MIDDLE */
	bpf_trace_printk(local.text, 8, got); /* PRINT */
	return other(got);
}

SEC("raw_tp/two")
int two(void *ctx)
{
	unsigned long long now = bpf_ktime_get_ns(); /* TWO */
	long *(*table)[4] = ctx;

	return now > 1000 ? (int)now : (int)(long)(*table)[1];
}

char _license[] SEC("license") = "GPL";
