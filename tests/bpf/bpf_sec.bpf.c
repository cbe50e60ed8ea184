// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Paths, files, credentials, ancestors, calls: what tools of security ask, on behalf of the caller. */
#ifdef WITH_VMLINUX
#include "vmlinux.h"
#endif
#include <skep/bpf/core.h>
#include <skep/bpf/security.h>

#include "bpf_sec.h"

SKEP_LICENSE("GPL");
SKEP_SCRATCH(paths, struct skep_path);

__u32 only; /* this process */
__u32 capable_seen;
__u32 wanted_arg;
struct seen_path path_seen;
struct seen_task task_seen;
struct seen_calls calls_seen;
struct seen_requests requests_seen;
struct skep_io_uring_entry entry_seen;
__s32 entry_status;
struct seen_exec exec_seen;
struct skep_file_id id_seen;
struct skep_cred cred_before, cred_after;

const volatile char folder[TEXT_MOST];
__u32 folder_bytes;

static __always_inline int keep(const struct skep_path *p, long length)
{
	path_seen.length = length;
	path_seen.state = p->state;
	path_seen.parts = p->parts;
	path_seen.is_cut = skep_path_is_cut(p);
	path_seen.copied = skep_path_copy(path_seen.text, sizeof(path_seen.text), p);
	path_seen.copied_small = skep_path_copy(path_seen.small, sizeof(path_seen.small), p);
	return 0;
}

SEC("raw_tp")
int SKEP_RAW_TP(path_of_fd, int fd, __u32 how)
{
	skep_scratch(&paths, p)
	{
		return keep(p, skep_path_file(p, skep_current_file(fd), how));
	}
	return -1;
}

SEC("raw_tp")
int SKEP_RAW_TP(path_of_exe, __u32 how)
{
	skep_scratch(&paths, p)
	{
		return keep(p, skep_path_exe(p, NULL, how));
	}
	return -1;
}

SEC("raw_tp")
int SKEP_RAW_TP(path_of_cwd, __u32 how)
{
	skep_scratch(&paths, p)
	{
		return keep(p, skep_path_cwd(p, NULL, how));
	}
	return -1;
}

SEC("raw_tp")
int SKEP_RAW_TP(path_of_cgroup)
{
	skep_scratch(&paths, p)
	{
		return keep(p, skep_path_cgroup(p, NULL));
	}
	return -1;
}

/* An address that is no file. */
SEC("raw_tp")
int SKEP_RAW_TP(path_of_any, const void *address, __u32 kind)
{
	skep_scratch(&paths, p)
	{
		return keep(p, kind == 0   ? skep_path_file(p, address, 0)
			       : kind == 1 ? skep_path_get(p, address, SKEP_PATH_SEEN)
			       : kind == 2 ? skep_path_in(p, address, address, 0)
					   : skep_path_dentry(p, address, 0));
	}
	return -1;
}

/* As a hook would have it that gets a dentry only. */
SEC("raw_tp")
int SKEP_RAW_TP(path_of_dentry, int fd, __u32 how)
{
	const struct file___skep *file = skep_current_file(fd);
	struct dentry___skep *dentry = BPF_CORE_READ(file, f_path.dentry);

	skep_scratch(&paths, p)
	{
		return keep(p, skep_path_dentry(p, dentry, how));
	}
	return -1;
}

SEC("raw_tp")
int SKEP_RAW_TP(is_below, int fd, __u32 how)
{
	skep_scratch(&paths, p)
	{
		if (skep_path_file(p, skep_current_file(fd), how) < 0)
			return -2;
		return skep_path_is_below(p, folder, folder_bytes);
	}
	return -1;
}

SEC("raw_tp")
int SKEP_RAW_TP(is_below_literal, int fd)
{
	skep_scratch(&paths, p)
	{
		if (skep_path_file(p, skep_current_file(fd), 0) < 0)
			return -2;
		return skep_path_is_below(p, "/proc", 5);
	}
	return -1;
}

SEC("raw_tp")
int SKEP_RAW_TP(identity, int fd, int folder_fd)
{
	const struct file___skep *file = skep_current_file(fd);
	struct skep_file_id folder_id, by_dentry;

	if (skep_file_id(file, &id_seen))
		return -14;
	if (skep_file_id(skep_current_file(folder_fd), &folder_id) ||
	    skep_dentry_id(BPF_CORE_READ(file, f_path.dentry), &by_dentry))
		return -13;
	if (by_dentry.inode != id_seen.inode || by_dentry.device != id_seen.device ||
	    by_dentry.generation != id_seen.generation)
		return -12;
	return (int)skep_file_mode(file) << 1 | skep_file_is_below(file, &folder_id);
}

SEC("raw_tp")
int SKEP_RAW_TP(task, __u32 pid)
{
	task_seen.errors = skep_task_cred(NULL, &task_seen.cred) +
			   skep_task_real_cred(NULL, &task_seen.real) +
			   skep_task_namespaces(NULL, &task_seen.ns);
	task_seen.n_who = skep_ancestors(NULL, task_seen.who, ANCESTORS_MOST);
	task_seen.n_cgroups = skep_cgroup_ids(NULL, task_seen.cgroups, LEVELS_MOST);
	task_seen.parent = skep_task_pid(skep_task_parent(NULL));
	return skep_task_descends(NULL, pid);
}

SEC("raw_tp")
int SKEP_RAW_TP(in_cgroup, __u64 id)
{
	return skep_task_is_in_cgroup(NULL, id);
}

SEC("raw_tp")
int SKEP_RAW_TP(capable, __u32 cap)
{
	return skep_current_is_capable(cap) | skep_cred_is_capable(&task_seen.cred, cap) << 1;
}

SEC("raw_tp")
int SKEP_RAW_TP(changes)
{
	return skep_cred_changes(&cred_before, &cred_after);
}

SEC("raw_tp")
int SKEP_RAW_TP(cred_of, const void *address)
{
	return skep_cred_read(address, &cred_after);
}

SEC("raw_tp")
int SKEP_RAW_TP(send, __u32 number, __u32 to_thread)
{
	return to_thread ? skep_current_signal_thread(number) : skep_current_signal(number);
}

SEC("raw_tp")
int SKEP_RAW_TP(end, __u32 for_a_while)
{
	return skep_current_signal(for_a_while ? SKEP_SIGNAL_STOP : SKEP_SIGNAL_KILL);
}

SEC("raw_tp")
int SKEP_RAW_TP(deny, int error)
{
	return skep_deny(error);
}

/* --- system calls and requests --- */

SEC("raw_tp/sys_enter")
int SKEP_RAW_TP(on_call, const void *regs, long number)
{
	struct skep_syscall call;
	__u64 n;

	if (skep_current_pid() != only)
		return 0;
	skep_syscall_read(regs, number, &call);
	/* Of the test's own, and which one; registers that a call does not use keep what they had. */
	n = call.args[2];
	if ((__s32)call.args[0] != -1 || call.args[1] != 0x5e39 || !skep_bound(n, CALLS_MOST))
		return 0;
	skep_task_cred(NULL, &cred_after);
	capable_seen = skep_current_is_capable(21); /* CAP_SYS_ADMIN */
	skep_task_namespaces(NULL, &task_seen.ns);
	calls_seen.call[n] = call;
	calls_seen.native[n] = skep_syscall_native(&call);
	calls_seen.n = n + 1;
	return 0;
}

SKEP_IO_URING(on_request, req)
{
	__u64 n = requests_seen.n;

	if (skep_current_pid() != only || !skep_bound(n, CALLS_MOST))
		return 0;
	requests_seen.opcode[n] = skep_io_uring_opcode(req);
	requests_seen.user_data[n] = skep_io_uring_user_data(req);
	requests_seen.syscall[n] = skep_io_uring_syscall(skep_io_uring_opcode(req));
	skep_io_uring_name(skep_io_uring_opcode(req), requests_seen.name[n]);
	entry_status = skep_io_uring_entry(req, &entry_seen);
	requests_seen.n = n + 1;
	return 0;
}

SEC("raw_tp")
int SKEP_RAW_TP(kind, __u32 opcode)
{
	return skep_io_uring_name(opcode, requests_seen.name[0]) +
	       skep_io_uring_syscall(opcode) * 100;
}

/* --- exec --- */

SEC("raw_tp/sched_process_exec")
int SKEP_RAW_TP(on_exec, const void *task, long old, const void *bprm)
{
	struct seen_exec *s = &exec_seen;
	__u32 total = 0;

	if (!skep_task_descends(task, only))
		return 0;
	s->argc = skep_exec_argc(bprm);
	s->envc = skep_exec_envc(bprm);
	s->is_script = skep_exec_is_script(bprm);
	s->bytes = skep_current_args(s->args, sizeof(s->args), &total);
	s->total = total;
	s->env_bytes = skep_current_env(s->env, sizeof(s->env), &total);
	s->env_total = total;
	skep_exec_name(bprm, s->name, sizeof(s->name));
	s->arg_missing = skep_current_arg(7, 8, s->arg, sizeof(s->arg));
	s->arg_length = skep_current_arg(wanted_arg, 8, s->arg, sizeof(s->arg));
	skep_file_id(skep_exec_file(bprm), &s->file);
	skep_scratch(&paths, p)
	{
		s->path_bytes = skep_path_file(p, skep_exec_file(bprm), 0);
		skep_path_copy(s->path, sizeof(s->path), p);
	}
	s->execs += !skep_exec_cred(bprm);
	return 0;
}
