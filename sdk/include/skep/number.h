/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_NUMBER_H
#define SKEP_NUMBER_H
/**
 * @file number.h
 * Numbers that somebody typed. atoi() makes 0 of a word, and 4464 of the port 70000: a filter that
 * should take one process then takes them all.
 *
 * @code{.c}
 * static int only_pid; // 0: all
 *
 * int main(int argc, char **argv)
 * {
 *         if (argc > 1 && skep_number(argv[1], 1, SKEP_PID_MOST, &only_pid))
 *                 return skep_perror("execs"); // execs: '0' is not a number from 1 to 4194304
 *         return 0;
 * }
 * @endcode
 *
 * Costs what strtoull() does. Tools with options have more: see tool.h.
 */
#include <skep/base.h>

SKEP_BEGIN_DECLS

/** The largest process id that Linux gives (PID_MAX_LIMIT on 64 bits, include/linux/threads.h). */
#define SKEP_PID_MOST 4194304

/**
 * Reads a number: decimal, 0x1f or 017, with nothing before it or behind.
 *
 * @param text  what was typed; NULL: it was left out, and `*out` stays as it is
 * @param least the least that is right
 * @param most  the most; `*out` must be able to hold it
 * @param out   an integer of any size; written when 0 is returned
 * @return 0 or a negative errno
 * @err{EINVAL, it is not a number: type one. Or `*out` cannot hold `most`: use a wider type}
 * @err{ERANGE, it is less than `least` or more than `most`: the message has both}
 * @threads{any}
 */
#define skep_number(text, least, most, out)                                                        \
	skep_number_raw((text), (least), (most), (out), sizeof(*(out)))

/**
 * What skep_number() calls.
 *
 * @param text  as there
 * @param least as there
 * @param most  as there
 * @param out   an integer
 * @param bytes its size: 1, 2, 4 or 8
 * @return 0 or a negative errno
 * @err{EINVAL, as there}
 * @err{ERANGE, as there}
 * @threads{any}
 */
SKEP_API SKEP_MUST_USE int skep_number_raw(const char *text, uint64_t least, uint64_t most,
					   void *out, size_t bytes);

SKEP_END_DECLS

#endif
