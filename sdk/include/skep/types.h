/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_TYPES_H
#define SKEP_TYPES_H
/**
 * @file types.h
 * What the two sides of an application share: the one header of skep that both user space and
 * BPF programs may include. Works with vmlinux.h and without.
 *
 * @code{.c}
 * #include <skep/types.h>
 *
 * struct exec_event {
 *         __u32 pid;
 *         __u32 uid;
 *         char comm[SKEP_COMM_BYTES];
 * };
 * @endcode
 */
#if !defined(__VMLINUX_H__) && !defined(SKEP_WINDOWS)
#include <linux/types.h>
#endif

/** Size of a task's name, with its NUL: the kernel's TASK_COMM_LEN. */
#define SKEP_COMM_BYTES 16

/**
 * What did not reach user space, per ring. Counted by skep_emit() on its failure paths, read
 * by skep_ring_stats(). Kept by the BPF program in the map `.data.skep`.
 */
struct skep_ring_counts {
	__u64 dropped;   /**< records that did not fit: the ring was full */
	__u64 discarded; /**< records given up by the program: return, break or goto */
};

/**
 * Key of an LPM trie of IPv4 networks. User space makes it of text with skep_lpm4_parse();
 * a lookup has prefixlen 32. The address is as on the wire: `addr[0]` is 10 of 10.1.2.3.
 */
struct skep_lpm4 {
	__u32 prefixlen; /**< how many bits count, 0 to 32 */
	__u8 addr[4];    /**< in network order; bits beyond prefixlen are zero */
};

/** Key of an LPM trie of IPv6 networks: see struct skep_lpm4. A lookup has prefixlen 128. */
struct skep_lpm6 {
	__u32 prefixlen; /**< how many bits count, 0 to 128 */
	__u8 addr[16];   /**< in network order; bits beyond prefixlen are zero */
};

/**
 * Declares a struct that is a key of an LPM trie for other data, of which the first bits come
 * first: `SKEP_LPM_KEY(vlan_prefix, 6);` is `struct vlan_prefix` with `prefixlen` and `data[6]`.
 */
#define SKEP_LPM_KEY(name, bytes)                                                                  \
	struct name {                                                                              \
		__u32 prefixlen;                                                                   \
		__u8 data[bytes];                                                                  \
	}

/**
 * Who did it, as most records begin: skep_current_who() of bpf/task.h fills it, skep_tool_who() of tool.h
 * prints it. No padding.
 */
struct skep_who {
	__u32 pid;                  /**< the process */
	__u32 uid;                  /**< its user */
	char comm[SKEP_COMM_BYTES]; /**< the name of the thread */
};

/** The tags of a ring of several types of records are below this. */
#define SKEP_TAGS_MOST 64

/** What stands before each record of such a ring. See SKEP_RINGBUF_TAGGED(). */
struct skep_tag {
	__u32 tag;  /**< which type */
	__u32 zero; /**< nothing */
};

/**
 * Says that a member is the time of its record: `__u64 time SKEP_TIME;`, of bpf_ktime_get_ns(). It
 * is in the object's BTF, so that `skep run` prints records of many rings in the order of time.
 * Nothing in user space, and with compilers for BPF before clang 14.
 */
#if defined(__bpf__) && defined(__has_attribute)
#if __has_attribute(btf_decl_tag)
#define SKEP_TIME __attribute__((btf_decl_tag("skep:time")))
#endif
#endif
#ifndef SKEP_TIME
#define SKEP_TIME
#endif

/**
 * A histogram, as programs keep it, one for each CPU: see SKEP_HIST_LOG2() of bpf/hist.h. User space
 * reads it with skep_hist_get() of skep/hist.h.
 */
struct skep_hist {
	__s64 from;  /**< linear: the least value of slot 1; lower ones are in slot 0 */
	__u64 width; /**< linear: of each slot; 0: slot n is from 2^(n-1) to below 2^n, 0 is 0 */
	__u64 count; /**< how many values */
	__u64 sum;   /**< of them, wrapping around; of linear ones it has a sign */
	__u64 least; /**< of them; of linear ones it has a sign */
	__u64 most;  /**< of them; of linear ones it has a sign */
	__u64 slots[64]; /**< how many values are in each; in the last also all that are larger */
};

/** What SKEP_LATENCY() could not measure; a variable of the program, `NAME__lost`. */
struct skep_latency_counts {
	__u64 forgotten; /**< starts whose end did not come, when others took their place */
	__u64 unmatched; /**< ends that have no start: it was forgotten, or before the program's time */
	__u64 full;      /**< starts that found no room */
};

/**
 * The time and the random numbers that a program compiled with SKEP_TESTING sees; its variable
 * `skep_injected`. User space sets it by skep/testing/inject.h.
 */
struct skep_injected {
	__u64 has_time;     /**< not 0: the next two are the clock */
	__u64 time_ns;      /**< what the next reading gives */
	__u64 step_ns;      /**< how much later each further one is */
	__u64 random_count; /**< how many of `random` there are; 0: the kernel's */
	__u64 random_next;  /**< which comes next */
	__u32 random[64];   /**< one after the other, then again from the first */
};

/* How the typed macros of both sides check types; nothing here is called directly. */
#ifndef __cplusplus
/* A number per integer kind: 2 signed, 3 unsigned, 1 plain char, 0 no integer. */
/* clang-format off */
#define SKEP_INTEGER_(x)                                                                           \
	_Generic((x),                                                                              \
		char: 1,                                                                           \
		signed char: 2,                                                                    \
		unsigned char: 3,                                                                  \
		short: 2,                                                                          \
		unsigned short: 3,                                                                 \
		int: 2,                                                                            \
		unsigned int: 3,                                                                   \
		long: 2,                                                                           \
		unsigned long: 3,                                                                  \
		long long: 2,                                                                      \
		unsigned long long: 3,                                                             \
		default: 0)
/* clang-format on */

/*
 * True where both point to the same type, const or not. Integers of equal size and signedness
 * count as one: the kernel's __u64 is not the libc's uint64_t, nor `unsigned long`.
 */
#define SKEP_SAME_(a, b)                                                                           \
	(__builtin_types_compatible_p(__typeof__(*(a)), __typeof__(*(b))) ||                       \
	 (SKEP_INTEGER_(*(a)) && SKEP_INTEGER_(*(a)) == SKEP_INTEGER_(*(b)) &&                     \
	  sizeof(*(a)) == sizeof(*(b))))

/*
 * Nothing, or a compile error that says `sentence`. clang prints the condition before it: of a
 * constant that is a name, not what the macros became.
 */
#ifdef __clang__
#define SKEP_REQUIRE_(is, sentence)                                                                \
	((void)sizeof(__extension__({                                                              \
		enum {                                                                             \
			skep_fits_ = (is)                                                          \
		};                                                                                 \
		_Static_assert(skep_fits_, sentence);                                              \
		0;                                                                                 \
	})))
#else
#define SKEP_REQUIRE_(is, sentence)                                                                \
	((void)sizeof(struct {                                                                     \
		_Static_assert(is, sentence);                                                      \
		int x_;                                                                            \
	}))
#endif

/* Whether `x` is a pointer or an array, also where `*x` would not compile. */
#define SKEP_IS_POINTER_(x) (__builtin_classify_type(x) == 5)
#else
#define SKEP_REQUIRE_(is, sentence)                                                                \
	([] {                                                                                      \
		static_assert(sizeof(int) == 0,                                                    \
			      "skep: this macro is for C: in C++ include skep/skep.hpp");          \
	}())
#endif

/* `pointer`, or a compile error that says `sentence` where it does not point to *tag. */
#define SKEP_CHECK_(tag, pointer, sentence)                                                        \
	(SKEP_REQUIRE_(SKEP_IS_POINTER_(pointer), "skep: pass a pointer here, such as &key"),      \
	 SKEP_REQUIRE_(SKEP_SAME_(tag, pointer), sentence), (pointer))

#endif
