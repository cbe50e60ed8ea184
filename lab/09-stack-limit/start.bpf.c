/* SPDX-License-Identifier: 0BSD */
/*
 * 512 bytes of stack, and where to put more
 *
 * A program has 512 bytes for all its variables and those of the functions it calls. It is the
 * compiler that refuses here.
 *
 * To do: path_length() is the length of a process's text, of up to 1,023 characters. The buffer must be
 * the program's own while it runs: several processors run it at once, and may interrupt themselves.
 * So a global variable will not do.
 */
#include <skep/bpf/core.h>
#include <skep/bpf/scratch.h>

SKEP_LICENSE("GPL");

SEC("raw_tp/sys_enter")
int path_length(struct bpf_raw_tracepoint_args *ctx)
{
	char path[1024];
	long n = bpf_probe_read_user_str(path, sizeof(path), (void *)ctx->args[0]);

	return n > 0 ? n - 1 : n;
}
