/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_ATTACH_TRACING_H
#define SKEP_ATTACH_TRACING_H
/**
 * @file attach/tracing.h
 * Functions of the kernel, and of BPF programs, by the calls that are patched into them: fentry,
 * fexit, fmod_ret, freplace, and tp_btf. Part of attach.h.
 *
 * Such a program is loaded for its target: a target that is known only at run time is set between
 * open and load.
 *
 * @code{.c}
 * SKEP_AUTO(skep_link) *link = NULL;
 * struct skep_program *program = skep_object_program(object, "on_open");
 *
 * if (skep_program_set_target(program, "do_sys_openat2") || skep_object_load(object) ||
 *     skep_attach_tracing(&link, program, NULL))
 *         return skep_perror("fentry");
 * @endcode
 *
 * Costs: some 10 ns for each call of the function; attaching and detaching a few milliseconds.
 */
#include <skep/base.h>

SKEP_BEGIN_DECLS

struct skep_link;
struct skep_program;

/**
 * Sets what a program will be attached to, instead of what its section says. Before load only.
 *
 * @param program  SEC("fentry"), SEC("fexit"), SEC("fmod_ret"), SEC("lsm"), SEC("tp_btf") or
 *                 SEC("iter")
 * @param function of the kernel: `name`, or `module:name`; for `lsm` the name of the hook, for
 *                 `tp_btf` of the tracepoint, for `iter` of the iterator
 * @return 0 or a negative errno
 * @err{ENOENT, there is no such function, or its module is not loaded: the hint names the nearest}
 * @err{EBUSY, the object is loaded already: choose between open and load}
 * @err{EPROTOTYPE, the program is of another type: its target is not chosen before load}
 * @err{EOPNOTSUPP, this kernel has no BTF}
 * @err{EINVAL, the name is empty}
 * @err{ENOMEM, no memory}
 * @kernel{5.5}
 */
SKEP_API SKEP_MUST_USE int skep_program_set_target(struct skep_program *program,
						   const char *function);

/**
 * Sets a function of another BPF program as the target: for freplace, and for fentry and fexit of
 * BPF programs. Before load only.
 *
 * @param program  SEC("freplace"), SEC("fentry") or SEC("fexit")
 * @param target   a loaded program; stays as it is
 * @param function of it: its own name, or that of a global function in it
 * @return 0 or a negative errno
 * @err{ENOENT, the target has no such function: the hint names those it has}
 * @err{EBADF, the target is not loaded: call skep_object_load() of its object first}
 * @err{EBUSY, the object is loaded already: choose between open and load}
 * @err{EPROTOTYPE, the program is of another type}
 * @err{EINVAL, the target was made without BTF: compile it with -g}
 * @kernel{5.6}
 */
SKEP_API SKEP_MUST_USE int skep_program_set_target_program(struct skep_program *program,
							   const struct skep_program *target,
							   const char *function);

/**
 * skep_program_set_target_program() for a program that somebody else loaded.
 *
 * @param program  SEC("freplace"), SEC("fentry") or SEC("fexit")
 * @param fd       a program; stays the caller's
 * @param function of it: its own name, or that of a global function in it
 * @return 0 or a negative errno as skep_program_set_target_program()
 * @kernel{5.6}
 */
SKEP_API SKEP_MUST_USE int skep_program_set_target_fd(struct skep_program *program, int fd,
						      const char *function);

/** How to attach to a function. */
struct skep_tracing_opts {
	size_t sz;       /**< set by SKEP_OPTS() */
	uint64_t cookie; /**< for bpf_get_attach_cookie() (6.0); default: 0 */
};

/**
 * Attaches a program to the function that it was loaded for.
 *
 * @param[out] out     the link
 * @param      program of a loaded object, SEC("fentry"), SEC("fexit"), SEC("fmod_ret") or
 *                     SEC("tp_btf"), also `.s`
 * @param      opts    or NULL
 * @return 0 or a negative errno
 * @err{EBUSY, the function is patched by something that does not share it: a live patch}
 * @err{E2BIG, as many programs as a function takes (38) are on it: take one off}
 * @err{EOPNOTSUPP, this kernel cannot patch its functions, or has no cookies: the message tells}
 * @err{EPROTOTYPE, not such a program: skep_attach_lsm() and the like are for others}
 * @err{EBADF, the program is not loaded: call skep_object_load() first}
 * @err{EPERM, privilege is missing, or this kernel forbids it: the message tells which}
 * @ownership{the caller frees it with skep_link_free(), which detaches}
 * @kernel{5.5}
 * @caps{CAP_BPF and CAP_PERFMON}
 */
SKEP_API SKEP_MUST_USE int skep_attach_tracing(struct skep_link **out,
					       const struct skep_program *program,
					       const struct skep_tracing_opts *opts);

/** Which function to replace, where it is not the one that the program was loaded for. */
struct skep_freplace_opts {
	size_t sz;                         /**< set by SKEP_OPTS() */
	const struct skep_program *target; /**< a loaded program (5.10) */
	const char *function;              /**< of it; the same signature as the first one's */
};

/**
 * Puts a program in the place of a global function of another BPF program, which calls it from
 * then on; when it is detached, the function itself again.
 *
 * @param[out] out     the link
 * @param      program of a loaded object, SEC("freplace")
 * @param      opts    or NULL: what skep_program_set_target_program() said
 * @return 0 or a negative errno
 * @err{EBUSY, the function is replaced already, or its program is traced by fentry: detach that first}
 * @err{ENOENT, the target has no such function: the hint names those it has}
 * @err{EINVAL, signatures differ; or one of target and function is missing}
 * @err{EPROTOTYPE, not SEC("freplace")}
 * @err{EBADF, one of them is not loaded: call skep_object_load() first}
 * @err{EOPNOTSUPP, this kernel cannot replace functions: the message tells why}
 * @ownership{the caller frees it with skep_link_free(), which detaches}
 * @kernel{5.6}
 * @caps{CAP_BPF and CAP_PERFMON}
 */
SKEP_API SKEP_MUST_USE int skep_attach_freplace(struct skep_link **out,
						const struct skep_program *program,
						const struct skep_freplace_opts *opts);

SKEP_END_DECLS

#endif
