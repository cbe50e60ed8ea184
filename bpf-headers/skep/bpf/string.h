/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_STRING_H
#define SKEP_BPF_STRING_H
/**
 * @file bpf/string.h
 * Text and memory of a length that is known when the program runs, within a bound that is known
 * when it is compiled.
 *
 * @code{.c}
 * #include <skep/bpf/core.h>
 * #include <skep/bpf/string.h>
 *
 * SKEP_LICENSE("GPL");
 *
 * SEC("raw_tp/sys_enter")
 * int on_enter(struct bpf_raw_tracepoint_args *ctx)
 * {
 *         char path[64];
 *         long length = skep_str_copy_user(path, sizeof(path), (void *)ctx->args[0]);
 *
 *         if (length < 0 || skep_str_is_cut(length, sizeof(path)))
 *                 return 0;                           // not there, or longer
 *         return skep_str_starts(path, "/etc/") && !skep_str_ends(path, ".conf");
 * }
 * @endcode
 *
 * Every function takes the memory's size, a constant, and never looks beyond it: a text without a NUL
 * ends there. A text may be one that user space sets, `const volatile char wanted[16];`. Comparisons and
 * hashes are loops over bytes, 4 to 8 instructions each, that the verifier walks: sizes above
 * SKEP_BYTES_MOST do not compile. Copies are one call of a helper.
 *
 * skep_hash64() and skep_hash32() give what the functions of the same names in `<skep/hash.h>` give in
 * user space, on every processor and in every version of skep.
 *
 * Reading memory of user space or of the kernel needs a GPL-compatible licence; the rest does not.
 */
#include <skep/bpf/bound.h>

/** The largest size that functions take which go byte by byte. */
#define SKEP_BYTES_MOST 1024

/** @cond */
/* Called by nobody: where the compiler cannot tell that, it says so. */
extern void skep_size_is_wrong_(void) __attribute__((
	error("skep: this size is a constant of at most SKEP_BYTES_MOST (1,024) bytes")));
#define SKEP_CHECK_SIZE_(size) ((size) <= SKEP_BYTES_MOST ? (void)0 : skep_size_is_wrong_())

/* What the kernel says is EFAULT or, of an address that cannot be, ERANGE. */
#define SKEP_EFAULT_ (-14)

#define SKEP_IS_ARRAY_(a) (!__builtin_types_compatible_p(typeof(a), typeof(&(a)[0])))
#define SKEP_TEXT_(a)                                                                              \
	(SKEP_REQUIRE_(                                                                            \
		 SKEP_IS_ARRAY_(a) && sizeof((a)[0]) == 1,                                         \
		 "skep: an array of char, or a literal; of a pointer the size is not known: "      \
		 "take the function that ends in _raw"),                                           \
	 (a)),                                                                                     \
		sizeof(a)
/** @endcond */

/**
 * Copies `n` bytes of user space's memory, or `size` where that is less.
 *
 * @param to   where to
 * @param size its size, a constant
 * @param from where from
 * @param n    how many; below 0 is none
 * @return how many were copied, or -EFAULT: the memory is not there or paged out, and `to` is zeroed
 * @kernel{5.5}
 */
SKEP_INLINE_ long skep_copy_user(void *to, __u32 size, const void *from, __s64 n)
{
	long err;

	if (n < 0)
		n = 0;
	SKEP_OPAQUE_(n);
	if ((__u64)n > size)
		n = size;
	err = bpf_probe_read_user(to, (__u32)n, from);
	return err ? SKEP_EFAULT_ : (long)n;
}

/**
 * skep_copy_user() for the kernel's memory.
 *
 * @param to   where to
 * @param size its size, a constant
 * @param from where from
 * @param n    how many; below 0 is none
 * @return how many were copied, or -EFAULT, and `to` is zeroed
 * @kernel{5.5}
 */
SKEP_INLINE_ long skep_copy_kernel(void *to, __u32 size, const void *from, __s64 n)
{
	long err;

	if (n < 0)
		n = 0;
	SKEP_OPAQUE_(n);
	if ((__u64)n > size)
		n = size;
	err = bpf_probe_read_kernel(to, (__u32)n, from);
	return err ? SKEP_EFAULT_ : (long)n;
}

/**
 * Copies a text of user space, as much of it as fits, and ends it with a NUL.
 *
 * @param to   where to
 * @param size its size, a constant, at least 1
 * @param from where from
 * @return the length without the NUL; `size` when the text is longer than fits, see
 *         skep_str_is_cut(); or -EFAULT, and `to` is an empty text
 * @kernel{5.5}
 */
SKEP_INLINE_ long skep_str_copy_user(char *to, __u32 size, const void *from)
{
	long got = bpf_probe_read_user_str(to, size, from);
	char last = 1;

	if (got <= 0)
		to[0] = 0;
	/* Full: the byte that became the NUL was one, or was cut off. */
	if (got != size)
		return got > 0 ? got - 1 : got ? SKEP_EFAULT_ : 0;
	bpf_probe_read_user(&last, 1, from + size - 1);
	return last ? size : size - 1;
}

/**
 * skep_str_copy_user() for the kernel's memory.
 *
 * @param to   where to
 * @param size its size, a constant, at least 1
 * @param from where from
 * @return the length without the NUL; `size` when the text is longer than fits; or -EFAULT
 * @kernel{5.5}
 */
SKEP_INLINE_ long skep_str_copy_kernel(char *to, __u32 size, const void *from)
{
	long got = bpf_probe_read_kernel_str(to, size, from);
	char last = 1;

	if (got <= 0)
		to[0] = 0;
	if (got != size)
		return got > 0 ? got - 1 : got ? SKEP_EFAULT_ : 0;
	bpf_probe_read_kernel(&last, 1, from + size - 1);
	return last ? size : size - 1;
}

/**
 * Whether a text was cut, by what skep_str_copy_user() or skep_str_copy_kernel() returned.
 *
 * @param length what it returned
 * @param size   the size that it was given
 * @return 1 or 0
 * @kernel{any}
 */
SKEP_INLINE_ int skep_str_is_cut(long length, __u32 size)
{
	return length >= (long)size;
}

/**
 * The length of a text.
 *
 * @param text the text
 * @param size its size, a constant
 * @return the number of bytes before its NUL; `size` where it has none
 * @kernel{5.3}
 */
SKEP_INLINE_ __u32 skep_str_length_raw(const volatile char *text, __u32 size)
{
	__u64 i;

	SKEP_CHECK_SIZE_(size);
#pragma clang loop unroll(disable)
	for (i = 0; i < size; i++) {
		SKEP_OPAQUE_(i);
		if (i >= size || !text[i])
			break;
	}
	/* One length, not one for each way out of the loop. */
	i = skep_forget((__u32)i);
	SKEP_OPAQUE_(i);
	return i > size ? size : (__u32)i;
}

/**
 * Whether a text begins with another.
 *
 * @param text        the text
 * @param size        its size, a constant
 * @param prefix      the other; every text begins with an empty one
 * @param prefix_size its size, a constant
 * @return 1 or 0
 * @kernel{5.3}
 */
SKEP_INLINE_ int skep_str_starts_raw(const volatile char *text, __u32 size,
				     const volatile char *prefix, __u32 prefix_size)
{
	SKEP_CHECK_SIZE_(prefix_size);
#pragma clang loop unroll(disable)
	for (__u64 i = 0; i < prefix_size; i++) {
		SKEP_OPAQUE_(i);
		if (i >= prefix_size || !prefix[i])
			return 1;
		if (i >= size || text[i] != prefix[i])
			return 0;
	}
	return 1;
}

/**
 * Whether two texts are the same.
 *
 * @param a      a text
 * @param a_size its size, a constant
 * @param b      another
 * @param b_size its size, a constant
 * @return 1 or 0
 * @kernel{5.3}
 */
SKEP_INLINE_ int skep_str_eq_raw(const volatile char *a, __u32 a_size, const volatile char *b,
				 __u32 b_size)
{
	__u32 most = a_size > b_size ? a_size : b_size;

	SKEP_CHECK_SIZE_(most);
#pragma clang loop unroll(disable)
	for (__u64 i = 0; i < most; i++) {
		char x = 0, y = 0;

		SKEP_OPAQUE_(i);
		if (i < a_size)
			x = a[i];
		if (i < b_size)
			y = b[i];
		if (x != y)
			return 0;
		if (!x)
			return 1;
	}
	return 1;
}

/**
 * Whether a text ends with another.
 *
 * @param text        the text
 * @param size        its size, a constant
 * @param suffix      the other; every text ends with an empty one
 * @param suffix_size its size, a constant
 * @return 1 or 0
 * @kernel{5.3}
 */
SKEP_INLINE_ int skep_str_ends_raw(const volatile char *text, __u32 size,
				   const volatile char *suffix, __u32 suffix_size)
{
	__u64 length = skep_str_length_raw(text, size);
	__u64 wanted = skep_str_length_raw(suffix, suffix_size);
	__u64 from = length - wanted;

	if (wanted > length)
		return 0;
	from = skep_forget((__u32)from);
	wanted = skep_forget((__u32)wanted);
	SKEP_CHECK_SIZE_(suffix_size);
#pragma clang loop unroll(disable)
	for (__u64 i = 0; i < suffix_size; i++) {
		__u64 at = from + i;

		SKEP_OPAQUE_(i);
		SKEP_OPAQUE_(at);
		if (i >= suffix_size || i >= wanted || at >= size)
			return 1;
		if (text[at] != suffix[i])
			return 0;
	}
	return 1;
}

/** skep_str_length_raw() of an array of char. @kernel{5.3} */
#define skep_str_length(text) skep_str_length_raw(SKEP_TEXT_(text))

/** Whether two texts are the same: arrays of char, or literals. @kernel{5.3} */
#define skep_str_eq(a, b) skep_str_eq_raw(SKEP_TEXT_(a), SKEP_TEXT_(b))

/** Whether a text begins with another: arrays of char, or literals. @kernel{5.3} */
#define skep_str_starts(text, prefix) skep_str_starts_raw(SKEP_TEXT_(text), SKEP_TEXT_(prefix))

/** Whether a text ends with another: arrays of char, or literals. @kernel{5.3} */
#define skep_str_ends(text, suffix) skep_str_ends_raw(SKEP_TEXT_(text), SKEP_TEXT_(suffix))

/**
 * Sets the first bytes of memory.
 *
 * @param to   the memory: a map's value, a record or the stack
 * @param size its size, a constant
 * @param byte what to set them to
 * @param n    how many; all where it is more than `size`
 * @kernel{5.3}
 */
SKEP_INLINE_ void skep_mem_set(void *to, __u32 size, __u8 byte, __u64 n)
{
	__u8 *bytes = to;

	n = skep_forget(n > size ? size : (__u32)n);
	SKEP_CHECK_SIZE_(size);
#pragma clang loop unroll(disable)
	for (__u64 i = 0; i < size; i++) {
		SKEP_OPAQUE_(i);
		if (i >= size || i >= n)
			break;
		bytes[i] = byte;
	}
}

/**
 * Whether the first bytes of two pieces of memory are the same.
 *
 * @param a    memory
 * @param b    memory
 * @param size the size of the smaller one, a constant
 * @param n    how many bytes; more than `size` are never the same
 * @return 1 or 0
 * @kernel{5.3}
 */
SKEP_INLINE_ int skep_mem_eq(const void *a, const void *b, __u32 size, __u64 n)
{
	const __u8 *x = a, *y = b;

	if (n > size)
		return 0;
	n = skep_forget((__u32)n);
	SKEP_CHECK_SIZE_(size);
#pragma clang loop unroll(disable)
	for (__u64 i = 0; i < size; i++) {
		SKEP_OPAQUE_(i);
		if (i >= size || i >= n)
			break;
		if (x[i] != y[i])
			return 0;
	}
	return 1;
}

/**
 * A hash of the first bytes of memory: skep_hash64() of `<skep/hash.h>`.
 *
 * @param data the memory
 * @param size its size, a constant
 * @param n    how many bytes; `size` where it is more
 * @return the number, the same for the same bytes everywhere and for ever
 * @kernel{5.3}
 */
SKEP_INLINE_ __u64 skep_hash64(const void *data, __u32 size, __u64 n)
{
	const __u8 *bytes = data;
	__u64 hash = 0xcbf29ce484222325ULL;

	n = skep_forget(n > size ? size : (__u32)n);
	SKEP_CHECK_SIZE_(size);
#pragma clang loop unroll(disable)
	for (__u64 i = 0; i < size; i++) {
		SKEP_OPAQUE_(i);
		if (i >= size || i >= n)
			break;
		hash = (hash ^ bytes[i]) * 0x100000001b3ULL;
	}
	hash = (hash ^ (hash >> 32)) * 0x9e3779b97f4a7c15ULL;
	return hash ^ (hash >> 32);
}

/**
 * skep_hash64() in 32 bits, of which the lowest are as good as the highest.
 *
 * @param data the memory
 * @param size its size, a constant
 * @param n    how many bytes; `size` where it is more
 * @return the number
 * @kernel{5.3}
 */
SKEP_INLINE_ __u32 skep_hash32(const void *data, __u32 size, __u64 n)
{
	return (__u32)skep_hash64(data, size, n);
}

#endif
