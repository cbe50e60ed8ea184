/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Shows that a case leaves nothing in the kernel:
 *
 *	struct snapshot before;
 *
 *	snapshot_take(&before);
 *	... open, attach, detach, free ...
 *	snapshot_assert_unchanged(&before);
 *
 * All programs, maps and links of the machine are seen, not only this process's, so that what stays
 * attached or pinned is found too. Nothing else may load BPF meanwhile.
 */
#ifndef SKEP_TESTS_HARNESS_SNAPSHOT_H
#define SKEP_TESTS_HARNESS_SNAPSHOT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SNAPSHOT_KINDS 3    /* programs, maps, links */
#define SNAPSHOT_IDS   1024 /* of each kind; more fail the case */

struct snapshot {
	uint32_t ids[SNAPSHOT_KINDS][SNAPSHOT_IDS];
	size_t counts[SNAPSHOT_KINDS];
};

/* Skips the case where reading ids is not allowed (CAP_SYS_ADMIN). */
void snapshot_take(struct snapshot *snapshot);

/*
 * Fails when an object is there that was not at snapshot_take(), and names it. The kernel frees
 * after a grace period, so that it asks again for 2 s. Objects that went away are no concern.
 */
#define snapshot_assert_unchanged(before) snapshot_check((before), __FILE__, __LINE__)
void snapshot_check(const struct snapshot *before, const char *file, int line);

#ifdef __cplusplus
}
#endif

#endif
