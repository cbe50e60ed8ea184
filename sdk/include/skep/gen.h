/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_GEN_H
#define SKEP_GEN_H
/**
 * @file gen.h
 * What the headers that `skep gen` writes stand on. They include it; nobody else needs to.
 *
 * @code{.c}
 * #include "execsnoop.skep.h"
 *
 * SKEP_AUTO(execsnoop) *app = NULL;
 *
 * if (execsnoop_open(&app, NULL) || execsnoop_load(app) || execsnoop_attach(app))
 *         return skep_perror("execsnoop");
 * @endcode
 */
#include <skep/attach.h>
#include <skep/base.h>
#include <skep/bpf_log.h>
#include <skep/error.h>
#include <skep/loop.h>
#include <skep/map.h>
#include <skep/object.h>
#include <skep/perf.h>
#include <skep/ring.h>
#include <skep/rings.h>
#include <skep/types.h>
#include <skep/types/filter.h>
#include <skep/types/flow.h>
#include <skep/types/security.h>

#include <linux/bpf.h>

/** Changes when a generated header would no longer fit; headers of the version before do. */
#define SKEP_GEN_API 1

#ifdef __SIZEOF_INT128__
__extension__ typedef __int128 skep_int128;           /**< for generated types that have one */
__extension__ typedef unsigned __int128 skep_uint128; /**< for generated types that have one */
#endif

SKEP_BEGIN_DECLS

/** An object as a generated header embeds it. */
struct skep_gen_object {
	size_t sz;        /**< sizeof(struct skep_gen_object) */
	const char *name; /**< the object's name */
	const void *elf;  /**< the object file */
	size_t bytes;     /**< its size */
};

/**
 * Opens an embedded object.
 *
 * @param[out] out  the object
 * @param      from constant data of a generated header
 * @param      opts or NULL
 * @return 0 or a negative errno, as skep_object_open_mem()
 * @ownership{the caller frees it with skep_object_free()}
 */
SKEP_API SKEP_MUST_USE int skep_gen_open(struct skep_object **out,
					 const struct skep_gen_object *from,
					 const struct skep_object_opts *opts);

/**
 * Opens a ring, or the rings of an array of them, and hands them to a loop, which owns them from
 * then on.
 *
 * @param object        a loaded object
 * @param loop          the loop
 * @param ring          the ring's name
 * @param bytes         sizeof(T)
 * @param call          called for each record, with the copy of `closure` as its ctx
 * @param closure       the typed callback and its context; copied
 * @param closure_bytes its size
 * @return 0 or a negative errno, as skep_ring_open() and skep_loop_add_ring()
 * @err{ENOMEM, no memory}
 */
SKEP_API SKEP_MUST_USE int skep_gen_on(const struct skep_object *object, struct skep_loop *loop,
				       const char *ring, size_t bytes, skep_record_fn call,
				       const void *closure, size_t closure_bytes);

/**
 * skep_gen_on() for rings of tagged records.
 *
 * @param object        a loaded object
 * @param loop          the loop
 * @param ring          the ring's name
 * @param bytes         sizeof(U), of the union of all types
 * @param tagged        finds the handler of a record, and calls it with the copy of `closure` as its
 *                      ctx
 * @param closure       the typed callbacks and their context; copied
 * @param closure_bytes its size
 * @return 0 or a negative errno, as skep_tagged_rings_open() and skep_loop_add_ring()
 * @err{ENOMEM, no memory}
 */
SKEP_API SKEP_MUST_USE int skep_gen_on_tagged(const struct skep_object *object,
					      struct skep_loop *loop, const char *ring,
					      size_t bytes, const struct skep_tagged *tagged,
					      const void *closure, size_t closure_bytes);

/**
 * Opens a reader of an object's messages and hands it to a loop, which owns it from then on.
 *
 * @param object a loaded object
 * @param loop   the loop
 * @param opts   or NULL
 * @return 0 or a negative errno, as skep_bpf_log_open() and skep_loop_add_bpf_log()
 * @err{ENOMEM, no memory}
 */
SKEP_API SKEP_MUST_USE int skep_gen_log(const struct skep_object *object, struct skep_loop *loop,
					const struct skep_bpf_log_opts *opts);

SKEP_END_DECLS

#ifdef __cplusplus
#define SKEP_GEN_ASSERT_(condition, sentence) static_assert(condition, sentence)
#else
#define SKEP_GEN_ASSERT_(condition, sentence) _Static_assert(condition, sentence)
#endif

/* `fn`, or a compile error that says `sentence` where it is no function of this type. C only. */
#define SKEP_GEN_HANDLER_(fn, type, sentence)                                                      \
	(SKEP_REQUIRE_(__builtin_types_compatible_p(__typeof__(*(fn)), type), sentence), (fn))

/* A flexible array, which in C++ is an extension; clang does not take __extension__ for that. */
#if defined(__clang__) && defined(__cplusplus)
#define SKEP_GEN_FLEXIBLE_(member)                                                                 \
	_Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Wc99-extensions\"")  \
		member;                                                                            \
	_Pragma("clang diagnostic pop")
#else
#define SKEP_GEN_FLEXIBLE_(member) __extension__ member;
#endif

/* Both sides must lay out a shared type alike: checked against the BPF side's BTF. */
#define SKEP_GEN_SIZE_(type, bytes)                                                                \
	SKEP_GEN_ASSERT_(sizeof(type) == (bytes),                                                  \
			 "skep: " #type " does not have the size it has in the BPF program")
#define SKEP_GEN_FIELD_(type, field, at, bytes)                                                    \
	SKEP_GEN_ASSERT_(offsetof(type, field) == (at) && sizeof(((type *)0)->field) == (bytes),   \
			 "skep: " #type "." #field " is not where the BPF program has it")

#endif
