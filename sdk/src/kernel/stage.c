/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "stage.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/bpf.h>

#define FLAG_OF_NO_KERNEL (1U << 31)

/* Not bpf_prog_load(): libbpf tries again with other arguments, and needs instructions. */
static int load_error(int prog_type, int attach_type, uint32_t flags)
{
	static const struct bpf_insn insns[1];
	static const char license[] = "GPL";
	union bpf_attr attr;
	long fd;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = (uint32_t)prog_type;
	attr.expected_attach_type = attach_type < 0 ? 0 : (uint32_t)attach_type;
	attr.prog_flags = flags;
	attr.license = (uintptr_t)license;
	attr.insns = (uintptr_t)insns; /* none of them: insn_cnt stays 0 */
	fd = syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
	if (fd < 0)
		return errno;
	close((int)fd);
	return 0;
}

enum skep_stage skep_kernel_stage(int prog_type, int attach_type)
{
	if (load_error(prog_type, attach_type, FLAG_OF_NO_KERNEL) == EPERM)
		return SKEP_STAGE_ENTRY;
	if (load_error(prog_type, attach_type, 0) == EPERM)
		return SKEP_STAGE_EARLY;
	return SKEP_STAGE_LATER;
}
