/* SPDX-License-Identifier: 0BSD */
/*
 * A program that runs at each system call
 *
 * Below is a whole BPF program. SEC() says where it hangs: the kernel calls on_call() whenever any
 * process enters a system call. What it keeps in global variables, user space reads where it is.
 *
 * To do: count in `calls` the system calls of the process `wanted`, and of no other. The check sets
 * `wanted` before it loads the program, and compares with what that process did.
 */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

const volatile __u32 wanted; /* a process: user space sets it before the program is loaded */
__u64 calls;

SEC("raw_tp/sys_enter")
int on_call(void *ctx)
{
	/* TODO: is it the process that we are asked about? */
	calls = 1;
	return 0;
}
