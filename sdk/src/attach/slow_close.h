/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Closing what the kernel is slow to take off, without the caller waiting. Public side:
 * <skep/attach/wait.h>.
 *
 * Disabling a perf event does not stop its program: PERF_EVENT_IOC_DISABLE counts for the event's
 * own counter only. Closing the link does, at once, and then waits for a grace period; so links are
 * closed on a thread each, whose waits the kernel joins. Closing the event waits under a mutex of
 * the kernel's: one thread does these, one after the other.
 */
#ifndef SKEP_ATTACH_SLOW_CLOSE_H
#define SKEP_ATTACH_SLOW_CLOSE_H

/* Takes over both: the link, and the event that it is on. -1: there is none. Never fails. */
void skep_slow_close(int link, int event);

/* The same, and fn(arg) once both are closed: a probe in tracefs can go only then. */
void skep_slow_close_then(int link, int event, void (*fn)(void *arg), void *arg);

#endif
