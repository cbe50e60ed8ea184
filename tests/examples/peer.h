/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * An example beside what others package for the same purpose: on the same events, at the same time. What
 * both counted is asserted; start-up time, memory and CPU are printed side by side, and never asserted.
 *
 *	static struct peer ours, theirs;
 *
 *	PEER_START(&ours, " COMM ", "execsnoop");
 *	PEER_START_OTHER(&theirs, "PCOMM", "/usr/bin/stdbuf", "-oL", "/usr/sbin/execsnoop");
 *	...
 *	peer_stop(&ours);
 *	peer_stop(&theirs);
 *	assert_int_equal(peer_count(&ours, name), peer_count(&theirs, name));
 *	peer_print("execsnoop", &ours, "libbpf-tools", &theirs);
 *
 * The case ends with tool_teardown().
 */
#ifndef SKEP_TESTS_EXAMPLES_PEER_H
#define SKEP_TESTS_EXAMPLES_PEER_H

#include "tool.h"

struct peer {
	struct tool tool;
	double start_ms; /* until it said that it is ready */
	long memory_kib; /* the most that was resident, of its own: a parent's counts in rusage */
};

/* Skips the case where a program is not there. */
void peer_require(const char *path, const char *package);

/*
 * Starts it, and waits until it has printed `ready`. What is not an example (`other`) has tracefs and
 * debugfs mounted, in a namespace of its own; where it ends by itself the case is skipped with its words.
 */
void peer_start(struct peer *peer, bool other, const char *ready, const char *const *argv);
#define PEER_START(peer, ready, ...)                                                               \
	peer_start((peer), false, (ready), (const char *const[]){ __VA_ARGS__, NULL })
#define PEER_START_OTHER(peer, ready, ...)                                                         \
	peer_start((peer), true, (ready), (const char *const[]){ __VA_ARGS__, NULL })

/* Ends it by Ctrl-C, once it prints no more. */
void peer_stop(struct peer *peer);

/* How many of its lines have these words. */
unsigned long peer_count(const struct peer *peer, const char *words);

/* One line for each number of both. */
void peer_print(const char *what, const struct peer *ours, const char *other,
		const struct peer *theirs);

#endif
