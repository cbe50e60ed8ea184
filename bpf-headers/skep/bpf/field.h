/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_FIELD_H
#define SKEP_BPF_FIELD_H
/**
 * @file bpf/field.h
 * Fields of the kernel's structs that have another name, place or size on another kernel.
 *
 * @code{.c}
 * #include <skep/bpf/field.h>
 *
 * SKEP_FIELDS(task_struct, names, unsigned int __state; long state;);
 *
 * struct task_struct___names *task = (void *)bpf_get_current_task();
 * __u32 state = skep_field_any(task, 0u, __state, state);
 *
 * if (skep_field_any(task, -1, __state) == -1)
 *         return 0;
 * @endcode
 *
 * SKEP_FIELDS() says under which names a field is known, of one's own, so that vmlinux.h, which has
 * only one kernel's, is not needed. The loader looks at this kernel's BTF and fills in which of them
 * there is, where, and how large: the program has no choice left to make, and what is not there leaves
 * no instruction that runs. A read is one bpf_probe_read_kernel() and about 10 instructions.
 *
 * @kernel{5.5, with BTF}
 */
#include <skep/bpf/base.h>

#include <bpf/bpf_core_read.h>

/**
 * Declares `struct type___tag` with some fields of the kernel's `struct type`, by all names that they
 * ever had: `SKEP_FIELDS(task_struct, names, unsigned int __state; long state;);`. A type in it is
 * that of some kernel; sizes and signs are this kernel's. A member in another place is written with
 * the structs around it: `struct { long seconds; } start;`.
 */
#define SKEP_FIELDS(type, tag, ...)                                                                \
	struct type##___##tag {                                                                    \
		__VA_ARGS__                                                                        \
	} __attribute__((preserve_access_index))

/** @cond */
/* Its bits, whatever size it has here, with its sign; pointers have none that clang could tell. */
#define SKEP_FIELD_POINTER_(p, field)                                                              \
	({                                                                                         \
		unsigned long skep_at_ = 0;                                                        \
		bpf_core_read(&skep_at_, sizeof(skep_at_), &(p)->field);                           \
		skep_at_;                                                                          \
	})
#define SKEP_FIELD_READ_(p, field)                                                                 \
	__builtin_choose_expr(SKEP_IS_POINTER_((p)->field), SKEP_FIELD_POINTER_(p, field),         \
			      BPF_CORE_READ_BITFIELD_PROBED((p), field))

/*
 * Each in a branch of its own, which the compiler may not join with another's: what the loader
 * finds no field for must not be run.
 */
#define SKEP_FIELD_OR_(p, type, otherwise, field)                                                  \
	({                                                                                         \
		type skep_field_;                                                                  \
		if (bpf_core_field_exists((p)->field)) {                                           \
			asm volatile("" ::"i"(__COUNTER__));                                       \
			skep_field_ = (type)SKEP_FIELD_READ_(p, field);                            \
		} else {                                                                           \
			skep_field_ = (otherwise);                                                 \
		}                                                                                  \
		skep_field_;                                                                       \
	})

#define SKEP_FIELD_1_(p, t, or_, a)       SKEP_FIELD_OR_(p, t, or_, a)
#define SKEP_FIELD_2_(p, t, or_, a, b)    SKEP_FIELD_OR_(p, t, SKEP_FIELD_1_(p, t, or_, b), a)
#define SKEP_FIELD_3_(p, t, or_, a, b, c) SKEP_FIELD_OR_(p, t, SKEP_FIELD_2_(p, t, or_, b, c), a)
#define SKEP_FIELD_4_(p, t, or_, a, b, c, d)                                                       \
	SKEP_FIELD_OR_(p, t, SKEP_FIELD_3_(p, t, or_, b, c, d), a)
#define SKEP_FIELD_PICK_(a, b, c, d, macro, ...) macro
/** @endcond */

/**
 * The first of one to four fields of `*p` that this kernel has: `skep_field_any(p, 0u, a, b, c)`. An
 * integer or a pointer, of the type of `fallback`, which it is where there is none of them, and
 * 0 where `p` cannot be read. Names may go into structs, `start.seconds`, not through pointers.
 * @kernel{5.5, with BTF}
 */
#define skep_field_any(p, fallback, ...)                                                           \
	({                                                                                         \
		typeof(p) skep_p_ = (p);                                                           \
		/* Of a constant address clang can relocate nothing. */                            \
		asm volatile("" : "+r"(skep_p_));                                                  \
		SKEP_FIELD_PICK_(__VA_ARGS__, SKEP_FIELD_4_, SKEP_FIELD_3_, SKEP_FIELD_2_,         \
				 SKEP_FIELD_1_, )                                                  \
		(skep_p_, typeof(fallback), (fallback), __VA_ARGS__);                              \
	})

/** Whether this kernel has a field: a constant when the program is loaded. @kernel{5.4, with BTF} */
#define skep_field_exists(p, field) bpf_core_field_exists((p)->field)

#endif
