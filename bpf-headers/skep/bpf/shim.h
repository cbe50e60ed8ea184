/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_SHIM_H
#define SKEP_BPF_SHIM_H
/**
 * @file bpf/shim.h
 * Helpers that came later, and what to do on kernels that do not have them: one object for all.
 *
 * @code{.c}
 * #include <skep/bpf/shim.h>
 *
 * struct task_struct *task = skep_shim_current_task();
 * char name[16] = "swapper";
 *
 * if (!skep_shim_strncmp(name, sizeof(name), "swapper") && task)
 *         return 1;
 * @endcode
 *
 * Whether there is a helper is asked from the kernel's BTF, by the loader: it fills in a constant, and
 * the verifier drops the branch that is not taken. So a program pays two instructions, and what the
 * kernel does not know is never looked at. For helpers that are not below there is skep_has_helper():
 *
 * @code{.c}
 * #include <skep/bpf/shim.h>
 *
 * long cookie = skep_has_helper(get_attach_cookie) ? bpf_get_attach_cookie(ctx) : -1;
 * @endcode
 *
 * The clock since boot with its fallback is in bpf/time.h.
 *
 * @kernel{5.5, with BTF}
 */
#include <skep/bpf/base.h>

#include <bpf/bpf_core_read.h>

/** @cond */
/* The kernel's numbers of helpers, which never change, also where the headers at hand are older. */
enum bpf_func_id___skep_shim {
	BPF_FUNC_get_current_task_btf___skep_shim = 158,
	BPF_FUNC_get_func_ip___skep_shim = 173,
	BPF_FUNC_get_attach_cookie___skep_shim = 174,
	BPF_FUNC_strncmp___skep_shim = 182,
	BPF_FUNC_ktime_get_tai_ns___skep_shim = 208,
};

/* With SKEP_NO_CORE every helper is one that is missing. */
#ifdef SKEP_NO_CORE
#define SKEP_SHIM_HAS_(name)   0
#define SKEP_HAS_HELPER_(name) 0
#else
#define SKEP_HAS_HELPER_(name) bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_##name)
#define SKEP_SHIM_HAS_(name)                                                                       \
	bpf_core_enum_value_exists(enum bpf_func_id___skep_shim, BPF_FUNC_##name##___skep_shim)
#endif

/* The helper: not by its own name, since what calls it here needs no kernel that has it. */
#define SKEP_SHIM_CALL_(name) bpf_##name

/* As the helper does it: up to `n` bytes, or to the end of the first string. */
SKEP_INLINE_ int skep_strncmp_slow_(const char *a, __u32 n, const char *b)
{
	for (__u32 i = 0; i < n; i++) {
		unsigned char x = (unsigned char)a[i], y = (unsigned char)b[i];

		if (x != y)
			return x < y ? -1 : 1;
		if (!x)
			break;
	}
	return 0;
}
/** @endcond */

/**
 * Whether this kernel has a helper, by its name without `bpf_`: a constant when the program is loaded.
 * The headers at hand must know it. @kernel{5.4, with BTF}
 */
#define skep_has_helper(name) SKEP_HAS_HELPER_(name)

/**
 * The current task. From Linux 5.11 on the verifier knows what it is: its members are read directly
 * in fentry and tp_btf programs, and it has storage; before, it is an address for
 * bpf_probe_read_kernel(). Needs a GPL-compatible licence.
 *
 * @return the task, never NULL
 * @kernel{5.5, with BTF; before 5.11 by bpf_get_current_task()}
 */
SKEP_INLINE_ struct task_struct *skep_shim_current_task(void)
{
	if (SKEP_SHIM_HAS_(get_current_task_btf))
		return (struct task_struct *)SKEP_SHIM_CALL_(get_current_task_btf)();
	return (struct task_struct *)bpf_get_current_task();
}

/**
 * International atomic time, CLOCK_TAI: the time of day without leap seconds.
 *
 * @param offset_ns what to add to the time since boot where the kernel cannot tell: CLOCK_TAI less
 *                  CLOCK_MONOTONIC, which user space writes into a constant
 * @return nanoseconds since 1970
 * @kernel{5.5, with BTF; before 6.1 by the offset}
 */
SKEP_INLINE_ __u64 skep_shim_time_tai_ns(__u64 offset_ns)
{
	if (SKEP_SHIM_HAS_(ktime_get_tai_ns))
		return SKEP_SHIM_CALL_(ktime_get_tai_ns)();
	return bpf_ktime_get_ns() + offset_ns;
}

/**
 * The address of the function that a kprobe, kretprobe or fentry program was called for.
 *
 * @param ctx       its context
 * @param otherwise what it is where the kernel cannot tell
 * @return an address
 * @kernel{5.5, with BTF; before 5.15 `otherwise`}
 */
SKEP_INLINE_ __u64 skep_shim_func_ip(void *ctx, __u64 otherwise)
{
	if (SKEP_SHIM_HAS_(get_func_ip))
		return SKEP_SHIM_CALL_(get_func_ip)(ctx);
	return otherwise;
}

/**
 * The number that was given when the program was attached.
 *
 * @param ctx       its context
 * @param otherwise what it is where the kernel cannot tell
 * @return the number; 0 where none was given
 * @kernel{5.5, with BTF; before 5.15 `otherwise`}
 */
SKEP_INLINE_ __u64 skep_shim_attach_cookie(void *ctx, __u64 otherwise)
{
	if (SKEP_SHIM_HAS_(get_attach_cookie))
		return SKEP_SHIM_CALL_(get_attach_cookie)(ctx);
	return otherwise;
}

/**
 * Compares at most `n` bytes of a string with a literal: negative, 0 or positive as strncmp(). `n` is
 * a constant of at most 64, and both are that long, or end before. Before 5.17 by a loop of the
 * program's own. @kernel{5.5, with BTF}
 */
#define skep_shim_strncmp(a, n, literal)                                                           \
	({                                                                                         \
		SKEP_REQUIRE_((n) > 0 && (n) <= 64, "skep: skep_shim_strncmp() compares 1 to 64 "  \
						    "bytes, a constant");                          \
		static const char skep_literal_[64] = "" literal;                                  \
		int skep_is_;                                                                      \
		if (SKEP_SHIM_HAS_(strncmp))                                                       \
			skep_is_ = (int)SKEP_SHIM_CALL_(strncmp)((a), (n), skep_literal_);         \
		else                                                                               \
			skep_is_ = skep_strncmp_slow_((a), (n), skep_literal_);                    \
		skep_is_;                                                                          \
	})

#endif
