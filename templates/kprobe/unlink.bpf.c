/* SPDX-License-Identifier: 0BSD */
/* The kernel side: vfs_unlink() is called with a name, and returns what came of it. */
#include "vmlinux.h"
#include <skep/bpf/core.h>
#include <skep/bpf/trace.h>
#include <bpf/bpf_core_read.h>
#include "unlink.h"

SKEP_LICENSE("GPL");

struct name {
	char text[NAME_BYTES];
};

SKEP_LRU_HASH(names, __u64, struct name, 10240); /* of calls that have not returned, by thread */
SKEP_RINGBUF(events, struct unlink_event, 1 << 20);

SEC("kprobe/vfs_unlink")
int SKEP_KPROBE(on_unlink, void *idmap, struct inode *folder, struct dentry *dentry)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct name name = {};

	bpf_probe_read_kernel_str(name.text, sizeof(name.text), BPF_CORE_READ(dentry, d_name.name));
	skep_map_put(&names, &thread, &name);
	return 0;
}

SEC("kretprobe/vfs_unlink")
int SKEP_KRETPROBE(on_unlinked, int result)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct name *name = skep_map_get(&names, &thread);

	if (!name)
		return 0; /* it was called before we came */
	skep_emit(ctx, &events, e) {
		e->pid = skep_current_pid();
		e->result = result;
		skep_current_comm(e->comm);
		__builtin_memcpy(e->name, name->text, sizeof(e->name));
	}
	skep_map_del(&names, &thread);
	return 0;
}
