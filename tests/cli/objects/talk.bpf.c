/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Says each exec of a program named "skepmark": a message of each level, and no ring of its own. */
#include <skep/bpf/core.h>
#include <skep/bpf/log.h>
#include <skep/bpf/string.h>

SKEP_LICENSE("GPL");

SEC("raw_tp/sched_process_exec")
int skepmark_talk(void *ctx)
{
	char comm[SKEP_COMM_BYTES];

	skep_current_comm(comm);
	if (!skep_str_eq(comm, "skepmark"))
		return 0;
	skep_warn("%s\n", comm);
	skep_info("%s of %u", skep_str((void *)0), skep_current_pid());
	skep_debug("details");
	return 0;
}
