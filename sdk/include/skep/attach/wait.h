/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_ATTACH_WAIT_H
#define SKEP_ATTACH_WAIT_H
/**
 * @file wait.h
 * When probes are gone for good. The kernel needs 50 to 200 ms to take one off: it waits until no
 * processor can be in it. So skep_link_free() hands links of probes to threads of skep's, and
 * returns at once.
 *
 * @code{.c}
 * skep_object_detach(object);                       // uprobes among others: returns at once
 *
 * if (skep_attach_wait(-1))                         // before the program is measured, say
 *         return skep_perror("detach");
 * @endcode
 *
 * - The program stops within a millisecond or so of skep_link_free(), as soon as a thread is
 *   scheduled; after skep_attach_wait() it is certain that it does not run any more.
 * - When the process ends, the kernel closes what is left, and the process is gone when that is done.
 * - The child of a fork() has copies of file descriptors, as of every link: what it inherits keeps
 *   the probe alive until the child ends, runs another program, or calls skep_attach_wait().
 * - libskep.so stays mapped after dlclose(). Who links skep into a library of his own that is
 *   unloaded calls skep_attach_wait(-1) first: the threads run code of that library.
 */
#include <skep/base.h>

SKEP_BEGIN_DECLS

/**
 * Waits until every probe whose link was freed is gone.
 *
 * @param timeout_ms how long; 0 only asks, -1 waits as long as it takes
 * @return 0 or a negative errno
 * @err{ETIMEDOUT, some are left: call it again, or let the kernel do it when the process ends}
 * @threads{any}
 */
SKEP_API SKEP_MUST_USE int skep_attach_wait(int timeout_ms);

SKEP_END_DECLS

#endif
