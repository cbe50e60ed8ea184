/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_LOG_H
#define SKEP_LOG_H
/**
 * @file log.h
 * For those who want to listen. skep never prints: what it and libbpf have to say while a
 * call of skep runs goes to one callback of the process, or nowhere.
 *
 * @code{.c}
 * static void on_log(enum skep_log_level level, const char *line)
 * {
 *         fprintf(stderr, "%d %s\n", level, line);
 * }
 *
 * skep_log_set(on_log, SKEP_LOG_DEBUG);
 * @endcode
 *
 * libbpf has one print callback for the whole process. skep puts itself in front of it once,
 * looks only at what libbpf says inside a call of skep, and passes on everything else. Call
 * libbpf_set_print() before the first call of skep: set later, it hides libbpf's words from skep,
 * whose errors then have no verifier log.
 *
 * What BPF programs say comes here too, where a reader is open: see bpf_log.h.
 */
#include <skep/base.h>

SKEP_BEGIN_DECLS

/** How much one wants to hear; each level has those above it. */
enum skep_log_level {
	SKEP_LOG_OFF,   /**< nothing */
	SKEP_LOG_ERROR, /**< something failed: of BPF programs only, skep itself returns errors */
	SKEP_LOG_WARN,  /**< something was done otherwise than asked */
	SKEP_LOG_INFO,  /**< which way was taken */
	SKEP_LOG_DEBUG, /**< every step, and libbpf's own words */
	SKEP_LOG_TRACE, /**< of BPF programs only: more than one wants to know */
};

/**
 * Called with one line, without a newline. May be called by any thread that calls skep.
 */
typedef void (*skep_log_fn)(enum skep_log_level level, const char *line);

/**
 * Sets who listens, for the whole process.
 *
 * @param fn    the callback; NULL to stop listening
 * @param level the most detailed level it wants
 * @threads{any; a call that is under way elsewhere may still reach the former callback}
 */
SKEP_API void skep_log_set(skep_log_fn fn, enum skep_log_level level);

SKEP_END_DECLS

#endif
