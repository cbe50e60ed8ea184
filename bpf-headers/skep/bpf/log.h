/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_LOG_H
#define SKEP_BPF_LOG_H
/**
 * @file bpf/log.h
 * Messages for people, from programs of every kind: `skep_info("opened %s as %d", path, fd)`. The
 * arguments travel as they are, and user space makes text of them.
 *
 * @code{.c}
 * #include <skep/bpf/core.h>
 * #include <skep/bpf/log.h>
 *
 * SKEP_LICENSE("GPL");
 *
 * SEC("raw_tp/sys_enter")
 * int on_enter(struct bpf_raw_tracepoint_args *ctx)
 * {
 *         char comm[SKEP_COMM_BYTES];
 *
 *         skep_current_comm(comm);
 *         skep_info("%s: system call %ld", comm, (long)ctx->args[1]);
 *         skep_debug("opens %s", skep_user_str(ctx->args[0]));
 *         return 0;
 * }
 * @endcode
 *
 * `skep run` shows the messages, skep_log_set() delivers them: see bpf_log.h. Nothing is written
 * before somebody listens; then what is up to the level that he asked for, which may change while the
 * program runs.
 *
 * Formats are printf()'s; clang holds them against the arguments, and a mistake is an error. They
 * are in the object's BTF: no map has them, and no stack.
 *
 * | argument | conversion | shown |
 * |---|---|---|
 * | integers, enums, bool, bit-fields | `%d %i %u %x %X %o %c`, `%lld` and so on | the number |
 * | array of char, or a literal | `%s` | up to its NUL, with `\n` and the like escaped |
 * | skep_str(p), skep_user_str(p) | `%s` | text in the kernel's or user space's memory |
 * | skep_enum(x) | `%s` | the value's name |
 * | a struct or union | `%s` | its members by BTF |
 * | `void *`, pointers to structs | `%p` | the address |
 * | array, or pointer to an integer | `%pI4 %pI6 %pI6c %pM %pU %ph %*ph` | as the kernel's printk |
 *
 * What a pointer to an integer, or to an array of bytes, points to is copied (`&ip->saddr`): where it
 * may be read as in C. For its address write `(void *)p`.
 *
 * Costs on the reference machine: 1 ns where the level is off, a load and a branch; nothing above
 * SKEP_LOG_LEVEL; 35 to 40 ns where it is on and the arguments are numbers, 10 more with an array of 64
 * letters, 45 more for a text by skep_str(). A message beyond SKEP_LOG_PER_SECOND of its place in the
 * source costs no record, but is counted, and the count is told; up to twice as many come through in a
 * second. What does not fit into the ring is counted and told too. In a burst up to 16 messages of a
 * place have the time of the first, which is of the same tick of the kernel.
 *
 * Arguments are evaluated once, and only where the message is written. A place in the source is one,
 * wherever it is inlined. Texts need a GPL-compatible licence, and so do arrays of more than 128 bytes.
 * The kernel needs BTF of its own (CONFIG_DEBUG_INFO_BTF).
 *
 * @kernel{5.8}
 */
#include <skep/bpf/log/site.h>

/**
 * A message: something failed. See the top of this file.
 *
 * @param format a literal, without \\x escapes and such; a newline at its end is not needed
 * @param ...    up to 12 arguments
 * @kernel{5.8}
 */
#define skep_error(format, ...)                                                                    \
	SKEP_LOG_SITE_(SKEP_LOG_ERROR, SKEP_LOG_MANY_, format, ##__VA_ARGS__)

/** A message: something was done otherwise than asked. See skep_error(). @kernel{5.8} */
#define skep_warn(format, ...) SKEP_LOG_SITE_(SKEP_LOG_WARN, SKEP_LOG_MANY_, format, ##__VA_ARGS__)

/** A message: what happened. See skep_error(). @kernel{5.8} */
#define skep_info(format, ...) SKEP_LOG_SITE_(SKEP_LOG_INFO, SKEP_LOG_MANY_, format, ##__VA_ARGS__)

/** A message: a step. See skep_error(). @kernel{5.8} */
#define skep_debug(format, ...)                                                                    \
	SKEP_LOG_SITE_(SKEP_LOG_DEBUG, SKEP_LOG_MANY_, format, ##__VA_ARGS__)

/** A message: more than one wants to know. See skep_error(). @kernel{5.8} */
#define skep_trace(format, ...)                                                                    \
	SKEP_LOG_SITE_(SKEP_LOG_TRACE, SKEP_LOG_MANY_, format, ##__VA_ARGS__)

/**
 * A message of which at most so many are written in a second, whatever was set for the others.
 *
 * @param level  SKEP_LOG_ERROR to SKEP_LOG_TRACE, by name
 * @param most   how many; 0: all
 * @param format as of skep_error()
 * @param ...    up to 12 arguments
 * @kernel{5.8}
 */
#define skep_log_limited(level, most, format, ...)                                                 \
	SKEP_LOG_SITE_(level, most, format, ##__VA_ARGS__)

#endif
