/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_ATTACH_SYSCALL_H
#define SKEP_ATTACH_SYSCALL_H
/**
 * @file skep/attach/syscall.h
 * Programs that are called: SEC("syscall") has no hook, but runs when a process says so, in its
 * context. Part of attach.h.
 *
 * @code{.c}
 * struct { uint32_t user, deleted; } args = { .user = 1000, .deleted = 0 };
 * uint32_t result;
 *
 * if (skep_program_run(skep_object_program(object, "forget_user"), &args, sizeof(args), &result))
 *         return skep_perror("forget_user");
 * printf("%u entries, result %u\n", args.deleted, result);
 * @endcode
 *
 * What takes many system calls on maps becomes one. It costs that one and the program.
 */
#include <skep/base.h>

SKEP_BEGIN_DECLS

struct skep_program;

/**
 * Runs a SEC("syscall") program once and waits for its end. It may sleep, and call bpf() itself.
 *
 * @param         program of a loaded object
 * @param[in,out] ctx     what the program gets as its context, and what it made of it; NULL where `bytes` is 0
 * @param         bytes   its size: at least what the program looks at, at most 65535
 * @param[out]    result  what the program returned; NULL if not wanted
 * @return 0 or a negative errno; what the program returns is no error
 * @err{EPROTOTYPE, a program of another type: attach it, or in a test use skep_test_run()}
 * @err{EBADF, the program is not loaded}
 * @err{EINVAL, `bytes` is less than the program looks at, or too large; or `ctx` is NULL}
 * @err{EFAULT, `ctx` is not memory of this process that can be written}
 * @err{EOPNOTSUPP, this kernel lacks such programs}
 * @err{EPERM, a security module forbids it}
 * @threads{any, also at once}
 * @kernel{5.14}
 * @caps{none, for a program that is loaded}
 */
SKEP_API SKEP_MUST_USE int skep_program_run(const struct skep_program *program, void *ctx,
					    size_t bytes, uint32_t *result);

SKEP_END_DECLS

#endif
