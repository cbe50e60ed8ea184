/* SPDX-License-Identifier: 0BSD */
/*
 * The kernel side: when a call begins, and when it ends, by each of the ways there are. The tracepoints
 * sys_enter and sys_exit see all system calls; requests of io_uring have tracepoints of their own.
 */
#include "vmlinux.h"
#include <skep/bpf/core.h>
#include <skep/bpf/bound.h>
#include <skep/bpf/io_uring.h>
#include <skep/bpf/string.h>
#include <skep/bpf/syscall.h>
#include <skep/bpf/time.h>
#include <skep/bpf/trace.h>
#include "calls.h"

SKEP_LICENSE("GPL");

/* By thread, which is in one system call at a time; requests by their address. */
SKEP_LRU_HASH(begun, __u64, struct call_event, 8192);
SKEP_RINGBUF(events, struct call_event, 1 << 22);

/* Set by the user side before load. */
const volatile struct choice choices[NUMBERS];    /* by 64-bit number */
const volatile struct choice choices_32[NUMBERS]; /* of calls that only 32-bit programs have */
const volatile __u32 only_pid;                    /* 0: all */
const volatile __u32 never_pid; /* ourselves: printing a write would be a write to print */

static bool is_asked_about(void)
{
	__u32 pid = skep_current_pid();

	return pid != never_pid && (!only_pid || pid == only_pid);
}

static struct choice choice_of(long native, long number_32)
{
	struct choice choice = {};

	if (skep_bound(native, NUMBERS))
		choice = choices[native];
	if (!choice.wanted && skep_bound(number_32, NUMBERS))
		choice = choices_32[number_32];
	return choice;
}

/* `which` of the arguments is a text: 1 is the first, 0 none. */
static void read_text(struct call_event *call, __u32 which)
{
	which--;
	if (skep_bound(which, 6))
		call->text_bytes = skep_str_copy_user(call->text, sizeof(call->text),
						      (void *)call->arguments[which]);
}

static struct call_event *begin(__u64 key)
{
	static const struct call_event empty;
	struct call_event *call;

	skep_map_put(&begun, &key, &empty);
	call = skep_map_get(&begun, &key);
	if (call) {
		call->pid = skep_current_pid();
		call->tid = skep_current_tid();
		skep_current_comm(call->comm);
		call->took_ns = skep_time_ns(); /* from now on */
	}
	return call;
}

static void tell(void *ctx, const struct call_event *call)
{
	skep_emit(ctx, &events, e)
		*e = *call;
}

static void end(void *ctx, __u64 key, struct call_event *call, __s64 result)
{
	call->result = result;
	call->took_ns = skep_time_ns() - call->took_ns;
	tell(ctx, call);
	skep_map_del(&begun, &key);
}

/* Reported now, for it has no end. */
static void tell_open(void *ctx, __u64 key, struct call_event *call)
{
	call->is_open = 1;
	call->took_ns = 0;
	tell(ctx, call);
	skep_map_del(&begun, &key);
}

#define X32_BIT 0x40000000 /* __X32_SYSCALL_BIT of asm/unistd.h: which table, not which call */

SEC("raw_tp/sys_enter")
int SKEP_RAW_TP(on_enter, void *regs, long number)
{
	/* What it is costs one read, its arguments six: most calls are not looked for. */
	struct skep_syscall made = { .number = (__s32)number & ~X32_BIT,
				     .abi = skep_current_abi(number) };
	long native = skep_syscall_native(&made);
	struct choice choice = choice_of(native, made.abi == SKEP_ABI_32 ? made.number : -1);
	__u64 thread = bpf_get_current_pid_tgid();
	struct call_event *call;

	call = choice.wanted && is_asked_about() ? begin(thread) : NULL;
	if (!call)
		return 0;
	skep_syscall_read(regs, number, &made);
	__builtin_memcpy(call->arguments, made.args, sizeof(call->arguments));
	call->number = made.number;
	call->native = (__s32)native;
	call->way = made.abi;
	read_text(call, choice.text);
	if (native == __NR_exit || native == __NR_exit_group)
		tell_open(ctx, thread, call);
	return 0;
}

SEC("raw_tp/sys_exit")
int SKEP_RAW_TP(on_exit, void *regs, long result)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct call_event *call = skep_map_get(&begun, &thread);

	if (!call)
		return 0;
	/* What was not in memory yet: the kernel has read it since. */
	if (call->text_bytes < 0)
		read_text(call, choice_of(call->native, -1).text);
	end(ctx, thread, call, result);
	return 0;
}

SKEP_IO_URING(on_request, request)
{
	__u32 kind = skep_io_uring_opcode(request);
	long native = skep_io_uring_syscall(kind);
	struct choice choice = choice_of(native, -1);
	__u64 key = (__u64)request;
	struct skep_io_uring_entry entry;
	struct call_event *call;

	call = choice.wanted && is_asked_about() ? begin(key) : NULL;
	if (!call)
		return 0;
	skep_io_uring_entry(request, &entry); /* zeros where it cannot be read */
	call->arguments[0] = (__u64)entry.fd;
	call->arguments[1] = entry.addr;
	call->arguments[2] = entry.len;
	call->arguments[3] = entry.off;
	call->arguments[4] = entry.op_flags;
	call->arguments[5] = entry.user_data;
	call->number = (__s32)kind;
	call->native = (__s32)native;
	call->way = BY_IO_URING;
	read_text(call, choice.text ? 2 : 0); /* where a call has one, the entry's address is it */
	if (entry.flags & 1 << IOSQE_CQE_SKIP_SUCCESS_BIT)
		tell_open(ctx, key, call);
	return 0;
}

SEC("raw_tp/io_uring_complete")
int SKEP_RAW_TP(on_complete, void *ring, struct io_kiocb *request)
{
	__u64 key = (__u64)request;
	struct call_event *call = skep_map_get(&begun, &key);

	if (call)
		end(ctx, key, call, BPF_CORE_READ(request, cqe.res));
	return 0;
}
