/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* An iterator is made ready again while it is in use. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct bpf_iter_num {
	__u64 opaque[1];
} __attribute__((aligned(8)));

extern int bpf_iter_num_new(struct bpf_iter_num *it, int start, int end) __ksym;
extern int *bpf_iter_num_next(struct bpf_iter_num *it) __ksym;
extern void bpf_iter_num_destroy(struct bpf_iter_num *it) __ksym;

__u64 even, odd;

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	struct bpf_iter_num it;
	int *i;

	bpf_iter_num_new(&it, 0, 8); /* cause */
	while ((i = bpf_iter_num_next(&it)))
		even += *i * 2;
	bpf_iter_num_new(&it, 0, 8); /* refused */
	while ((i = bpf_iter_num_next(&it)))
		odd += *i * 2 + 1;
	bpf_iter_num_destroy(&it);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
