/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The mask is that of the buffer. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, char[64]);
} scratch SEC(".maps");

struct sys_enter {
	__u64 pad;
	long id;
	unsigned long args[6];
};

SEC("tp/syscalls/sys_enter_write")
int enter_write(struct sys_enter *ctx)
{
	__u32 zero = 0;
	char *buffer = bpf_map_lookup_elem(&scratch, &zero);
	__u32 size = ctx->args[2];

	if (!buffer)
		return 0;
	size &= 63;
	bpf_probe_read_user(buffer, size, (void *)ctx->args[1]);
	bpf_printk("%s", buffer);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
