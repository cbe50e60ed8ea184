/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The arguments of execve in one buffer: it stops where no full string would fit. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define MAX_ARGS    8
#define ARG_SIZE    256
#define BUFFER_SIZE 1024

struct sys_enter_execve {
	__u64 common;
	long nr;
	const char *filename;
	const char *const *argv;
	const char *const *envp;
};

struct command {
	__u32 pid;
	__u32 length;
	char argv[BUFFER_SIZE];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct command);
} scratch SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} events SEC(".maps");

SEC("tp/syscalls/sys_enter_execve")
int on_execve(struct sys_enter_execve *ctx)
{
	const char *const *argv = ctx->argv;
	struct command *command;
	const char *arg;
	__u32 zero = 0;
	__u64 offset = 0;
	long n;
	int i;

	command = bpf_map_lookup_elem(&scratch, &zero);
	if (!command)
		return 0;
	command->pid = bpf_get_current_pid_tgid() >> 32;
	for (i = 0; i < MAX_ARGS; i++) {
		if (bpf_probe_read_user(&arg, sizeof(arg), &argv[i]) || !arg)
			break;
		if (offset > BUFFER_SIZE - ARG_SIZE)
			break;
		n = bpf_probe_read_user_str(&command->argv[offset], ARG_SIZE, arg);
		if (n <= 0)
			break;
		offset += n;
	}
	command->length = offset;
	bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, command, sizeof(*command));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
