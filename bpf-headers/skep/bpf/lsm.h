/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_LSM_H
#define SKEP_BPF_LSM_H
/**
 * @file bpf/lsm.h
 * Programs that decide: on the kernel's security hooks, where a negative result refuses.
 *
 * @code{.c}
 * #include <skep/bpf/core.h>
 * #include <skep/bpf/lsm.h>
 *
 * SKEP_LICENSE("GPL");
 * const volatile __u32 only_uid;
 *
 * skep_lsm(task_kill, struct task_struct *to, void *info, int number)
 * {
 *         return skep_current_uid() == only_uid ? skep_deny(EPERM) : SKEP_ALLOW;
 * }
 * @endcode
 *
 * The kernel hands a program what was decided before it, as one argument more; programs that forget
 * it allow what another refused. Here it is looked at first, and a refusal is the result, without the
 * body. Arguments at the end may be left out, as here: where the earlier result lies is asked of the
 * kernel. Without vmlinux.h declare the structs that they point to: `struct linux_binprm;`.
 *
 * What the body returns is put right: a positive number is taken for the error without its sign, and one
 * that is no error for EPERM. Newer kernels check that when they load, older ones hand it to
 * whoever called, as an address even. Hooks whose result is no verdict are for SKEP_FENTRY() of
 * bpf/trace.h.
 *
 * A hook is there if the kernel has CONFIG_BPF_LSM and "bpf" in /sys/kernel/security/lsm: see
 * skep_attach_lsm(). Names and arguments are those of include/linux/lsm_hook_defs.h of the kernel
 * that it runs on, and some have changed: `inode_setattr` has another first argument since 6.3.
 * It costs a read, about 20 ns, beside the body.
 *
 * @kernel{5.17, with BTF}
 */
#include <skep/bpf/bound.h>
#include <skep/bpf/trace.h>

#include <linux/errno.h>

/** Allows, as far as this program is concerned. */
#define SKEP_ALLOW 0

/**
 * Refuses with an error, which may be known only when the program runs.
 *
 * @param error EPERM, EACCES and so on, from 1 to 4095; also with its sign
 * @return what a program returns to refuse; -EPERM for what is no error
 * @kernel{any}
 */
SKEP_INLINE_ int skep_deny(int error)
{
	__s64 code = error > 0 ? -(__s64)error : error;

	/* Below zero already where it is checked: verifiers know nothing of what was negated. */
	SKEP_ALONE_(code);
	if (code > -1 || code < -4095)
		code = -1; /* EPERM */
	SKEP_OPAQUE_(code);
	return (int)code;
}

/** @cond */
/* What a hook decided before: behind its last argument, wherever that is. */
SKEP_INLINE_ int skep_lsm_earlier_(unsigned long long *ctx)
{
	__u64 result = 0;
	long code;

	bpf_probe_read_kernel(&result, sizeof(result),
			      (void *)ctx + 8 * skep_mask(bpf_get_func_arg_cnt(ctx), 16));
	code = (int)result;
	SKEP_OPAQUE_(code);
	if (code >= 0)
		return 0;
	return skep_deny((int)code);
}

SKEP_INLINE_ int skep_lsm_verdict_(long result)
{
	return result ? skep_deny((int)result) : SKEP_ALLOW;
}
/** @endcond */

/**
 * The program for a section of one's own: `SEC("lsm/file_open") int SKEP_LSM(second, struct file *file)`.
 * @kernel{5.17}
 */
#define SKEP_LSM(name, ...)                                                                        \
	name(unsigned long long *ctx);                                                             \
	SKEP_INLINE_ int name##__body(unsigned long long *ctx, ##__VA_ARGS__);                     \
	int name(unsigned long long *ctx)                                                          \
	{                                                                                          \
		int skep_earlier_ = skep_lsm_earlier_(ctx);                                        \
                                                                                                   \
		_Pragma("GCC diagnostic push");                                                    \
		_Pragma("GCC diagnostic ignored \"-Wint-conversion\"");                            \
		return skep_earlier_ ? skep_earlier_                                               \
				     : skep_lsm_verdict_(name##__body(ctx SKEP_ARGS_(              \
					       SKEP_FROM_CONTEXT_, ##__VA_ARGS__)));               \
		_Pragma("GCC diagnostic pop");                                                     \
	}                                                                                          \
	SKEP_INLINE_ int name##__body(__attribute__((unused)) unsigned long long *ctx,             \
				      ##__VA_ARGS__)

/**
 * The program for a hook, of the hook's name: `skep_lsm(file_open, struct file *file) { ... }`. Returns
 * SKEP_ALLOW or skep_deny(). The body has the context under the name `ctx`. Does not run when
 * something was refused before it.
 * @kernel{5.17}
 */
#define skep_lsm(hook, ...) SEC("lsm/" #hook) int SKEP_LSM(hook, ##__VA_ARGS__)

/** skep_lsm() that may sleep, on the hooks that allow it: for bpf_copy_from_user(). @kernel{5.17} */
#define skep_lsm_sleepable(hook, ...) SEC("lsm.s/" #hook) int SKEP_LSM(hook, ##__VA_ARGS__)

/**
 * For hooks that decide nothing and return void, such as `bprm_committed_creds` and
 * `inode_free_security`: what the body returns is not looked at.
 * @kernel{5.7}
 */
#define skep_lsm_notify(hook, ...) SEC("lsm/" #hook) int SKEP_FENTRY(hook, ##__VA_ARGS__)

#endif
