/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BASE_H
#define SKEP_BASE_H
/**
 * @file base.h
 * What every other header builds on: visibility, ownership and options.
 *
 * @code{.c}
 * SKEP_AUTO(skep_loop) *loop = NULL;                // freed when the scope ends
 *
 * if (skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)))
 *         return skep_perror("loop");
 * @endcode
 *
 * It costs nothing at run time: there is no code here.
 */
#if defined(SKEP_BPF_SIDE) || defined(__bpf__)
#error "skep: <skep/...> is for user space; BPF programs include <skep/bpf/...>"
#endif
#define SKEP_USER_SIDE 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define SKEP_BEGIN_DECLS extern "C" {
#define SKEP_END_DECLS   }
#else
#define SKEP_BEGIN_DECLS
#define SKEP_END_DECLS
#endif

/** Part of the library's interface. */
#define SKEP_API __attribute__((visibility("default")))

/** The caller must look at the result. */
#define SKEP_MUST_USE __attribute__((warn_unused_result))

/** The arguments are checked like printf()'s. */
#define SKEP_PRINTF(text, first) __attribute__((__format__(__printf__, text, first)))

/**
 * Declares a pointer that is freed when its scope ends: `SKEP_AUTO(skep_loop) *loop = NULL;`.
 * Always give it a value. Freeing never changes skep_error_last().
 */
#define SKEP_AUTO(type) __attribute__((cleanup(type##_freep))) struct type

/** Moves ownership out of a SKEP_AUTO variable: the variable becomes NULL. */
#define SKEP_TAKE(pointer)                                                                         \
	__extension__({                                                                            \
		__typeof__(pointer) *skep_from_ = &(pointer);                                      \
		__typeof__(pointer) skep_taken_ = *skep_from_;                                     \
		*skep_from_ = NULL;                                                                \
		skep_taken_;                                                                       \
	})

/* In C++ also one name for all of them, by which skep::owner frees what it owns. */
#ifdef __cplusplus
#define SKEP_DEFINE_OVERLOAD_(type)                                                                \
	extern "C++" inline void skep_free(struct type *pointer)                                   \
	{                                                                                          \
		type##_free(pointer);                                                              \
	}
#else
#define SKEP_DEFINE_OVERLOAD_(type)
#endif

/** Makes `struct type` fit for SKEP_AUTO, and for skep::owner, from its `type_free()`. */
#define SKEP_DEFINE_FREEP(type)                                                                    \
	__attribute__((unused)) static inline void type##_freep(struct type **pointer)             \
	{                                                                                          \
		type##_free(*pointer);                                                             \
	}                                                                                          \
	SKEP_DEFINE_OVERLOAD_(type)                                                                \
	struct type

/**
 * Options by name: `SKEP_OPTS(skep_loop_opts, .signals = true)`. What is not named has its
 * default, which is zero. C only: in C++ see skep.hpp.
 */
#define SKEP_OPTS(type, ...) (&(const struct type){ .sz = sizeof(struct type), __VA_ARGS__ })

#endif
