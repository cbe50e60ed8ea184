/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What is written is captured up to a length from a map, which may be anything. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define MAX_CAPTURE 1024

struct sys_enter_write {
	__u64 common;
	long nr;
	long fd;
	const char *buffer;
	__u64 count;
};

struct config {
	__u32 fd;
	__u32 snap_length;
};

struct capture {
	__u32 pid;
	__u32 length;
	char data[MAX_CAPTURE];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, struct config);
} configs SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} captures SEC(".maps");

SEC("tp/syscalls/sys_enter_write")
int on_write(struct sys_enter_write *ctx)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;
	struct capture *capture;
	struct config *config;
	__u32 length;

	config = bpf_map_lookup_elem(&configs, &tgid);
	if (!config || config->fd != ctx->fd)
		return 0;
	capture = bpf_ringbuf_reserve(&captures, sizeof(*capture), 0);
	if (!capture)
		return 0;
	length = ctx->count;
	if (length > config->snap_length) /* cause */
		length = config->snap_length;
	capture->pid = tgid;
	capture->length = length;
	bpf_probe_read_user(capture->data, length, ctx->buffer); /* refused */
	bpf_ringbuf_submit(capture, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
