/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The license is written the way SPDX writes it, which is not the way the kernel reads it. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct open_args {
	unsigned long long unused;
	long syscall_nr;
	long dfd;
	const char *filename;
	long flags;
	long mode;
};

struct opened {
	__u64 when;
	__u32 tgid;
	__s32 flags;
	char name[64];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 16);
} opens SEC(".maps");

SEC("tp/syscalls/sys_enter_openat")
int on_open(struct open_args *args)
{
	struct opened *o;
	const char *name = args->filename;

	o = bpf_ringbuf_reserve(&opens, sizeof(*o), 0);
	if (!o)
		return 0;
	o->when = 0;
	o->tgid = bpf_get_current_pid_tgid() >> 32;
	o->flags = args->flags;
	if (bpf_probe_read_user_str(o->name, sizeof(o->name), name) < 0) { /* refused */
		bpf_ringbuf_discard(o, 0);
		return 0;
	}
	bpf_ringbuf_submit(o, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL-2.0";
