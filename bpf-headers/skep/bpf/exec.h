/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_EXEC_H
#define SKEP_BPF_EXEC_H
/**
 * @file bpf/exec.h
 * What was started, by which words: the arguments and the environment of the new program.
 *
 * @code{.c}
 * #include <skep/bpf/core.h>
 * #include <skep/bpf/exec.h>
 *
 * struct event { __u32 argc, total; char args[]; };
 * SKEP_RINGBUF_VAR(events, struct event, 4096, 1 << 20);
 * SKEP_LICENSE("GPL");
 *
 * SEC("raw_tp/sched_process_exec")
 * int on_exec(struct bpf_raw_tracepoint_args *ctx)
 * {
 *         long bytes = 0;
 *
 *         skep_emit_var(ctx, &events, e, bytes) {
 *                 e->argc = skep_exec_argc((void *)ctx->args[2]);
 *                 bytes = skep_current_args(e->args, 4096, &e->total);
 *         }
 *         return 0;
 * }
 * @endcode
 *
 * At `sched_process_exec` the old program is gone and the new one has not run an instruction: its arguments
 * are as the kernel copied them. What a probe on execve() reads is the memory of the old
 * program, which another of its threads may change between the look and the copy. Later the program
 * may overwrite its arguments itself, as for `ps`.
 *
 * skep_current_args() is in bpf/task.h. It cannot wait for memory that is paged out; in a sleepable
 * program skep_current_args_wait() can.
 *
 * @kernel{5.5, with BTF}
 */
#include <skep/bpf/loop.h>
#include <skep/bpf/string.h>
#include <skep/bpf/task.h>

/** @cond */
struct linux_binprm___skep {
	int argc, envc;
	const char *filename;
	const char *interp;
	void *file;
	void *cred;
} __attribute__((preserve_access_index));

struct mm_struct___skep_exec {
	unsigned long arg_start, arg_end, env_start, env_end;
} __attribute__((preserve_access_index));

struct task_struct___skep_exec {
	struct mm_struct___skep_exec *mm;
} __attribute__((preserve_access_index));
/** @endcond */

/**
 * How many arguments an exec has.
 *
 * @param bprm the `struct linux_binprm *` of bprm hooks, and the third argument of sched_process_exec
 * @return the number; that of the interpreter's for a script
 * @kernel{5.5, with BTF}
 */
SKEP_INLINE_ __u32 skep_exec_argc(const void *bprm)
{
	const struct linux_binprm___skep *from = bprm;

	return BPF_CORE_READ(from, argc);
}

/**
 * How many variables an exec's environment has.
 *
 * @param bprm a `struct linux_binprm *`
 * @return the number
 * @kernel{5.5, with BTF}
 */
SKEP_INLINE_ __u32 skep_exec_envc(const void *bprm)
{
	const struct linux_binprm___skep *from = bprm;

	return BPF_CORE_READ(from, envc);
}

/**
 * The name that execve() was given, as it was written: relative, through links, or /dev/fd/N for a
 * program without a name. Where the program is says skep_path_file() of skep_exec_file().
 *
 * @param bprm a `struct linux_binprm *`
 * @param to   where to
 * @param size its size, a constant
 * @return as skep_str_copy_kernel()
 * @kernel{5.5, with BTF}
 */
SKEP_INLINE_ long skep_exec_name(const void *bprm, char *to, __u32 size)
{
	const struct linux_binprm___skep *from = bprm;

	return skep_str_copy_kernel(to, size, BPF_CORE_READ(from, filename));
}

/**
 * Whether it is a script: the program is what its first line names.
 *
 * @param bprm a `struct linux_binprm *`
 * @return 1 or 0; 0 also in hooks that come before its first line was read
 * @kernel{5.5, with BTF}
 */
SKEP_INLINE_ int skep_exec_is_script(const void *bprm)
{
	const struct linux_binprm___skep *from = bprm;

	return BPF_CORE_READ(from, interp) != BPF_CORE_READ(from, filename);
}

/**
 * The file that is executed; of a script, behind its first line, the interpreter's.
 *
 * @param bprm a `struct linux_binprm *`
 * @return its `struct file *`, for skep_path_file() and skep_file_id()
 * @kernel{5.5, with BTF}
 */
SKEP_INLINE_ void *skep_exec_file(const void *bprm)
{
	const struct linux_binprm___skep *from = bprm;

	return BPF_CORE_READ(from, file);
}

/**
 * The credentials that the new program will have: those of skep_cred_read().
 *
 * @param bprm a `struct linux_binprm *`
 * @return its `struct cred *`; NULL when the task has them already, as at sched_process_exec
 * @kernel{5.5, with BTF}
 */
SKEP_INLINE_ void *skep_exec_cred(const void *bprm)
{
	const struct linux_binprm___skep *from = bprm;

	return BPF_CORE_READ(from, cred);
}

/**
 * Copies the environment of the current process, each variable ended by a NUL, as many bytes as fit.
 *
 * @param to    where to, at least `room` bytes
 * @param room  a constant
 * @param total gets how many bytes there are in all: more than `room` means cut
 * @return the bytes copied, 0 for a kernel thread, or -EFAULT when memory is paged out
 * @kernel{5.5, with BTF}
 */
SKEP_INLINE_ long skep_current_env(void *to, __u32 room, __u32 *total)
{
	struct task_struct___skep_exec *task = (void *)bpf_get_current_task();
	unsigned long start = BPF_CORE_READ(task, mm, env_start);
	unsigned long bytes = BPF_CORE_READ(task, mm, env_end) - start;

	*total = bytes;
	return skep_copy_user(to, room, (void *)start, bytes);
}

/**
 * One argument of the current process.
 *
 * @param n    which, 0 is the program's own name
 * @param most no argument from this number on is asked for; a constant up to 64
 * @param to   where to
 * @param size its size, a constant
 * @return as skep_str_copy_user(); or with an empty text -ENOENT: there are not so many; -E2BIG: one before
 *         it does not fit into `size`: take skep_current_args()
 * @kernel{5.5, with BTF}
 */
SKEP_INLINE_ long skep_current_arg(__u32 n, __u32 most, char *to, __u32 size)
{
	struct task_struct___skep_exec *task = (void *)bpf_get_current_task();
	unsigned long at = BPF_CORE_READ(task, mm, arg_start);
	unsigned long end = BPF_CORE_READ(task, mm, arg_end);
	long got = 0;

	to[0] = 0;
	skep_for(i, 0, 64, 64)
	{
		if (i >= most || at >= end)
			break;
		if (i == n)
			return skep_str_copy_user(to, size, (void *)at);
		got = bpf_probe_read_user_str(to, size, (void *)at);
		if (got <= 0 || got >= size)
			break;
		at += got;
	}
	to[0] = 0;
	if (got < 0)
		return SKEP_EFAULT_;
	return got >= size ? -7 : -2; /* E2BIG, ENOENT */
}

/**
 * skep_current_args() for sleepable programs: waits for memory that is paged out.
 *
 * @param to    where to, at least `room` bytes
 * @param room  a constant
 * @param total gets how many bytes there are in all: more than `room` means cut
 * @return the bytes copied, 0 for a kernel thread, or -EFAULT: the memory is not there
 * @kernel{5.10, with BTF}
 */
SKEP_INLINE_ long skep_current_args_wait(void *to, __u32 room, __u32 *total)
{
	struct task_struct___skep_exec *task = (void *)bpf_get_current_task();
	unsigned long start = BPF_CORE_READ(task, mm, arg_start);
	unsigned long bytes = BPF_CORE_READ(task, mm, arg_end) - start;

	*total = bytes;
	SKEP_OPAQUE_(bytes);
	if (bytes > room)
		bytes = room;
	return bpf_copy_from_user(to, (__u32)bytes, (void *)start) ? SKEP_EFAULT_ : (long)bytes;
}

#endif
