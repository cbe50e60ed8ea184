/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A function leaves the address of its own buffer to its caller. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct name {
	const char *text;
	__u32 length;
};

__u64 shells;

static __noinline int current_name(struct name *name)
{
	char comm[16];

	if (bpf_get_current_comm(comm, sizeof(comm)))
		return -1;
	name->text = comm; /* refused */
	name->length = comm[1] ? 2 : 1;
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
