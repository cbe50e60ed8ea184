/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_TESTING_HOST_H
#define SKEP_TESTING_HOST_H
/**
 * @file testing/host.h
 * BPF programs tested as C: the `.bpf.c` is compiled for this machine, with helpers and maps that are
 * functions of this library, under AddressSanitizer and UndefinedBehaviorSanitizer, and with gcov where
 * asked. No kernel, no privilege. In CMake: `skep_add_bpf_host_test(NAME SOURCES x.bpf.c test.c)`.
 *
 * @code{.c}
 * #include <linux/bpf.h>
 * #include <skep/testing/host.h>
 * #include <skep/testing.h>
 *
 * extern int count(struct xdp_md *ctx);      // of counter.bpf.c
 *
 * static void short_packet_passes(void **state)
 * {
 *         struct skep_host_packet *packet = NULL;
 *         uint64_t seen = 0;
 *         uint32_t key = 255;
 *
 *         skep_host_reset();
 *         skep_assert_ok(skep_host_packet_new(&packet, "\1\2\3", 3));
 *         assert_int_equal(skep_host_run(count, skep_host_xdp(packet)), XDP_PASS);
 *         skep_assert_ok(skep_host_get("packets", &key, &seen));
 *         assert_int_equal(seen, 1);
 *         skep_host_packet_free(packet);
 * }
 * @endcode
 *
 * Global variables of the program are C variables: declare them `extern` and use them; a constant is set
 * with skep_host_set_const(). An access beyond a packet, a record or a value is a report that names the
 * line of the `.bpf.c`; what the verifier refuses at a program's end (a record that is not submitted, a
 * lock that is held) fails the test.
 *
 * A helper that is not here fails the test when it is called, by its name; skep_host_fake() gives one.
 * A kfunc is a function that the test defines. What cannot be hosted: inline assembly of BPF, arenas,
 * struct_ops, sleepable waits, and what the verifier says: that is for the kernel's tests.
 *
 * All of it is for one thread. A mistake in the use of these functions fails the test that runs.
 */
#include <skep/base.h>
#include <skep/error.h>
#include <skep/testing/host_map.h>

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

SKEP_BEGIN_DECLS

/**
 * As at the start: maps are empty, or as their declarations say; variables and constants have their first
 * values; the time is 0, the CPU 0, the current process 1000, and packets and fakes of the test's own
 * are gone. Call it first in each test.
 *
 * @threads{the thread that runs programs}
 */
SKEP_API void skep_host_reset(void);

/**
 * Runs a program; see skep_host_run().
 *
 * @param program the function, of any type
 * @param ctx     its context
 * @return what it returned
 * @threads{one at a time}
 */
SKEP_API int skep_host_run_raw(void (*program)(void), void *ctx);

/** A packet in memory below 4 GiB, whose ends are guarded. */
struct skep_host_packet;

/**
 * Makes a packet.
 *
 * @param[out] out   the packet
 * @param      data  its bytes, copied, from the Ethernet header on
 * @param      bytes how many: 0 to 65536
 * @return 0 or a negative errno
 * @err{EINVAL, more than 64 KiB\, or no data: give what a packet can have}
 * @err{ENOMEM, no memory\, or none below 4 GiB: free packets of earlier tests}
 * @ownership{the caller frees it with skep_host_packet_free(), or skep_host_reset() does}
 * @threads{the thread that runs programs}
 */
SKEP_API SKEP_MUST_USE int skep_host_packet_new(struct skep_host_packet **out, const void *data,
						size_t bytes);

/**
 * Frees a packet. NULL is fine, and one that skep_host_reset() has freed.
 *
 * @param packet the packet
 */
SKEP_API void skep_host_packet_free(struct skep_host_packet *packet);

/**
 * A packet's context for XDP. Members that are not places in the packet are the test's to set.
 *
 * @param packet the packet
 * @return its context, until it is freed
 */
SKEP_API struct xdp_md *skep_host_xdp(struct skep_host_packet *packet);

/**
 * A packet's context for tc. Members that are not places in the packet are the test's to set.
 *
 * @param packet the packet
 * @return its context, until it is freed
 */
SKEP_API struct __sk_buff *skep_host_skb(struct skep_host_packet *packet);

/**
 * What a packet has become.
 *
 * @param      packet the packet
 * @param[out] bytes  how many bytes it has; or NULL
 * @return the bytes, until a program runs on it
 */
SKEP_API const void *skep_host_packet_data(const struct skep_host_packet *packet, size_t *bytes);

/**
 * Where bpf_redirect() sent it.
 *
 * @param packet the packet
 * @return the interface's index; 0 where it was not called
 */
SKEP_API uint32_t skep_host_packet_redirected(const struct skep_host_packet *packet);

/**
 * The next record of a ring or perf buffer.
 *
 * @param      name  the map's
 * @param[out] bytes its size; or NULL
 * @return the record, until the next call for this ring; NULL when none is left
 */
SKEP_API const void *skep_host_record(const char *name, size_t *bytes);

/**
 * Makes a ring full, or not any more: as if nobody read it.
 *
 * @param name the map's
 * @param full whether it is
 */
SKEP_API void skep_host_set_full(const char *name, bool full);

/**
 * What the clocks say; they stand still.
 *
 * @param ns nanoseconds, of all clocks
 */
SKEP_API void skep_host_set_time(uint64_t ns);

/**
 * Where bpf_get_prandom_u32() begins: the same seed gives the same numbers. skep_host_fake() gives
 * chosen ones.
 *
 * @param seed any number
 */
SKEP_API void skep_host_set_random(uint64_t seed);

/**
 * How many CPUs there are: 4 at first. Empties all maps.
 *
 * @param cpus 1 to 1024
 */
SKEP_API void skep_host_set_cpus(uint32_t cpus);

/**
 * On which CPU programs run, and whose values skep_host_get() reads.
 *
 * @param cpu below the number of CPUs
 */
SKEP_API void skep_host_set_cpu(uint32_t cpu);

/** Who runs. What is not set is 0, or as said. */
struct skep_host_current {
	uint32_t pid;            /**< of the process, as getpid() has it */
	uint32_t tid;            /**< of the thread; 0: the process's first */
	uint32_t ppid;           /**< of the parent */
	uint32_t uid;            /**< the user */
	uint32_t gid;            /**< the group */
	uint32_t pid_inside;     /**< as the process sees itself; 0: the same */
	const char *comm;        /**< the name, cut to 15 bytes */
	const char *args;        /**< its arguments, each with a NUL */
	size_t args_bytes;       /**< how many bytes they are */
	uint64_t cgroup_id;      /**< of its cgroup */
	const char *cgroup_name; /**< the last part of its path */
	int exit_status;         /**< as wait() has it */
	bool has_other_threads;  /**< that have not ended yet */
};

/**
 * Says who runs, for helpers and for skep/bpf/task.h. At first process 1000, user 0, named "host".
 *
 * @param who copied; what its members point to must stay
 */
SKEP_API void skep_host_set_current(const struct skep_host_current *who);

/**
 * What bpf_get_current_task() gives to programs with structs of their own.
 *
 * @param task in the layout that the program was compiled with
 */
SKEP_API void skep_host_set_task(void *task);

/**
 * What bpf_send_signal() was called with last.
 *
 * @return the signal's number; 0: it was not called
 */
SKEP_API uint32_t skep_host_signal(void);

/**
 * What programs printed since the reset, at most 8 KiB.
 *
 * @return the text
 */
SKEP_API const char *skep_host_printed(void);

/**
 * Replaces a helper; see skep_host_fake().
 *
 * @param helper   its name, "bpf_..."
 * @param function with the helper's parameters and result
 */
SKEP_API void skep_host_fake_raw(const char *helper, void (*function)(void));

/**
 * Takes something away that the program asks the kernel for: until the reset bpf_core_..._exists() says
 * no to it.
 *
 * @param name as the program names it, without `___flavour`: "BPF_FUNC_loop", "struct task_struct", or the
 *             name of a field; must stay
 */
SKEP_API void skep_host_lack(const char *name);

/**
 * Sets a constant; see skep_host_set_const().
 *
 * @param constant where it is
 * @param value    its new value
 * @param bytes    its size
 */
SKEP_API void skep_host_set_const_raw(const volatile void *constant, const void *value,
				      size_t bytes);

/** @cond */
/* Called by the hosted source, and by what skep_add_bpf_host_test() writes. */
struct skep_host_task_values;
SKEP_API void skep_host_register(const char *stem, const char *anchor, const void *bytes,
				 size_t size);
SKEP_API void *skep_host_helper(unsigned long number, const char *name, const char *file, int line);
SKEP_API int skep_host_has(const char *name);
SKEP_API unsigned int skep_host_cannot(const char *what, const char *file, int line);
SKEP_API void skep_host_task_layout(void *task, void (*fill)(const struct skep_host_task_values *));
/** @endcond */

SKEP_END_DECLS

/**
 * Runs a program on a context, and on where its tail calls lead: `skep_host_run(count,
 * skep_host_xdp(packet))`. A context of the wrong type does not compile; for programs of BPF_PROG() it is an
 * array of `unsigned long long`.
 *
 * @return what the program returned
 */
#define skep_host_run(program, ctx)                                                                \
	((void)sizeof((program)(ctx)), skep_host_run_raw((void (*)(void))(program), (ctx)))

/** Replaces a helper until the reset: `skep_host_fake("bpf_d_path", my_d_path)`. */
#define skep_host_fake(helper, function) skep_host_fake_raw((helper), (void (*)(void))(function))

/** Sets a constant of the program: `extern const volatile uint32_t min_uid;` */
#define skep_host_set_const(constant, ...)                                                         \
	do {                                                                                       \
		const __typeof__(constant) skep_value_ = __VA_ARGS__;                              \
		skep_host_set_const_raw(&(constant), (const void *)(uintptr_t)&skep_value_,        \
					sizeof(skep_value_));                                      \
	} while (0)

SKEP_DEFINE_FREEP(skep_host_packet);

#endif
