/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_NEEDS_H
#define SKEP_NEEDS_H
/**
 * @file needs.h
 * What an object would need of the kernel, before it is loaded, and which of it this kernel
 * lacks: by program, and by line of source where the object was compiled with `-g`.
 *
 * @code{.c}
 * SKEP_AUTO(skep_needs) *needs = NULL;
 *
 * if (skep_object_needs(&needs, object, NULL))
 *         return skep_perror("needs");
 * for (const struct skep_need *n = skep_needs_next(needs, NULL); n; n = skep_needs_next(needs, n))
 *         if (n->answer == SKEP_NO && !n->optional)
 *                 printf("%s:%u: %s %s: %s\n", n->file ? n->file : "?", n->line,
 *                        skep_need_kind_name(n->kind), n->name, n->why ? n->why : "lacking");
 * @endcode
 *
 * Everything is asked of the kernel as by kernel.h: helpers by loading a program of the same
 * type that calls them, fields by looking them up in its BTF. What is not in the report can
 * still be refused: the verifier looks at what a program does, too.
 *
 * A program may ask before it uses something: bpf_ksym_exists() of a weak kfunc,
 * bpf_core_field_exists(), bpf_core_enum_value_exists(enum bpf_func_id, ...). Where that can be
 * seen, the need is optional. A program that decides by a constant (`const volatile`) cannot be
 * seen through: what stands behind it is told as needed.
 *
 * Costs: one look through the object, the kernel's BTF once (some 15 ms), and what the hooks of
 * its programs cost to be tried, once per process: see kernel.h.
 */
#include <skep/base.h>
#include <skep/kernel.h>

SKEP_BEGIN_DECLS

struct skep_object;

/** What can be needed. Members are only ever added, at the end. */
enum skep_need_kind {
	SKEP_NEED_PROGRAM_TYPE, /**< `BPF_PROG_TYPE_XDP` */
	SKEP_NEED_ATTACH_TYPE,  /**< `BPF_TRACE_FENTRY` */
	SKEP_NEED_HOOK,         /**< that the hook works for this process: `fentry` */
	SKEP_NEED_TARGET,       /**< the function, tracepoint, LSM hook, iterator or struct */
	SKEP_NEED_HELPER,       /**< `bpf_loop`, for programs of this kind */
	SKEP_NEED_KFUNC,        /**< `bpf_task_from_pid`, for programs of this kind */
	SKEP_NEED_KSYM,         /**< a variable of the kernel */
	SKEP_NEED_MAP_TYPE,     /**< `BPF_MAP_TYPE_RINGBUF` */
	SKEP_NEED_INSN,         /**< `mcpu=v4`, as of clang */
	SKEP_NEED_BTF,          /**< the kernel's types: `kernel BTF` */
	SKEP_NEED_TYPE,         /**< a type, by CO-RE: `struct bpf_iter__task` */
	SKEP_NEED_FIELD,        /**< a field or value of an enum, by CO-RE: `task_struct.pid` */
	SKEP_NEED_CAPABILITY,   /**< of this process: `cap_bpf` */
};

/** One need. Members are only ever added, at the end. */
struct skep_need {
	enum skep_need_kind kind; /**< what is needed */
	enum skep_answer answer;  /**< whether it is there; of a capability whether it is held */
	bool optional;            /**< the program looks whether it is there before it uses it */
	const char *name;         /**< as at its kind */
	const char *program;      /**< whose it is; NULL: of the object */
	const char *map;          /**< of map types: whose it is; else NULL */
	const char *file;         /**< where it is first used; NULL: not told */
	uint32_t line;            /**< in the file; 0: not told */
	const char *text;         /**< the line itself; NULL: not told */
	uint32_t since;           /**< as skep_kernel_since(); 0: not in the table */
	const char *why;          /**< one line: why not, or why unknown; or NULL */
	const char *remedy;       /**< one line: what to do on this machine; or NULL */
};

/** A report. One thread at a time. */
struct skep_needs;

/** How to look. */
struct skep_needs_opts {
	size_t sz; /**< set by SKEP_OPTS() */
	const char *
		kernel_btf; /**< path of BTF to look types and fields up in; default: this kernel's */
};

/**
 * Looks through an object that is open and not loaded. Programs that are not enabled, and maps
 * that are not to be created, are left out.
 *
 * @param[out] out    the report
 * @param      object opened, from a file or memory. Of an adopted one (skep_object_adopt()) only
 *                    types, hooks, targets and capabilities are told: libbpf does not hand out
 *                    the rest
 * @param      opts   or NULL
 * @return 0 or a negative errno
 * @err{EBUSY, the object is loaded: look between open and load}
 * @err{ENOENT, there is no file `kernel_btf`: check the path}
 * @err{EINVAL, `object` is NULL, or `kernel_btf` holds no BTF: give what skep_object_open() gave, or a file of BTF}
 * @err{E2BIG, `opts` has members that this version of skep does not know: update the library}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_needs_free(); it does not need the object any more}
 * @threads{one at a time per object}
 * @caps{none; without CAP_BPF and CAP_PERFMON, CAP_NET_ADMIN for networks, answers are unknown}
 */
SKEP_API SKEP_MUST_USE int skep_object_needs(struct skep_needs **out,
					     const struct skep_object *object,
					     const struct skep_needs_opts *opts);

/**
 * Frees a report and all that was borrowed from it. NULL is fine.
 *
 * @param needs the report
 */
SKEP_API void skep_needs_free(struct skep_needs *needs);

/**
 * The need after `previous`, program by program; those of the object come last.
 *
 * @param needs    the report
 * @param previous a need, or NULL for the first
 * @return borrowed from the report; NULL after the last
 */
SKEP_API const struct skep_need *skep_needs_next(const struct skep_needs *needs,
						 const struct skep_need *previous);

/**
 * How many needs this machine certainly does not meet: their answer is no, and they are not
 * optional.
 *
 * @param needs the report
 * @return 0: nothing is known that would stand in the way
 */
SKEP_API size_t skep_needs_lacking(const struct skep_needs *needs);

/**
 * A kind of needs in words.
 *
 * @param kind the kind
 * @return as in "map type"; static; never NULL
 * @threads{any}
 */
SKEP_API const char *skep_need_kind_name(enum skep_need_kind kind);

SKEP_END_DECLS

SKEP_DEFINE_FREEP(skep_needs);

#endif
