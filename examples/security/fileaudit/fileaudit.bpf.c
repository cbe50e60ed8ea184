/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <skep/bpf/core.h>
#include <bpf/bpf_tracing.h>
#include "fileaudit.h"

SKEP_LICENSE("GPL");

SKEP_RINGBUF_VAR(events, struct open_event, PATH_BYTES, 1 << 20);

const volatile char folder[PATH_BYTES]; /* without a slash at the end; "" is / */
const volatile __u32 folder_bytes;
const volatile __u32 only_uid = ANY_UID;

#define FMODE_WRITE 2

struct path {
	void *dentry;
} __attribute__((preserve_access_index));

struct file {
	struct path f_path;
	unsigned int f_mode;
} __attribute__((preserve_access_index));

/* "/etc/passwd" is under "/etc"; "/etcetera" is not. */
static bool is_under(const char *path, long bytes)
{
	__u32 n = folder_bytes;

	if (n >= PATH_BYTES || bytes <= n)
		return false;
	/* Comparing no bytes at all is refused by the verifier. */
	if (n && bpf_strncmp(path, n, (const char *)folder))
		return false;
	return path[n] == '/';
}

SEC("lsm/file_open")
int BPF_PROG(on_open, struct file *file, int earlier)
{
	long bytes = 0;

	if (!(file->f_mode & FMODE_WRITE))
		return earlier;
	if (only_uid != ANY_UID && only_uid != skep_current_uid())
		return earlier;
	skep_emit_var(ctx, &events, e, bytes) {
		bytes = bpf_d_path(&file->f_path, e->path, PATH_BYTES);
		if (bytes <= 0 || !is_under(e->path, bytes))
			break;
		e->pid = skep_current_pid();
		e->uid = skep_current_uid();
		skep_current_comm(e->comm);
	}
	return earlier;
}
