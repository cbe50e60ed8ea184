/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The guard reads a label from the file that is opened. */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct file {
	unsigned int f_flags;
} __attribute__((preserve_access_index));

extern int bpf_get_file_xattr(struct file *file, const char *name__str,
			      struct bpf_dynptr *value) __ksym;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, __u8);
} confined SEC(".maps");

static const char label_name[] = "user.guard.label";
char label[16];
__u64 denied;

SEC("lsm/file_open")
int BPF_PROG(guard_open, struct file *file)
{
	__u32 uid = bpf_get_current_uid_gid();
	struct bpf_dynptr value;
	int len;

	if (!bpf_map_lookup_elem(&confined, &uid))
		return 0;
	if (bpf_dynptr_from_mem(label, sizeof(label), 0, &value))
		return 0;
	len = bpf_get_file_xattr(file, label_name, &value); /* refused */
	if (len <= 0)
		return 0;
	if (label[0] != 's')
		return 0;
	__sync_fetch_and_add(&denied, 1);
	return -EPERM;
}

char LICENSE[] SEC("license") = "GPL";
