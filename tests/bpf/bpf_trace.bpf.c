// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Arguments, latencies, histograms, stacks, samples, fields and shims: what tracing programs use. */
#ifdef WITH_VMLINUX
#include "vmlinux.h"
#endif
#include <skep/bpf/bound.h>
#include <skep/bpf/field.h>
#include <skep/bpf/hist.h>
#include <skep/bpf/latency.h>
#include <skep/bpf/sample.h>
#include <skep/bpf/shim.h>
#include <skep/bpf/stack.h>
#include <skep/bpf/task.h>
#include <skep/bpf/trace.h>
#include <skep/bpf/usdt.h>

#include "bpf_trace.h"

SKEP_LICENSE("GPL");

__u32 only; /* this process */
struct seen_args by_uprobe, by_uretprobe, by_usdt, by_kprobe, by_kretprobe, by_ksyscall, by_raw;
struct seen_args by_fentry, by_fexit, by_tp_btf, by_record, by_record_end, by_stack, by_cookie;
struct seen_stack stack_seen;

/* --- arguments --- */

SEC("uprobe//proc/self/exe:traced_function")
int SKEP_UPROBE(on_function, bool a, signed char b, unsigned short c, int d, const char *e, long f,
		unsigned int g, long h, signed char i, bool j)
{
	struct seen_args *s = &by_uprobe;

	s->arg[0] = a;
	s->arg[1] = b;
	s->arg[2] = c;
	s->arg[3] = d;
	s->arg[4] = (long)e;
	s->arg[5] = f;
	s->arg[6] = g;
	s->arg[7] = h;
	s->arg[8] = i;
	s->arg[9] = j;
	s->arg[10] = (long)skep_arg_user(ctx, 7);
	s->arg[11] = (long)skep_instruction_pointer(ctx);
	s->calls++;
	stack_seen.user_frames = skep_stack_copy_user(ctx, stack_seen.user);
	return 0;
}

SEC("uretprobe//proc/self/exe:traced_function")
int SKEP_URETPROBE(on_function_end, int result)
{
	by_uretprobe.result = result;
	by_uretprobe.arg[0] = (int)skep_result(ctx);
	by_uretprobe.calls++;
	return 0;
}

/* A probe that was given a number when it was attached. */
SEC("uprobe//proc/self/exe:traced_sleep")
int SKEP_UPROBE(on_cookie)
{
	by_cookie.arg[0] = (long)skep_shim_attach_cookie(ctx, 77);
	by_cookie.arg[1] = (long)skep_stack_pointer(ctx);
	by_cookie.calls++;
	return 0;
}

SEC("usdt//proc/self/exe:skep_test:probe")
int SKEP_USDT(on_usdt, long a, int b, unsigned char c, int missing)
{
	by_usdt.arg[0] = a;
	by_usdt.arg[1] = b;
	by_usdt.arg[2] = c;
	by_usdt.arg[3] = missing;
	by_usdt.arg[4] = skep_usdt_count(ctx);
	by_usdt.calls++;
	return 0;
}

SEC("ksyscall/prctl")
int SKEP_KSYSCALL(on_prctl, int option, unsigned long a, unsigned long b, unsigned long c,
		  unsigned long d)
{
	if (skep_current_pid() != only)
		return 0;
	by_ksyscall.arg[0] = option;
	by_ksyscall.arg[1] = (long)a;
	by_ksyscall.arg[2] = (long)b;
	by_ksyscall.arg[3] = (long)c;
	by_ksyscall.arg[4] = (long)d;
	by_ksyscall.calls++;
	return 0;
}

SEC("kretsyscall/prctl")
int SKEP_KRETPROBE(on_prctl_end, long result)
{
	if (skep_current_pid() != only)
		return 0;
	by_kretprobe.result = result;
	by_kretprobe.calls++;
	return 0;
}

struct task_struct;

/* security_task_prctl(int option, unsigned long arg2, ..., arg5) is in every kernel. */
SEC("kprobe/security_task_prctl")
int SKEP_KPROBE(on_security, int option, unsigned long a, unsigned long b, unsigned long c)
{
	if (skep_current_pid() != only)
		return 0;
	by_kprobe.arg[0] = option;
	by_kprobe.arg[1] = (long)a;
	by_kprobe.arg[2] = (long)b;
	by_kprobe.arg[3] = (long)c;
	by_kprobe.arg[4] = (long)skep_arg(ctx, 4);
	by_kprobe.arg[5] = (long)skep_frame_at_entry(ctx).stack;
	by_kprobe.calls++;
	return 0;
}

/*
 * do_mmap() has its offset in the sixth place before 6.6 and in the seventh since; behind it is the
 * address of a variable of its caller's. So some of these lie on the stack.
 */
SEC("kretprobe/security_task_prctl")
int SKEP_KRETPROBE(on_security_end)
{
	if (skep_current_pid() == only)
		by_kretprobe.arg[5] = (long)skep_frame_at_return(ctx).stack;
	return 0;
}

SEC("kprobe/do_mmap")
int SKEP_KPROBE(on_mmap, void *file, unsigned long at, unsigned long length, unsigned long prot,
		unsigned long flags, unsigned long sixth, unsigned long seventh,
		unsigned long eighth)
{
	if (skep_current_pid() != only || length != 0x5000)
		return 0;
	by_stack.arg[0] = file != 0;
	by_stack.arg[1] = (long)prot;
	by_stack.arg[2] = (long)sixth;
	by_stack.arg[3] = (long)seventh;
	by_stack.arg[4] = (long)eighth;
	by_stack.arg[5] = (long)skep_stack_pointer(ctx);
	by_stack.arg[6] = (long)skep_shim_func_ip(ctx, 1);
	by_stack.arg[7] = (long)skep_arg(ctx, 6);
	by_stack.calls++;
	return 0;
}

SEC("fentry/security_task_prctl")
int SKEP_FENTRY(on_entry, int option, unsigned long a)
{
	if (skep_current_pid() != only)
		return 0;
	by_fentry.arg[0] = option;
	by_fentry.arg[1] = (long)a;
	by_fentry.calls++;
	return 0;
}

/* The result first: of five arguments one is named. */
SEC("fexit/security_task_prctl")
int SKEP_FEXIT(on_exit, int result, int option)
{
	if (skep_current_pid() != only)
		return 0;
	by_fexit.arg[0] = option;
	by_fexit.result = result;
	by_fexit.calls++;
	return 0;
}

/* The registers are those of user space: what a syscall's function gets. */
SEC("raw_tp/sys_enter")
int SKEP_RAW_TP(on_sys_enter, struct pt_regs *regs, long nr)
{
	if (skep_current_pid() != only || nr != skep_syscall_number(regs) ||
	    skep_syscall_arg(regs, 0) != 0x5e39)
		return 0;
	by_raw.arg[0] = (long)skep_syscall_arg(regs, 0);
	by_raw.arg[1] = (long)skep_syscall_arg(regs, 1);
	by_raw.arg[2] = (long)skep_syscall_arg(regs, 2);
	by_raw.arg[3] = (long)skep_syscall_arg(regs, 3);
	by_raw.arg[4] = (long)skep_syscall_arg(regs, 4);
	by_raw.arg[5] = (long)skep_syscall_arg(regs, 5);
	by_raw.arg[6] = nr;
	by_raw.calls++;
	return 0;
}

SEC("tp_btf/sys_enter")
int SKEP_FENTRY(on_typed_enter, struct pt_regs *regs, long nr)
{
	if (skep_current_pid() != only || skep_syscall_arg(regs, 0) != 0x5e39)
		return 0;
	by_tp_btf.arg[0] = nr;
	by_tp_btf.arg[1] = (long)skep_syscall_arg(regs, 1);
	by_tp_btf.calls++;
	return 0;
}

/* The tracepoints of one system call. */
SEC("tp/syscalls/sys_enter_prctl")
int SKEP_SYS_ENTER(on_record, int option, unsigned long a, unsigned long b, unsigned long c,
		   unsigned long d)
{
	if (skep_current_pid() != only || option != 0x5e39)
		return 0;
	by_record.arg[0] = option;
	by_record.arg[1] = (long)a;
	by_record.arg[2] = (long)b;
	by_record.arg[3] = (long)c;
	by_record.arg[4] = (long)d;
	by_record.arg[5] = ctx->nr;
	by_record.calls++;
	return 0;
}

SEC("tp/syscalls/sys_exit_prctl")
int SKEP_SYS_EXIT(on_record_end, long result)
{
	if (skep_current_pid() != only || result != -22)
		return 0;
	by_record_end.result = result;
	by_record_end.arg[5] = ctx->nr;
	by_record_end.calls++;
	return 0;
}

SEC("raw_tp")
int SKEP_RAW_TP(narrow, bool a, signed char b)
{
	return a * 1000 + b;
}

/* --- latency --- */

SKEP_LATENCY(by_thread, 64);
SKEP_LATENCY_TASK(by_task);
SKEP_LATENCY_BY(by_key, __u64, 64);
__u64 took;

SEC("raw_tp")
int SKEP_RAW_TP(thread_start)
{
	skep_latency_start(&by_thread);
	return 0;
}

SEC("raw_tp")
int SKEP_RAW_TP(thread_end)
{
	took = skep_latency_end(&by_thread);
	return took > 0;
}

SEC("raw_tp")
int SKEP_RAW_TP(task_start)
{
	skep_latency_start(&by_task);
	return 0;
}

SEC("raw_tp")
int SKEP_RAW_TP(task_end)
{
	took = skep_latency_end(&by_task);
	return took > 0;
}

SEC("raw_tp")
int SKEP_RAW_TP(key_start, __u64 key)
{
	skep_latency_start_of(&by_key, &key);
	return 0;
}

SEC("raw_tp")
int SKEP_RAW_TP(key_end, __u64 key)
{
	took = skep_latency_end_of(&by_key, &key);
	return took > 0;
}

/* The three lines: a start, an end, and a slot for what lies between. */
SKEP_LATENCY(sleeps, 64);
SKEP_HIST_LOG2(sleep_ns);

SEC("uprobe//proc/self/exe:traced_sleep")
int SKEP_UPROBE(on_sleep)
{
	skep_latency_start(&sleeps);
	return 0;
}

SEC("uretprobe//proc/self/exe:traced_sleep")
int SKEP_URETPROBE(on_sleep_end)
{
	__u64 ns = skep_latency_end(&sleeps);

	if (ns)
		skep_hist_add(&sleep_ns, ns);
	return 0;
}

/* A call inside of another, of which an end is lost. */
SKEP_LATENCY_BY(nested, struct skep_frame, 64);
SKEP_HASH(depths, struct skep_frame, __u32, 64);
struct {
	__u64 took[4]; /* by the call's argument */
	__u32 lost;    /* which call's end is not looked at */
} nested_seen;

SEC("uprobe//proc/self/exe:traced_nested")
int SKEP_UPROBE(on_nested, __u32 depth)
{
	struct skep_frame frame = skep_frame_at_entry(ctx);

	skep_map_put(&depths, &frame, &depth);
	skep_latency_start_of(&nested, &frame);
	return 0;
}

SEC("uretprobe//proc/self/exe:traced_nested")
int SKEP_URETPROBE(on_nested_end)
{
	struct skep_frame frame = skep_frame_at_return(ctx);
	__u32 *found = skep_map_get(&depths, &frame), depth;

	if (!found || *found == nested_seen.lost)
		return 0;
	depth = *found;
	if (skep_bound(depth, 4))
		nested_seen.took[depth] = skep_latency_end_of(&nested, &frame);
	return 0;
}

/* --- histograms --- */

SKEP_HIST_LOG2(powers);
SKEP_HIST_LINEAR(widths, -20, 5);
SKEP_HIST_LOG2_BY(powers_of, __u32, 2);
SKEP_HIST_LINEAR_BY(widths_of, __u32, 2, 0, 10);

SEC("raw_tp")
int SKEP_RAW_TP(count, __u64 value, __u32 key)
{
	skep_hist_add(&powers, value);
	skep_hist_add(&widths, value);
	if (skep_hist_add_to(&widths_of, &key, value))
		return -1;
	return skep_hist_add_to(&powers_of, &key, value);
}

/* --- stacks --- */

SKEP_STACK_TRACE(stacks, 64, 1024);

SEC("raw_tp/sys_exit")
int SKEP_RAW_TP(on_sys_exit, struct pt_regs *regs, long result)
{
	struct bpf_stack_build_id ids[2] = {};
	struct skep_stack_ids at;

	if (skep_current_pid() != only || skep_syscall_arg(regs, 1) != 0x5e3a)
		return 0;
	at = skep_stack_ids(ctx, &stacks);
	stack_seen.kernel_id = at.kernel;
	stack_seen.user_id = at.user;
	stack_seen.kernel_frames = skep_stack_copy(ctx, stack_seen.kernel);
	stack_seen.build_ids = skep_stack_copy_build_ids(ctx, ids);
	stack_seen.build_id_status = (__u32)ids[0].status;
	return 0;
}

/* --- samples --- */

SKEP_SAMPLER(each);
SKEP_SAMPLER(while_);

SEC("raw_tp")
int SKEP_RAW_TP(every, __u64 n)
{
	return skep_sample_every(&each, n);
}

SEC("raw_tp")
int SKEP_RAW_TP(seen)
{
	return (int)skep_sample_seen(&each);
}

SEC("raw_tp")
int SKEP_RAW_TP(period, __u64 ns)
{
	return skep_sample_period(&while_, ns);
}

/* How many of 1,000 are taken. */
SEC("raw_tp")
int SKEP_RAW_TP(by_chance, __u32 n)
{
	int taken = 0;

	for (int i = 0; i < 1000; i++)
		taken += skep_sample_random(n);
	return taken;
}

SEC("raw_tp")
int SKEP_RAW_TP(by_hash, __u64 key, __u32 n)
{
	return skep_sample_key(key, n);
}

/* --- fields and shims --- */

SKEP_FIELDS(
	task_struct, names, int never_there; unsigned int __state; long state; int tgid;
	struct task_struct___names * group_leader; struct { int nor_this; } thread_info;);

SEC("raw_tp")
int SKEP_RAW_TP(fields, __u64 step)
{
	struct task_struct___names *task = (void *)bpf_get_current_task();
	struct task_struct___names *leader;

	if (step == 0)
		return skep_field_any(task, -7, never_there);
	if (step == 1)
		return skep_field_any(task, -7, never_there, tgid);
	if (step == 2)
		return skep_field_any(task, -7, never_there, thread_info.nor_this, tgid, __state);
	if (step == 3) /* running, while this runs */
		return skep_field_any(task, -7, never_there, __state, state);
	if (step == 4) {
		leader = skep_field_any(task, (struct task_struct___names *)0, never_there,
					group_leader);
		return leader ? skep_field_any(leader, -7, tgid) : -8;
	}
	if (step == 5)
		return skep_field_exists(task, tgid) * 2 + skep_field_exists(task, never_there);
	return skep_field_any((struct task_struct___names *)0, -7, tgid);
}

/* A helper that no kernel has: its branch is never looked at. */
enum bpf_func_id___test {
	BPF_FUNC_of_no_kernel___test = 60000,
};
static int (*of_no_kernel)(void) = (void *)60000;
__u64 offset;

/* Whether this object does without what newer kernels have. */
SEC("raw_tp")
int SKEP_RAW_TP(without_core)
{
#ifdef SKEP_NO_CORE
	return 1;
#else
	return 0;
#endif
}

SEC("raw_tp")
int SKEP_RAW_TP(shims, __u64 step)
{
	char name[16] = "swapper";

	if (step == 0)
		return bpf_core_enum_value_exists(enum bpf_func_id___test,
						  BPF_FUNC_of_no_kernel___test)
			       ? of_no_kernel()
			       : 5;
	if (step == 1)
		return skep_has_helper(ktime_get_ns) + 1;
	if (step == 2)
		return skep_shim_current_task() == (void *)bpf_get_current_task();
	if (step == 3)
		return skep_shim_strncmp(name, 16, "swapper") == 0;
	if (step == 4)
		return skep_shim_strncmp(name, 8, "swappes") < 0;
	if (step == 5)
		return skep_shim_strncmp(name, 8, "swap") > 0;
	if (step == 6)
		return skep_shim_strncmp(name, 4, "swapping") == 0;
	if (step == 7)
		return skep_strncmp_slow_(name, 16, "swapper") == 0 &&
		       skep_strncmp_slow_(name, 8, "swappes") < 0 &&
		       skep_strncmp_slow_(name, 8, "swap\0xxx") > 0 &&
		       skep_strncmp_slow_(name, 4, "swapping") == 0;
	took = skep_shim_time_tai_ns(offset);
	return 0;
}
