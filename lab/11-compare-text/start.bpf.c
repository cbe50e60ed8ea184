/* SPDX-License-Identifier: 0BSD */
/*
 * Comparing names
 *
 * A process has a name of up to 15 characters, and a NUL. Names that begin alike are not the same:
 * ssh and sshd, for one.
 *
 * To do: is_wanted() returns 1 if the process that runs has exactly the name `wanted`, else 0.
 */
#include <skep/bpf/core.h>
#include <skep/bpf/string.h>

SKEP_LICENSE("GPL");

const volatile char wanted[16]; /* user space sets it before the program is loaded */

SEC("raw_tp/sys_enter")
int is_wanted(void *ctx)
{
	char name[16];

	skep_current_comm(name);
	for (int i = 0; i < 16 && wanted[i]; i++)
		if (name[i] != wanted[i])
			return 0;
	return 1;
}
