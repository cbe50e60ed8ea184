/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_TRACE_H
#define SKEP_BPF_TRACE_H
/**
 * @file bpf/trace.h
 * Programs whose arguments are the traced function's: names and types, as in its prototype.
 *
 * @code{.c}
 * #include <skep/bpf/trace.h>
 *
 * SEC("ksyscall/openat")
 * int SKEP_KSYSCALL(on_openat, int dir, const char *path, int flags)
 * {
 *         return flags & 1 ? dir : 0;
 * }
 *
 * SEC("kretprobe/vfs_read")
 * int SKEP_KRETPROBE(on_read_end, long bytes)
 * {
 *         return bytes < 0;
 * }
 * @endcode
 *
 * | section | macro | arguments from |
 * |---|---|---|
 * | kprobe | SKEP_KPROBE() | registers, then the kernel's stack |
 * | ksyscall, kprobe on `__x64_sys_...` | SKEP_KSYSCALL() | what user space gave the call |
 * | uprobe | SKEP_UPROBE() | registers, then the stack of user space |
 * | kretprobe, kretsyscall, uretprobe | SKEP_KRETPROBE(), SKEP_URETPROBE() | the result |
 * | fentry, fmod_ret, tp_btf, lsm, iter | SKEP_FENTRY() | the context |
 * | fexit | SKEP_FEXIT() | the result first, then the arguments |
 * | raw_tp | SKEP_RAW_TP() | the tracepoint's TP_PROTO |
 * | tp/syscalls/sys_enter_..., sys_exit_... | SKEP_SYS_ENTER(), SKEP_SYS_EXIT() | the record |
 * | usdt | SKEP_USDT() of bpf/usdt.h | the probe's note |
 *
 * Up to 12 arguments; the last ones may be left out. Each is an integer, an enum, a bool or a
 * pointer. It gets its type's own bytes and no others: what a caller left in the upper part of a
 * register does not make a `bool` true. What a pointer points to is read with bpf_probe_read_kernel()
 * or bpf_probe_read_user(), CO-RE's BPF_CORE_READ(), or, in fentry and tp_btf, directly.
 *
 * The body has the context under the name `ctx`. It costs one instruction for each argument that is
 * used, in a register; one that is not used costs nothing.
 *
 * @kernel{5.5, for what is not in registers}
 */
#include <skep/bpf/args.h>

/** @cond */
/*
 * An argument: `decl` is its declaration, `raw` 64 bits. As a void pointer it converts to whatever
 * the declaration says; bool would be true for any bit, so that narrow types are cut first.
 */
#define SKEP_BYTES_OF_(decl) sizeof(struct { decl; })
#define SKEP_TYPED_(decl, raw)                                                                     \
	(SKEP_REQUIRE_(SKEP_BYTES_OF_(decl) <= 8,                                                  \
		       "skep: an argument is an integer, an enum, a bool or a pointer; a struct "  \
		       "by value comes as one __u64 for each 8 bytes"),                            \
	 (void *)__builtin_choose_expr(SKEP_BYTES_OF_(decl) == 1, (unsigned long)(__u8)(raw),      \
				       __builtin_choose_expr(SKEP_BYTES_OF_(decl) == 2,            \
							     (unsigned long)(__u16)(raw),          \
							     (unsigned long)(raw))))

/* How many there are, and each as an argument of a call, with a comma before it. */
#define SKEP_PICK_(_0, _1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, n, ...) n
#define SKEP_COUNT_(...)                                                          SKEP_PICK_(0, ##__VA_ARGS__, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0)
#define SKEP_PASTE_(a, b)                                                         SKEP_PASTE_2_(a, b)
#define SKEP_PASTE_2_(a, b)                                                       a##b
#define SKEP_COMMA_                                                               ,

#define SKEP_ARGS_0_(get)
#define SKEP_ARGS_1_(get, a)                , SKEP_TYPED_(a, get(0))
#define SKEP_ARGS_2_(get, a, b)             SKEP_ARGS_1_(get, a), SKEP_TYPED_(b, get(1))
#define SKEP_ARGS_3_(get, a, b, c)          SKEP_ARGS_2_(get, a, b), SKEP_TYPED_(c, get(2))
#define SKEP_ARGS_4_(get, a, b, c, d)       SKEP_ARGS_3_(get, a, b, c), SKEP_TYPED_(d, get(3))
#define SKEP_ARGS_5_(get, a, b, c, d, e)    SKEP_ARGS_4_(get, a, b, c, d), SKEP_TYPED_(e, get(4))
#define SKEP_ARGS_6_(get, a, b, c, d, e, f) SKEP_ARGS_5_(get, a, b, c, d, e), SKEP_TYPED_(f, get(5))
#define SKEP_ARGS_7_(get, a, b, c, d, e, f, g)                                                     \
	SKEP_ARGS_6_(get, a, b, c, d, e, f), SKEP_TYPED_(g, get(6))
#define SKEP_ARGS_8_(get, a, b, c, d, e, f, g, h)                                                  \
	SKEP_ARGS_7_(get, a, b, c, d, e, f, g), SKEP_TYPED_(h, get(7))
#define SKEP_ARGS_9_(get, a, b, c, d, e, f, g, h, i)                                               \
	SKEP_ARGS_8_(get, a, b, c, d, e, f, g, h), SKEP_TYPED_(i, get(8))
#define SKEP_ARGS_10_(get, a, b, c, d, e, f, g, h, i, j)                                           \
	SKEP_ARGS_9_(get, a, b, c, d, e, f, g, h, i), SKEP_TYPED_(j, get(9))
#define SKEP_ARGS_11_(get, a, b, c, d, e, f, g, h, i, j, k)                                        \
	SKEP_ARGS_10_(get, a, b, c, d, e, f, g, h, i, j), SKEP_TYPED_(k, get(10))
#define SKEP_ARGS_12_(get, a, b, c, d, e, f, g, h, i, j, k, l)                                     \
	SKEP_ARGS_11_(get, a, b, c, d, e, f, g, h, i, j, k), SKEP_TYPED_(l, get(11))
#define SKEP_ARGS_(get, ...)                                                                       \
	SKEP_PASTE_(SKEP_PASTE_(SKEP_ARGS_, SKEP_COUNT_(__VA_ARGS__)), _)(get, ##__VA_ARGS__)

/* The program, which calls the user's body with `passed`; SEC() before it is for the program. */
#define SKEP_PROGRAM_(name, C, passed, ...)                                                        \
	name(C *ctx);                                                                              \
	SKEP_INLINE_ int name##__body(C *ctx, ##__VA_ARGS__);                                      \
	int name(C *ctx)                                                                           \
	{                                                                                          \
		_Pragma("GCC diagnostic push");                                                    \
		_Pragma("GCC diagnostic ignored \"-Wint-conversion\"");                            \
		return name##__body(ctx passed);                                                   \
		_Pragma("GCC diagnostic pop");                                                     \
	}                                                                                          \
	SKEP_INLINE_ int name##__body(__attribute__((unused)) C *ctx, ##__VA_ARGS__)

/* Where the argument `n` is, by kind of program. */
#define SKEP_FROM_KERNEL_(n)  skep_arg_kernel_(SKEP_REGS_(ctx), n)
#define SKEP_FROM_USER_(n)    skep_arg_user_(SKEP_REGS_(ctx), n)
#define SKEP_FROM_RESULT_(n)  skep_result(ctx)
#define SKEP_FROM_CONTEXT_(n) ctx[n]
#define SKEP_FROM_SYSCALL_(n)                                                                      \
	skep_syscall_arg_(SKEP_REGS_(skep_arg_register_(SKEP_REGS_(ctx), 0)), n)
#define SKEP_FROM_RECORD_(n) ctx->args[n]
#define SKEP_FROM_RET_(n)    ctx->ret

SKEP_INLINE_ __u64 skep_function_result_(void *ctx)
{
	__u64 result = 0;

	bpf_get_func_ret(ctx, &result);
	return result;
}
/** @endcond */

/** What the tracepoints `syscalls/sys_enter_...` give a program; the same for all of them. */
struct skep_sys_enter {
	__u64 common;  /**< of every tracepoint */
	__s32 nr;      /**< the system call's number */
	__u32 unused;  /**< whatever was there: the kernel does not write it */
	__u64 args[6]; /**< its arguments */
};

/** What the tracepoints `syscalls/sys_exit_...` give a program; the same for all of them. */
struct skep_sys_exit {
	__u64 common; /**< of every tracepoint */
	__s32 nr;     /**< the system call's number */
	__u32 unused; /**< whatever was there: the kernel does not write it */
	__s64 ret;    /**< its result: -1 to -4095 are errors */
};

/** `SEC("kprobe/function") int SKEP_KPROBE(name, struct file *file, int flags) { ... }` */
#define SKEP_KPROBE(name, ...)                                                                     \
	SKEP_PROGRAM_(name, struct pt_regs, SKEP_ARGS_(SKEP_FROM_KERNEL_, ##__VA_ARGS__),          \
		      ##__VA_ARGS__)

/** `SEC("kretprobe/function") int SKEP_KRETPROBE(name, long result) { ... }`; or without result. */
#define SKEP_KRETPROBE(name, ...)                                                                  \
	SKEP_PROGRAM_(name, struct pt_regs, SKEP_ARGS_(SKEP_FROM_RESULT_, ##__VA_ARGS__),          \
		      ##__VA_ARGS__)

/**
 * `SEC("ksyscall/openat") int SKEP_KSYSCALL(name, int dir, const char *path) { ... }`: pointers are
 * of user space. For kprobes on the functions that take calls (`__x64_sys_...`, `__arm64_sys_...`),
 * which get one argument only: a pointer to the registers of user space. @kernel{5.5}
 */
#define SKEP_KSYSCALL(name, ...)                                                                   \
	SKEP_PROGRAM_(name, struct pt_regs, SKEP_ARGS_(SKEP_FROM_SYSCALL_, ##__VA_ARGS__),         \
		      ##__VA_ARGS__)

/** `SEC("uprobe/path:function") int SKEP_UPROBE(name, const char *host, int port) { ... }` */
#define SKEP_UPROBE(name, ...)                                                                     \
	SKEP_PROGRAM_(name, struct pt_regs, SKEP_ARGS_(SKEP_FROM_USER_, ##__VA_ARGS__),            \
		      ##__VA_ARGS__)

/** `SEC("uretprobe/path:function") int SKEP_URETPROBE(name, int result) { ... }` */
#define SKEP_URETPROBE(name, ...) SKEP_KRETPROBE(name, ##__VA_ARGS__)

/**
 * `SEC("fentry/function") int SKEP_FENTRY(name, struct file *file, int flags) { ... }`: the kernel
 * knows what pointers point to, and members are read without a helper. Also for fmod_ret, tp_btf,
 * lsm, and iterators. In fmod_ret and lsm the hook's result so far comes behind its last argument.
 */
#define SKEP_FENTRY(name, ...)                                                                     \
	SKEP_PROGRAM_(name, unsigned long long, SKEP_ARGS_(SKEP_FROM_CONTEXT_, ##__VA_ARGS__),     \
		      ##__VA_ARGS__)

/**
 * `SEC("fexit/function") int SKEP_FEXIT(name, long result, struct file *file) { ... }`: the result
 * comes first, so that arguments that are not looked at need not be named. A pointer that is a
 * result is one to read with bpf_probe_read_kernel(). Not for functions that return nothing: those
 * take SKEP_FENTRY(). @kernel{5.17}
 */
#define SKEP_FEXIT(name, result, ...)                                                              \
	SKEP_PROGRAM_(name, unsigned long long,                                                    \
		      SKEP_COMMA_ SKEP_TYPED_(result, skep_function_result_(ctx))                  \
			      SKEP_ARGS_(SKEP_FROM_CONTEXT_, ##__VA_ARGS__),                       \
		      result, ##__VA_ARGS__)

/** `SEC("raw_tp/sched_switch") int SKEP_RAW_TP(name, bool preempt, void *from) { ... }` */
#define SKEP_RAW_TP(name, ...) SKEP_FENTRY(name, ##__VA_ARGS__)

/** `SEC("tp/syscalls/sys_enter_openat") int SKEP_SYS_ENTER(name, int dir, const char *path) { ... }` */
#define SKEP_SYS_ENTER(name, ...)                                                                  \
	SKEP_PROGRAM_(name, struct skep_sys_enter, SKEP_ARGS_(SKEP_FROM_RECORD_, ##__VA_ARGS__),   \
		      ##__VA_ARGS__)

/** `SEC("tp/syscalls/sys_exit_openat") int SKEP_SYS_EXIT(name, long result) { ... }` */
#define SKEP_SYS_EXIT(name, ...)                                                                   \
	SKEP_PROGRAM_(name, struct skep_sys_exit, SKEP_ARGS_(SKEP_FROM_RET_, ##__VA_ARGS__),       \
		      ##__VA_ARGS__)

#endif
