/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The path of every file that is read, from a function where paths cannot be made. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define PATH_LEN 128

struct path {
	void *mnt;
	void *dentry;
} __attribute__((preserve_access_index));

struct file {
	unsigned int f_flags;
	struct path f_path;
} __attribute__((preserve_access_index));

struct event {
	__u32 tgid;
	__u32 flags;
	char comm[16];
	char path[PATH_LEN];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 18);
} events SEC(".maps");

SEC("fentry/vfs_read") /* cause */
int BPF_PROG(trace_file, struct file *file)
{
	struct event *e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);

	if (!e)
		return 0;
	e->tgid = bpf_get_current_pid_tgid() >> 32;
	e->flags = file->f_flags;
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	if (bpf_d_path(&file->f_path, e->path, sizeof(e->path)) < 0) { /* refused */
		bpf_ringbuf_discard(e, 0);
		return 0;
	}
	bpf_ringbuf_submit(e, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
