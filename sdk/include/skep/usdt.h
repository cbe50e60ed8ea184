/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_USDT_H
#define SKEP_USDT_H
/**
 * @file usdt.h
 * Probes in your own program, for others to attach to. This header stands alone: it needs neither
 * libskep nor libc, works in C11 and in C++, and what it makes is read by skep, libbpf, bpftrace, perf
 * and SystemTap (`readelf -n` lists them).
 *
 * @code{.c}
 * static void serve(int fd, unsigned long bytes)
 * {
 *         SKEP_USDT(server, request, fd, bytes);    // up to 12 integers and pointers
 * }
 * @endcode
 *
 * **What it costs.** While nobody is attached: one instruction that does nothing, and the arguments
 * in registers where the compiler had them. On x86-64 it is a nop of five bytes, because
 * the kernel (Linux 6.18) makes a call of it, and not a trap: 0.3 us for a hit instead of 28.
 *
 * Where making the arguments costs something, ask first. The semaphore is a counter that who attaches
 * raises (SKEP_USDT_SEMAPHORE() once in one file of the program, at file scope):
 *
 * @code{.c}
 * SKEP_USDT_SEMAPHORE(server, reply);
 *
 * static void reply(const char *text)
 * {
 *         if (SKEP_USDT_ENABLED(server, reply))
 *                 SKEP_USDT_WITH_SEMAPHORE(server, reply, text, strlen(text));
 * }
 * @endcode
 *
 * Arguments are integers, enums, booleans and pointers of at most a machine word, each evaluated
 * once. Provider and name are written as they are, without quotes. Other machines than x86-64 and
 * arm64 compile it to nothing.
 */
#if defined(SKEP_BPF_SIDE) || defined(__bpf__)
#error "skep: <skep/...> is for user space; BPF programs include <skep/bpf/...>"
#endif
#if !defined(__GNUC__)
#error "skep: probes are made with the assembler of gcc and clang"
#endif

#if defined(__ELF__) && (defined(__x86_64__) || defined(__aarch64__))

#ifdef __x86_64__
#define SKEP_USDT_NOP_   ".byte 0x0f, 0x1f, 0x44, 0x00, 0x00\n"
#define SKEP_USDT_IN_(x) "nr"(x) /* what every reader of these notes understands */
#else
#define SKEP_USDT_NOP_   "nop\n"
#define SKEP_USDT_IN_(x) "r"((long)(x)) /* registers are named as a whole */
#endif

/* Bytes of an argument, below 0 where it has a sign. */
#ifdef __cplusplus
extern "C++" {
template <typename T> struct skep_usdt_bytes_ {
	enum {
		value = T(-1) < T(1) ? -(int)sizeof(T) : (int)sizeof(T)
	};
};
template <typename T> struct skep_usdt_bytes_<T *> {
	enum {
		value = (int)sizeof(T *)
	};
};
}
#define SKEP_USDT_TYPE_(x)  decltype(+(x)) /* an array becomes a pointer */
#define SKEP_USDT_BYTES_(x) (skep_usdt_bytes_<decltype(+(x))>::value + 0)
#define SKEP_USDT_ASSERT_   static_assert
#define SKEP_USDT_C_        extern "C"
#else
#define SKEP_USDT_TYPE_(x) __typeof__(((void)0, (x)))
#define SKEP_USDT_SIGNED_(x)                                                                       \
	_Generic((x), char                                                                         \
		 : (char)-1 < 0, signed char : 1, short : 1, int : 1, long : 1, long long : 1,     \
		   default : 0)
#define SKEP_USDT_BYTES_(x)                                                                        \
	(SKEP_USDT_SIGNED_(x) ? -(int)sizeof(SKEP_USDT_TYPE_(x)) : (int)sizeof(SKEP_USDT_TYPE_(x)))
#define SKEP_USDT_ASSERT_ _Static_assert
#define SKEP_USDT_C_      extern
#endif

#define SKEP_USDT_ARG_(i, x)                                                                       \
	SKEP_USDT_ASSERT_(sizeof(SKEP_USDT_TYPE_(x)) <= sizeof(long) &&                            \
				  __builtin_classify_type(x) <= 6,                                 \
			  "skep: an argument is an integer or a pointer");                         \
	SKEP_USDT_TYPE_(x) skep_usdt_##i##_ = (x);
#define SKEP_USDT_TEXT_(i) "%c[s" #i "]@%[a" #i "]"
#define SKEP_USDT_OPERAND_(i)                                                                      \
	[s##i] "i"(SKEP_USDT_BYTES_(skep_usdt_##i##_)), [a##i] SKEP_USDT_IN_(skep_usdt_##i##_)

/* The note that readers know, as SystemTap has laid it down; and the base that prelink would move. */
#define SKEP_USDT_EMIT_(semaphore, provider, name, arguments, text, ...)                           \
	do {                                                                                       \
		arguments __asm__ __volatile__(                                                    \
			"990: " SKEP_USDT_NOP_ ".pushsection .note.stapsdt, \"?\", %%note\n"       \
			".balign 4\n"                                                              \
			".4byte 992f - 991f, 994f - 993f, 3\n"                                     \
			"991: .asciz \"stapsdt\"\n"                                                \
			"992: .balign 4\n"                                                         \
			"993: .8byte 990b, _.stapsdt.base, " semaphore "\n"                        \
			".asciz \"" #provider "\"\n"                                               \
			".asciz \"" #name "\"\n"                                                   \
			".asciz \"" text "\"\n"                                                    \
			"994: .balign 4\n"                                                         \
			".popsection\n"                                                            \
			".ifndef _.stapsdt.base\n"                                                 \
			".pushsection .stapsdt.base, \"aG\", %%progbits, .stapsdt.base, comdat\n"  \
			".weak _.stapsdt.base\n"                                                   \
			".hidden _.stapsdt.base\n"                                                 \
			"_.stapsdt.base: .space 1\n"                                               \
			".size _.stapsdt.base, 1\n"                                                \
			".popsection\n"                                                            \
			".endif\n"                                                                 \
			:                                                                          \
			: __VA_ARGS__);                                                            \
	} while (0)

#define SKEP_USDT_2_(m, p, n) SKEP_USDT_EMIT_(m, p, n, , "", )
#define SKEP_USDT_A1_(a)      SKEP_USDT_ARG_(1, a)
#define SKEP_USDT_T1_         SKEP_USDT_TEXT_(1)
#define SKEP_USDT_O1_         SKEP_USDT_OPERAND_(1)
#define SKEP_USDT_3_(m, p, n, a)                                                                   \
	SKEP_USDT_EMIT_(m, p, n, SKEP_USDT_A1_(a), SKEP_USDT_T1_, SKEP_USDT_O1_)
#define SKEP_USDT_A2_(a, b) SKEP_USDT_A1_(a) SKEP_USDT_ARG_(2, b)
#define SKEP_USDT_T2_       SKEP_USDT_T1_ " " SKEP_USDT_TEXT_(2)
#define SKEP_USDT_O2_       SKEP_USDT_O1_, SKEP_USDT_OPERAND_(2)
#define SKEP_USDT_4_(m, p, n, a, b)                                                                \
	SKEP_USDT_EMIT_(m, p, n, SKEP_USDT_A2_(a, b), SKEP_USDT_T2_, SKEP_USDT_O2_)
#define SKEP_USDT_A3_(a, b, c) SKEP_USDT_A2_(a, b) SKEP_USDT_ARG_(3, c)
#define SKEP_USDT_T3_          SKEP_USDT_T2_ " " SKEP_USDT_TEXT_(3)
#define SKEP_USDT_O3_          SKEP_USDT_O2_, SKEP_USDT_OPERAND_(3)
#define SKEP_USDT_5_(m, p, n, a, b, c)                                                             \
	SKEP_USDT_EMIT_(m, p, n, SKEP_USDT_A3_(a, b, c), SKEP_USDT_T3_, SKEP_USDT_O3_)
#define SKEP_USDT_A4_(a, b, c, d) SKEP_USDT_A3_(a, b, c) SKEP_USDT_ARG_(4, d)
#define SKEP_USDT_T4_             SKEP_USDT_T3_ " " SKEP_USDT_TEXT_(4)
#define SKEP_USDT_O4_             SKEP_USDT_O3_, SKEP_USDT_OPERAND_(4)
#define SKEP_USDT_6_(m, p, n, a, b, c, d)                                                          \
	SKEP_USDT_EMIT_(m, p, n, SKEP_USDT_A4_(a, b, c, d), SKEP_USDT_T4_, SKEP_USDT_O4_)
#define SKEP_USDT_A5_(a, b, c, d, e) SKEP_USDT_A4_(a, b, c, d) SKEP_USDT_ARG_(5, e)
#define SKEP_USDT_T5_                SKEP_USDT_T4_ " " SKEP_USDT_TEXT_(5)
#define SKEP_USDT_O5_                SKEP_USDT_O4_, SKEP_USDT_OPERAND_(5)
#define SKEP_USDT_7_(m, p, n, a, b, c, d, e)                                                       \
	SKEP_USDT_EMIT_(m, p, n, SKEP_USDT_A5_(a, b, c, d, e), SKEP_USDT_T5_, SKEP_USDT_O5_)
#define SKEP_USDT_A6_(a, b, c, d, e, f) SKEP_USDT_A5_(a, b, c, d, e) SKEP_USDT_ARG_(6, f)
#define SKEP_USDT_T6_                   SKEP_USDT_T5_ " " SKEP_USDT_TEXT_(6)
#define SKEP_USDT_O6_                   SKEP_USDT_O5_, SKEP_USDT_OPERAND_(6)
#define SKEP_USDT_8_(m, p, n, a, b, c, d, e, f)                                                    \
	SKEP_USDT_EMIT_(m, p, n, SKEP_USDT_A6_(a, b, c, d, e, f), SKEP_USDT_T6_, SKEP_USDT_O6_)
#define SKEP_USDT_A7_(a, b, c, d, e, f, g) SKEP_USDT_A6_(a, b, c, d, e, f) SKEP_USDT_ARG_(7, g)
#define SKEP_USDT_T7_                      SKEP_USDT_T6_ " " SKEP_USDT_TEXT_(7)
#define SKEP_USDT_O7_                      SKEP_USDT_O6_, SKEP_USDT_OPERAND_(7)
#define SKEP_USDT_9_(m, p, n, a, b, c, d, e, f, g)                                                 \
	SKEP_USDT_EMIT_(m, p, n, SKEP_USDT_A7_(a, b, c, d, e, f, g), SKEP_USDT_T7_, SKEP_USDT_O7_)
#define SKEP_USDT_A8_(a, b, c, d, e, f, g, h)                                                      \
	SKEP_USDT_A7_(a, b, c, d, e, f, g) SKEP_USDT_ARG_(8, h)
#define SKEP_USDT_T8_ SKEP_USDT_T7_ " " SKEP_USDT_TEXT_(8)
#define SKEP_USDT_O8_ SKEP_USDT_O7_, SKEP_USDT_OPERAND_(8)
#define SKEP_USDT_10_(m, p, n, a, b, c, d, e, f, g, h)                                             \
	SKEP_USDT_EMIT_(m, p, n, SKEP_USDT_A8_(a, b, c, d, e, f, g, h), SKEP_USDT_T8_,             \
			SKEP_USDT_O8_)
#define SKEP_USDT_A9_(a, b, c, d, e, f, g, h, i)                                                   \
	SKEP_USDT_A8_(a, b, c, d, e, f, g, h) SKEP_USDT_ARG_(9, i)
#define SKEP_USDT_T9_ SKEP_USDT_T8_ " " SKEP_USDT_TEXT_(9)
#define SKEP_USDT_O9_ SKEP_USDT_O8_, SKEP_USDT_OPERAND_(9)
#define SKEP_USDT_11_(m, p, n, a, b, c, d, e, f, g, h, i)                                          \
	SKEP_USDT_EMIT_(m, p, n, SKEP_USDT_A9_(a, b, c, d, e, f, g, h, i), SKEP_USDT_T9_,          \
			SKEP_USDT_O9_)
#define SKEP_USDT_A10_(a, b, c, d, e, f, g, h, i, j)                                               \
	SKEP_USDT_A9_(a, b, c, d, e, f, g, h, i) SKEP_USDT_ARG_(10, j)
#define SKEP_USDT_T10_ SKEP_USDT_T9_ " " SKEP_USDT_TEXT_(10)
#define SKEP_USDT_O10_ SKEP_USDT_O9_, SKEP_USDT_OPERAND_(10)
#define SKEP_USDT_12_(m, p, n, a, b, c, d, e, f, g, h, i, j)                                       \
	SKEP_USDT_EMIT_(m, p, n, SKEP_USDT_A10_(a, b, c, d, e, f, g, h, i, j), SKEP_USDT_T10_,     \
			SKEP_USDT_O10_)
#define SKEP_USDT_A11_(a, b, c, d, e, f, g, h, i, j, k)                                            \
	SKEP_USDT_A10_(a, b, c, d, e, f, g, h, i, j) SKEP_USDT_ARG_(11, k)
#define SKEP_USDT_T11_ SKEP_USDT_T10_ " " SKEP_USDT_TEXT_(11)
#define SKEP_USDT_O11_ SKEP_USDT_O10_, SKEP_USDT_OPERAND_(11)
#define SKEP_USDT_13_(m, p, n, a, b, c, d, e, f, g, h, i, j, k)                                    \
	SKEP_USDT_EMIT_(m, p, n, SKEP_USDT_A11_(a, b, c, d, e, f, g, h, i, j, k), SKEP_USDT_T11_,  \
			SKEP_USDT_O11_)
#define SKEP_USDT_A12_(a, b, c, d, e, f, g, h, i, j, k, l)                                         \
	SKEP_USDT_A11_(a, b, c, d, e, f, g, h, i, j, k) SKEP_USDT_ARG_(12, l)
#define SKEP_USDT_T12_ SKEP_USDT_T11_ " " SKEP_USDT_TEXT_(12)
#define SKEP_USDT_O12_ SKEP_USDT_O11_, SKEP_USDT_OPERAND_(12)
#define SKEP_USDT_14_(m, p, n, a, b, c, d, e, f, g, h, i, j, k, l)                                 \
	SKEP_USDT_EMIT_(m, p, n, SKEP_USDT_A12_(a, b, c, d, e, f, g, h, i, j, k, l),               \
			SKEP_USDT_T12_, SKEP_USDT_O12_)

#define SKEP_USDT_COUNT_(...)                                                                      \
	SKEP_USDT_COUNT__(__VA_ARGS__, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, )
#define SKEP_USDT_COUNT__(a, b, c, d, e, f, g, h, i, j, k, l, m, n, count, ...) count
#define SKEP_USDT_CALL_(count, ...)                                             SKEP_USDT_CALL__(count, __VA_ARGS__)

#define SKEP_USDT_CALL__(count, ...) SKEP_USDT_##count##_(__VA_ARGS__)

#define SKEP_USDT_NAME_(provider, name)        skep_usdt_##provider##_##name##_semaphore
#define SKEP_USDT_SYMBOL_(provider, name, ...) "skep_usdt_" #provider "_" #name "_semaphore"
#define SKEP_USDT_COUNTER_(provider, name)                                                         \
	SKEP_USDT_C_ unsigned short SKEP_USDT_NAME_(provider, name);                               \
	__attribute__((weak, used, visibility("hidden"), section(".probes"))) unsigned short       \
	SKEP_USDT_NAME_(provider, name) = 0
#define SKEP_USDT_READ_(provider, name)                                                            \
	__builtin_expect(*(volatile unsigned short *)&SKEP_USDT_NAME_(provider, name), 0)

#else

#define SKEP_USDT_COUNT_(...)              0
#define SKEP_USDT_CALL_(...)               ((void)0)
#define SKEP_USDT_SYMBOL_(...)             0
#define SKEP_USDT_COUNTER_(provider, name) struct skep_usdt_##provider##_##name##_
#define SKEP_USDT_READ_(provider, name)    0

#endif

/** A probe: `SKEP_USDT(provider, name, arguments...)`, up to 12 of them. */
#define SKEP_USDT(...) SKEP_USDT_CALL_(SKEP_USDT_COUNT_(__VA_ARGS__), "0", __VA_ARGS__)

/** The counter of a probe: at file scope, in each file that has the probe or in a header of theirs. */
#define SKEP_USDT_SEMAPHORE(provider, name) SKEP_USDT_COUNTER_(provider, name)

/** Whether anybody is attached. One load and a branch. */
#define SKEP_USDT_ENABLED(provider, name) SKEP_USDT_READ_(provider, name)

/** SKEP_USDT() for a probe with SKEP_USDT_SEMAPHORE(). */
#define SKEP_USDT_WITH_SEMAPHORE(...)                                                              \
	SKEP_USDT_CALL_(SKEP_USDT_COUNT_(__VA_ARGS__), SKEP_USDT_SYMBOL_(__VA_ARGS__, ),           \
			__VA_ARGS__)

#endif
