/* SPDX-License-Identifier: 0BSD */
/*
 * The kernel side: looks at a mapping when the call that made or changed it has succeeded, and at a
 * program when it has taken a process over.
 */
#include "vmlinux.h"
#include <skep/bpf/core.h>
#include <skep/bpf/security.h>
#include <skep/bpf/trace.h>
#include <bpf/bpf_core_read.h>
#include "wx.h"

SKEP_LICENSE("GPL");

SKEP_RINGBUF(events, struct wx_event, 1 << 20);
SKEP_SCRATCH(paths, struct skep_path);

/* Mappings that could not be looked at, since another thread was changing them right then. */
__u64 missed;

/* Of the kernel's headers. */
#define VM_WRITE     2
#define VM_EXEC      4
#define SB_KERNMOUNT (1 << 22)

#define MAPPINGS_MOST 1024 /* that one mprotect() is followed through */

#if defined(__TARGET_ARCH_arm64)
enum {
	MMAP = 222,
	MPROTECT = 226,
	PKEY_MPROTECT = 288,
	SHMAT = 196
};
#else
enum {
	MMAP = 9,
	MPROTECT = 10,
	PKEY_MPROTECT = 329,
	SHMAT = 30
};
#endif

/* A file without links is deleted; one of the kernel's own mounts never had a name. */
static __u32 reasons_of_file(const struct file *file)
{
	if (!file || BPF_CORE_READ(file, f_inode, i_nlink))
		return 0;
	return BPF_CORE_READ(file, f_inode, i_sb, s_flags) & SB_KERNMOUNT ? WX_MEMFD : WX_DELETED;
}

static void report(void *ctx, __u32 reasons, const struct file *file, __u64 from, __u64 to)
{
	skep_emit_zeroed(ctx, &events, e) {
		e->from = from;
		e->to = to;
		e->reasons = reasons;
		e->pid = skep_current_pid();
		e->uid = skep_current_uid();
		skep_current_comm(e->comm);
		if (!file)
			continue;
		skep_scratch(&paths, path)
		{
			skep_path_file(path, file, 0);
			skep_path_copy(e->path, sizeof(e->path), path);
		}
	}
}

struct look {
	void *ctx;
	__u64 at, end; /* what the call was about */
	__u64 from, to, flags;
	struct file *file;
	void *written;
};

static long read_mapping(struct task_struct *task, struct vm_area_struct *vma, struct look *look)
{
	look->from = vma->vm_start;
	look->to = vma->vm_end;
	look->flags = vma->vm_flags;
	look->file = vma->vm_file;
	/* A private mapping has pages of its own from when somebody writes into it. */
	look->written = vma->anon_vma;
	return 0;
}

static long look_at_next(__u32 round, struct look *look)
{
	__u32 reasons;

	if (look->at >= look->end)
		return 1;
	if (bpf_find_vma(bpf_get_current_task_btf(), look->at, read_mapping, look, 0)) {
		__sync_fetch_and_add(&missed, 1);
		return 1;
	}
	look->at = look->to;
	if (!(look->flags & VM_EXEC))
		return 0;
	reasons = reasons_of_file(look->file);
	if (look->flags & VM_WRITE)
		reasons |= WX_BOTH;
	else if (look->written)
		reasons |= WX_WRITTEN;
	if (reasons)
		report(look->ctx, reasons, look->file, look->from, look->to);
	return 0;
}

SEC("raw_tp/sys_exit")
int SKEP_RAW_TP(on_call, struct pt_regs *regs, long result)
{
	long number = skep_syscall_number(regs);
	struct skep_syscall call = { .number = number, .abi = skep_current_abi(number) };
	struct look look = { .ctx = ctx };

	switch (skep_syscall_native(&call)) {
	case MMAP:
	case SHMAT:
		look.at = result;
		look.end = result + 1;
		break;
	case MPROTECT:
	case PKEY_MPROTECT:
		skep_syscall_read(regs, number, &call);
		look.at = call.args[0];
		look.end = call.args[0] + call.args[1];
		break;
	default:
		return 0;
	}
	if (result >= 0 || result < -4095)
		skep_loop_n(MAPPINGS_MOST, look_at_next, &look);
	return 0;
}

SEC("raw_tp/sched_process_exec")
int SKEP_RAW_TP(on_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	struct file *file = skep_exec_file(bprm);
	__u32 reasons = reasons_of_file(file);

	if (reasons)
		report(ctx, reasons | WX_PROGRAM, file, 0, 0);
	return 0;
}
