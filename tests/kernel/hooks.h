/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What hooks.tsv expects of a hook on this kernel: to fire, or to be refused for that reason.
 *
 *	err = skep_attach_kprobe(&link, program, "vfs_read", NULL);
 *	if (!err)
 *		read_something();
 *	hook_expect("kprobe", err, counter(app));
 */
#ifndef SKEP_TESTS_HOOKS_H
#define SKEP_TESTS_HOOKS_H

#include <stdbool.h>
#include <stdint.h>

/* Whether the table says that it fires here. On a machine that the table does not know: true. */
bool hook_fires(const char *hook);

/*
 * Fails the case unless what came of opening, loading or attaching (0 or -errno, with its words in
 * skep_error_last()), and then of the events that the case caused, is what the table says.
 */
void hook_expect(const char *hook, int err, uint64_t fired);

#endif
