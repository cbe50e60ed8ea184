/* SPDX-License-Identifier: 0BSD */
/* The kernel side: asked at each open of a file, after the usual permissions. */
#include <skep/bpf/core.h>
#include <bpf/bpf_tracing.h>
#include "audit.h"

SKEP_LICENSE("GPL");

SKEP_RINGBUF(events, struct open_event, 1 << 20);

#define FMODE_WRITE 2

/* The members that are used; where they are is found out on the running kernel. */
struct path {
	void *dentry;
} __attribute__((preserve_access_index));

struct file {
	struct path f_path;
	unsigned int f_mode;
} __attribute__((preserve_access_index));

SEC("lsm/file_open")
int BPF_PROG(on_open, struct file *file, int earlier)
{
	if (!(file->f_mode & FMODE_WRITE))
		return earlier;
	skep_emit(ctx, &events, e) {
		if (bpf_d_path(&file->f_path, e->path, sizeof(e->path)) < 0)
			break;
		e->pid = skep_current_pid();
		e->uid = skep_current_uid();
		skep_current_comm(e->comm);
	}
	return earlier; /* what an earlier hook decided; -EPERM would forbid it */
}
