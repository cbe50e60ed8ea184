/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Files to be opened under fileaudit, and what it said of them. */
#ifndef SKEP_TESTS_EXAMPLES_AUDIT_H
#define SKEP_TESTS_EXAMPLES_AUDIT_H

#include "harness/test.h"
#include "tool.h"

#define AUDIT_READY " PATH\n" /* the end of the heading, which is printed when it is attached */

extern struct tool audit_tool;
extern char audit_top[256]; /* the folder that is watched, as the kernel names it */

void audit_make_top(void);

/* Whether this kernel has BPF LSM; asked by running it. audit_tool.words says why not. */
bool audit_can_run(void);

/* Makes the folder; skips where the kernel has no BPF LSM. */
void audit_setup(void **state);

#define CASE(name) TEST_WITH(name, audit_setup, tool_teardown)

/* `name` in the watched folder, in one of several buffers. */
const char *audit_in(const char *name);

/* Opens and closes it, for writing, and makes it if it is not there. */
void audit_touch(const char *path);
void audit_touch_with(const char *path, int flags);

/* With -j, nothing says that it is attached: a file is opened until it is seen. */
bool audit_is_seen(void *path);

#define START(...)                                                                                 \
	do {                                                                                       \
		TOOL_START(&audit_tool, NULL, "fileaudit", "-j", __VA_ARGS__);                     \
		assert_true(                                                                       \
			wait_until(audit_is_seen, (void *)(uintptr_t)audit_in("warm"), 15000));    \
	} while (0)

void audit_stop(void);

const char *audit_text_of(json_t *event, const char *key);

/* How often this process opened the path; NULL: how many opens of others' files than "warm". */
int audit_count_of(const char *path);

/* Once, and once only. */
void audit_assert_reported(const char *path);

#endif
