/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The buffer is the caller's. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct name {
	char text[16];
	__u32 length;
};

__u64 shells;

static __noinline int current_name(struct name *name)
{
	if (bpf_get_current_comm(name->text, sizeof(name->text)))
		return -1;
	name->length = name->text[1] ? 2 : 1;
	return 0;
}

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	struct name name;

	if (current_name(&name))
		return 0;
	if (name.text[0] == 's' && name.length == 2)
		__sync_fetch_and_add(&shells, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
