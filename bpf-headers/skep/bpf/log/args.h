/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_LOG_ARGS_H
#define SKEP_BPF_LOG_ARGS_H
/**
 * @file bpf/log/args.h
 * What of a message's argument goes into its record, by the argument's type. Included by bpf/log.h,
 * which has the story.
 *
 * @code{.c}
 * #include <skep/bpf/core.h>
 * #include <skep/bpf/log.h>
 *
 * static void refuse(const char *path, enum bpf_link_type type)
 * {
 *         char comm[SKEP_COMM_BYTES];
 *
 *         skep_current_comm(comm);
 *         skep_warn("%s may not open %s, by %s", comm, skep_user_str(path), skep_enum(type));
 * }
 * @endcode
 *
 * Costs what it copies: an integer one store, an array its bytes, a text one call of a helper.
 *
 * @kernel{5.8}
 */
#include <skep/bpf/base.h>
#include <skep/bpf/log/each.h>
#include <skep/bpf/log/level.h>

/** @cond */
/* A pointer to an array of these says: a text, at most so long, of this memory. */
struct skep_log_kernel_ {
	char letter;
};
struct skep_log_user_ {
	char letter;
};

/* One letter more than is shown, to tell a text that was cut, and the NUL. */
#define SKEP_LOG_ROOM_(n) ((n) + 2)

/* A text as it is in a record. The names tell the reader. */
#define SKEP_LOG_TEXT_(n)                                                                          \
	struct {                                                                                   \
		__s32 skep_got_; /* what the helper returned; 0: there was no pointer */           \
		char skep_text_[SKEP_LOG_ROOM_(n)];                                                \
	}
/** @endcond */

/**
 * A text in the kernel's memory, or in the program's own, of at most `most` letters, a constant: for
 * `%s`. What is longer is cut, and ends in "..."; what cannot be read is "(fault)", NULL is "(null)".
 * Needs a GPL-compatible licence.
 */
#define skep_str_n(p, most) ((const struct skep_log_kernel_(*)[most])(const void *)(p))

/** skep_str_n() for user space's memory; what is paged out is "(fault)". */
#define skep_user_str_n(p, most)                                                                   \
	((const struct skep_log_user_(*)[most])(const void *)(unsigned long)(p))

/** skep_str_n() of SKEP_LOG_TEXT letters. */
#define skep_str(p) skep_str_n(p, SKEP_LOG_TEXT)

/** skep_user_str_n() of SKEP_LOG_TEXT letters. */
#define skep_user_str(p) skep_user_str_n(p, SKEP_LOG_TEXT)

/** A value of an enum by its name: for `%s`. */
#define skep_enum(x) ((struct { typeof(x) skep_value_; }){ (x) })

/** @cond */
/* As the comma makes it: arrays become pointers, and bit-fields the type that they are of. */
#define SKEP_LOG_DECAYED_(x) typeof(((void)0, (x)))
/* typeof() takes no bit-field, so only what may be an array gets there. */
#define SKEP_LOG_POINTER_(x) __builtin_choose_expr(SKEP_IS_POINTER_(x), (x), (void *)0)
#define SKEP_LOG_IS_ARRAY_(x)                                                                      \
	(!__builtin_types_compatible_p(typeof(SKEP_LOG_POINTER_(x)),                               \
				       SKEP_LOG_DECAYED_(SKEP_LOG_POINTER_(x))))

/* What is to be done with an argument. */
#define SKEP_LOG_VALUE_  0 /* numbers, addresses, structs: the value */
#define SKEP_LOG_ARRAY_  1 /* its bytes */
#define SKEP_LOG_KERNEL_ 2 /* the text that it points to */
#define SKEP_LOG_USER_   3
#define SKEP_LOG_FOLLOW_ 4 /* what it points to */
#define SKEP_LOG_WHOSE_  5 /* nothing: an error */

/* clang-format off */
#define SKEP_LOG_POINTED_(T) T *: SKEP_LOG_FOLLOW_, const T *: SKEP_LOG_FOLLOW_
#define SKEP_LOG_KIND_(x)                                                                          \
	(SKEP_LOG_IS_ARRAY_(x) ? SKEP_LOG_ARRAY_ :                                                 \
	 _Generic((x),                                                                             \
		const struct skep_log_kernel_ (*)[]: SKEP_LOG_KERNEL_,                             \
		const struct skep_log_user_ (*)[]: SKEP_LOG_USER_,                                 \
		char *: SKEP_LOG_WHOSE_,                                                           \
		const char *: SKEP_LOG_WHOSE_,                                                     \
		unsigned char (*)[]: SKEP_LOG_FOLLOW_,                                             \
		const unsigned char (*)[]: SKEP_LOG_FOLLOW_,                                       \
		SKEP_LOG_POINTED_(signed char),                                                    \
		SKEP_LOG_POINTED_(unsigned char),                                                  \
		SKEP_LOG_POINTED_(short),                                                          \
		SKEP_LOG_POINTED_(unsigned short),                                                 \
		SKEP_LOG_POINTED_(int),                                                            \
		SKEP_LOG_POINTED_(unsigned int),                                                   \
		SKEP_LOG_POINTED_(long),                                                           \
		SKEP_LOG_POINTED_(unsigned long),                                                  \
		SKEP_LOG_POINTED_(long long),                                                      \
		SKEP_LOG_POINTED_(unsigned long long),                                             \
		SKEP_LOG_POINTED_(struct in_addr),                                                 \
		SKEP_LOG_POINTED_(struct in6_addr),                                                \
		default: SKEP_LOG_VALUE_))
/* clang-format on */

/*
 * The kind as a type first, and the type in the record: inside of a struct or an enum, statements
 * and literals of structs are no expressions.
 */
#define SKEP_LOG_TYPEDEF_(i, x)                                                                    \
	typedef char skep_kind##i##_[1 + SKEP_LOG_KIND_(x)];                                       \
	typedef char skep_most##i##_[SKEP_LOG_MOST_(i, x)];                                        \
	typedef SKEP_LOG_TYPE_(i, x) skep_type##i##_;
#define SKEP_LOG_IS_(i, kind) (sizeof(skep_kind##i##_) == 1 + SKEP_LOG_##kind##_)
#define SKEP_LOG_IS_TEXT_(i)  (SKEP_LOG_IS_(i, KERNEL) || SKEP_LOG_IS_(i, USER))
#define SKEP_LOG_IS_BYTES_(i) (SKEP_LOG_IS_(i, ARRAY) || SKEP_LOG_IS_(i, FOLLOW))

/* `x`, or else something harmless: what is not chosen must compile too. */
#define SKEP_LOG_CHOOSE_(is, x, other) __builtin_choose_expr(is, (x), (other))
#define SKEP_LOG_TYPE_(i, x)                                                                       \
	typeof(*SKEP_LOG_CHOOSE_(                                                                  \
		SKEP_LOG_IS_(i, ARRAY), (typeof(SKEP_LOG_POINTER_(x)) *)0,                         \
		SKEP_LOG_CHOOSE_(SKEP_LOG_IS_(i, FOLLOW), (x),                                     \
				 SKEP_LOG_CHOOSE_(SKEP_LOG_IS_TEXT_(i),                            \
						  (SKEP_LOG_TEXT_(sizeof(skep_most##i##_)) *)0,    \
						  (SKEP_LOG_DECAYED_(x) *)0))))

/* How many letters a text has at most. */
#define SKEP_LOG_MOST_(i, x) sizeof(*SKEP_LOG_CHOOSE_(SKEP_LOG_IS_TEXT_(i), x, (char(*)[1])0))

/* Arrays lie on 8 bytes, so that they are not copied byte by byte. */
#define SKEP_LOG_ALIGN_(i)                                                                         \
	(SKEP_LOG_IS_(i, ARRAY) && sizeof(skep_type##i##_) > 4 ? 8 : __alignof__(skep_type##i##_))
#define SKEP_LOG_FIELD_(i, x) skep_type##i##_ a##i __attribute__((aligned(SKEP_LOG_ALIGN_(i))));

/* What clang is to think of it when it holds the format against the arguments. */
#define SKEP_LOG_IS_STRUCT_(x)                                                                     \
	(__builtin_classify_type(x) == 12 || __builtin_classify_type(x) == 13)
#define SKEP_LOG_CHECKED_(i, x)                                                                    \
	, SKEP_LOG_CHOOSE_(!SKEP_LOG_IS_STRUCT_(x) && !SKEP_LOG_IS_TEXT_(i), x, (const char *)0)
#define SKEP_LOG_REFUSE_(i, x)                                                                     \
	_Static_assert(!SKEP_LOG_IS_(i, WHOSE),                                                    \
		       "skep: whose memory is this text in? skep_str() for the kernel's and the "  \
		       "program's own, skep_user_str() for user space's");                         \
	enum {                                                                                     \
		skep_fits##i##_ = sizeof(skep_type##i##_) <= SKEP_LOG_LARGEST_                     \
	};                                                                                         \
	_Static_assert(skep_fits##i##_, "skep: an argument of a message has at most 4,096 bytes");

/* A text of 4,096 letters fits too. */
#define SKEP_LOG_LARGEST_ (4096 + 8)

/* Above it, memory is copied by a helper. */
#define SKEP_LOG_INLINE_ 128

/*
 * An address of which clang knows nothing. Where it copies a constant of many bytes, clang 14 makes numbers of
 * the loads, and forgets what else was written before in the same block.
 */
SKEP_INLINE_ const void *skep_log_from_(const void *from)
{
	asm volatile("" : "+r"(from));
	return from;
}

SKEP_INLINE_ void skep_log_copy_(void *to, __u32 bytes, const void *from, int is_text)
{
	if (bytes > 8)
		from = skep_log_from_(from);
	if (bytes <= SKEP_LOG_INLINE_)
		__builtin_memcpy(to, from, bytes);
	else if (is_text)
		bpf_probe_read_kernel_str(to, bytes, from);
	else
		bpf_probe_read_kernel(to, bytes, from);
}

SKEP_INLINE_ void skep_log_text_(void *to, __u32 room, const void *from, int is_user)
{
	SKEP_LOG_TEXT_(1) *text = to;

	if (!from)
		text->skep_got_ = 0;
	else if (is_user)
		text->skep_got_ = bpf_probe_read_user_str(text->skep_text_, room, from);
	else
		text->skep_got_ = bpf_probe_read_kernel_str(text->skep_text_, room, from);
}

#define SKEP_LOG_IS_CHARS_(T)                                                                      \
	(__builtin_types_compatible_p(T, char[]) || __builtin_types_compatible_p(T, const char[]))
#define SKEP_LOG_ADDRESS_(is, x) ((const void *)SKEP_LOG_CHOOSE_(is, x, (void *)0))

/* `x` once, in the one branch that is left. */
#define SKEP_LOG_PUT_(i, x)                                                                        \
	if (SKEP_LOG_IS_BYTES_(i)) {                                                               \
		skep_log_copy_((void *)&skep_record_->a##i, sizeof(skep_record_->a##i),            \
			       SKEP_LOG_ADDRESS_(SKEP_LOG_IS_BYTES_(i), x),                        \
			       SKEP_LOG_IS_CHARS_(skep_type##i##_));                               \
	} else if (SKEP_LOG_IS_TEXT_(i)) {                                                         \
		skep_log_text_((void *)&skep_record_->a##i,                                        \
			       SKEP_LOG_ROOM_(sizeof(skep_most##i##_)),                            \
			       SKEP_LOG_ADDRESS_(SKEP_LOG_IS_TEXT_(i), x), SKEP_LOG_IS_(i, USER)); \
	} else {                                                                                   \
		__auto_type skep_v_ = ((void)0, SKEP_LOG_CHOOSE_(SKEP_LOG_IS_(i, VALUE), x, 0));   \
		__builtin_memcpy((void *)&skep_record_->a##i,                                      \
				 sizeof(skep_v_) > 8 ? skep_log_from_(&skep_v_) : &skep_v_,        \
				 sizeof(skep_v_));                                                 \
	}
/** @endcond */

#endif
