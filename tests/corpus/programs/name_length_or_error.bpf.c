/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The length of the name comes from the helper that copied it. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

struct linux_binprm {
	const char *filename;
} __attribute__((preserve_access_index));

struct exec_event {
	__u64 time;
	__u32 pid;
	__u32 uid;
	char filename[256];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct exec_event);
} scratch SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 18);
} execs SEC(".maps");

SEC("raw_tp/sched_process_exec")
int on_exec(struct bpf_raw_tracepoint_args *ctx)
{
	struct linux_binprm *bprm = (struct linux_binprm *)ctx->args[2];
	struct exec_event *event;
	const char *name;
	__u32 zero = 0;
	long len;

	event = bpf_map_lookup_elem(&scratch, &zero);
	if (!event)
		return 0;
	event->time = bpf_ktime_get_ns();
	event->pid = bpf_get_current_pid_tgid() >> 32;
	event->uid = bpf_get_current_uid_gid();
	name = BPF_CORE_READ(bprm, filename);
	len = bpf_probe_read_kernel_str(event->filename, sizeof(event->filename), name); /* cause */
	len += __builtin_offsetof(struct exec_event, filename);
	bpf_ringbuf_output(&execs, event, len, 0); /* refused */
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
