/* SPDX-License-Identifier: 0BSD */
/*
 * Text of another address space
 *
 * What a process hands to a system call are addresses of its own memory. To a program they are
 * numbers: it may not follow them, it has to ask for a copy.
 *
 * To do: is_config() returns 1 for a path that begins with "/etc/", and 0 for others, also where there
 * is nothing at the address.
 */
#include <skep/bpf/core.h>
#include <skep/bpf/string.h>

SKEP_LICENSE("GPL");

SEC("raw_tp/sys_enter")
int is_config(struct bpf_raw_tracepoint_args *ctx)
{
	const char *path = (const char *)ctx->args[0];

	return path[0] == '/' && path[1] == 'e' && path[2] == 't' && path[3] == 'c' &&
	       path[4] == '/';
}
