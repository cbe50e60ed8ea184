/* SPDX-License-Identifier: 0BSD */
/* One way to do it. */
#include <skep/bpf/core.h>
#include <skep/bpf/string.h>

SKEP_LICENSE("GPL");

const volatile char wanted[16];

SEC("raw_tp/sys_enter")
int is_wanted(void *ctx)
{
	char name[16];

	skep_current_comm(name);
	return skep_str_eq(name, wanted);
}
