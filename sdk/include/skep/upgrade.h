/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_UPGRADE_H
#define SKEP_UPGRADE_H
/**
 * @file upgrade.h
 * A new version of an object in the place of the one that runs, without a gap: no event or packet
 * passes by without a program, and what maps hold is kept.
 *
 * @code{.c}
 * struct skep_object *next = NULL;
 *
 * if (skep_object_open(&next, "filter-2.bpf.o", NULL) || skep_upgrade(object, next, NULL))
 *         return skep_perror("upgrade");               // the old one runs on
 * skep_object_free(object);
 * object = next;
 * @endcode
 *
 * Maps are matched by name. One of the same types is taken over as it is: with its entries, and a
 * ring with its reader, which reads on. Where fields have changed, the entries are copied into a new
 * map, field by field (see map/migrate.h): what the old programs write between the copy and the
 * switch is then not in it. Variables (`.bss`, `.data`) are taken over where their names, sizes and
 * places are the same; constants are the new object's.
 *
 * Programs are matched by name. Links that the kernel can update (xdp, tcx, netkit, cgroup, sk_lookup,
 * flow_dissector, a filter of clsact) change their program in one step: each packet meets one of the
 * two. Of the others (tracing, probes, perf events, LSM) the new one is attached before the old one is
 * taken off: for that moment an event is seen by both.
 *
 * When anything is refused, all is put back, and the old object runs on; but for programs that the
 * new object can do without (skep_program_set_optional()).
 */
#include <skep/base.h>
#include <skep/link.h>

SKEP_BEGIN_DECLS

struct skep_object;

/** What became of a map or a program. */
enum skep_upgrade_fate {
	SKEP_UPGRADE_KEPT,     /**< a map: the same one, with what is in it */
	SKEP_UPGRADE_MIGRATED, /**< a map: another one, with the entries copied by field */
	SKEP_UPGRADE_UPDATED,  /**< a program: its link changed to the new one in one step */
	SKEP_UPGRADE_REPLACED, /**< a program: the new one was attached, then the old one taken off */
	SKEP_UPGRADE_NEW,      /**< only the new object has it */
	SKEP_UPGRADE_GONE,     /**< only the old object has it: detached */
	SKEP_UPGRADE_RESET,    /**< variables: laid out differently, they begin anew */
	SKEP_UPGRADE_REFUSED, /**< an optional program that was not attached: skep_program_refusal() */
};

/** One line of a report. */
struct skep_upgrade_step {
	const char *name;            /**< of the map or program */
	bool is_map;                 /**< else a program */
	enum skep_upgrade_fate fate; /**< what became of it */
};

/**
 * Called once for each map and program, when all is done.
 *
 * @param step valid during the call
 * @param ctx  of skep_upgrade_opts
 */
typedef void (*skep_upgrade_fn)(const struct skep_upgrade_step *step, void *ctx);

/** A link that the caller made with a helper of attach.h, and a program of both objects. */
struct skep_upgrade_link {
	struct skep_link *link; /**< must be of a kind that the kernel can update */
	const char *program; /**< the name of its program, in the old object and in the new one */
};

/** How to upgrade. */
struct skep_upgrade_opts {
	size_t sz;                             /**< set by SKEP_OPTS() */
	const struct skep_upgrade_link *links; /**< those that skep_object_attach() did not make */
	size_t link_count;                     /**< how many */
	bool fresh_variables;                  /**< `.bss` and `.data` begin anew */
	skep_upgrade_fn report;                /**< or NULL */
	void *ctx;                             /**< for `report` */
};

/**
 * Puts an object in the place of a running one: loads it, moves the links, and detaches what is
 * gone. The old object is then detached, and still loaded: free it.
 *
 * @param running loaded
 * @param next    opened, not loaded; its constants set
 * @param opts    or NULL
 * @return 0 or a negative errno as skep_object_load() and skep_object_attach(), and
 * @err{EPROTOTYPE, a map or a program is of another kind than the one of its name: the message names it; rename it}
 * @err{EOPNOTSUPP, a link of `links` cannot be updated: attach the new program first, then free that link}
 * @err{EBADF, the old object is not loaded, or the new one is}
 * @err{EINVAL, an object is NULL, or a link of `links` or its program's name: look at what made it}
 * @err{ENOENT, the new object lacks a program of `links`}
 * @err{ERANGE, an entry of a map does not fit into its new field, which is named: widen that field}
 * @ownership{both objects stay the caller's; after a failure `next` may be loaded, and is only good to be freed}
 * @threads{one at a time per object}
 * @kernel{5.8, for links that are updated}
 */
SKEP_API SKEP_MUST_USE int skep_upgrade(struct skep_object *running, struct skep_object *next,
					const struct skep_upgrade_opts *opts);

SKEP_END_DECLS

#endif
