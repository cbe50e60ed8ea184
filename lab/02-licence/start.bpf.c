/* SPDX-License-Identifier: 0BSD */
/*
 * What the kernel wants to know before it lends its helpers
 *
 * Helpers are functions of the kernel that a program may call. Many are for programs only whose
 * licence is compatible with the GPL, and the kernel asks the object for it.
 *
 * To do: the program below is refused. Make the kernel accept it. It returns the word that is at an
 * address of the process that runs.
 */
#include <skep/bpf/core.h>

SEC("raw_tp/sys_enter")
int word_at(struct bpf_raw_tracepoint_args *ctx)
{
	const void *address = (const void *)ctx->args[0];
	__u32 word = 0;

	bpf_probe_read_user(&word, sizeof(word), address);
	return word;
}
