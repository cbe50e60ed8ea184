/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_USDT_H
#define SKEP_BPF_USDT_H
/**
 * @file bpf/usdt.h
 * Programs on probes that applications have of themselves (USDT): names and types of arguments.
 *
 * @code{.c}
 * #include <skep/bpf/usdt.h>
 *
 * SEC("usdt//usr/lib/libapp.so:app:request")
 * int SKEP_USDT(on_request, const char *url, int status)
 * {
 *         return status >= 500 && url;
 * }
 * @endcode
 *
 * Where an argument is (a register, memory, a constant) and how large stands in the application's
 * file, and libbpf tells the program when it attaches: in two maps, which are in every object that
 * includes this header. An argument costs a lookup and a function's call. One that the probe does not have is
 * 0. Pointers are of user space: bpf_probe_read_user_str().
 *
 * @kernel{5.5}
 */
#include <skep/bpf/trace.h>

/* libbpf's needs to know the processor too. */
#ifndef SKEP_ARCH_UNKNOWN_
#ifndef __VMLINUX_H__
#include <linux/ptrace.h>
#endif
#include <bpf/usdt.bpf.h>
#endif

/** @cond */
#ifndef SKEP_ARCH_UNKNOWN_
SKEP_INLINE_ __u64 skep_usdt_arg_(struct pt_regs *ctx, int n)
{
	long value = 0;

	return bpf_usdt_arg(ctx, n, &value) ? 0 : (__u64)value;
}
#endif

#define SKEP_FROM_NOTE_(n) skep_usdt_arg_(ctx, n)
/** @endcond */

/** `SEC("usdt/path:provider:name") int SKEP_USDT(name, int fd, long bytes) { ... }` */
#define SKEP_USDT(name, ...)                                                                       \
	SKEP_PROGRAM_(name, struct pt_regs, SKEP_ARGS_(SKEP_FROM_NOTE_, ##__VA_ARGS__),            \
		      ##__VA_ARGS__)

/**
 * How many arguments the probe has where it was hit: a number, or a negative errno.
 */
#define skep_usdt_count(ctx) bpf_usdt_arg_cnt(ctx)

#endif
