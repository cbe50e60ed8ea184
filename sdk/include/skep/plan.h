/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_PLAN_H
#define SKEP_PLAN_H
/**
 * @file plan.h
 * What is to be hooked, and the way that works on this kernel. A developer says what a group of
 * programs is for, and lists the alternatives, the best first; the plan finds out which of them
 * this kernel can do, has only those loaded, attaches them, and can be printed: what was chosen,
 * and why the others were not.
 *
 * @code{.c}
 * SKEP_AUTO(skep_plan) *plan = NULL;
 *
 * if (skep_plan_new(&plan, object) ||                          // opened, not loaded
 *     skep_plan_group(plan, "every open of a file", NULL) ||
 *     skep_plan_add(plan, "open_fentry", NULL) ||              // SEC("fentry/do_sys_openat2")
 *     skep_plan_add(plan, "open_kprobe", NULL) ||              // SEC("kprobe/do_sys_openat2")
 *     skep_plan_group(plan, "packets in on eth0",
 *                     SKEP_OPTS(skep_plan_group_opts, .optional = true, .fallback = true)) ||
 *     skep_plan_add(plan, "count", SKEP_OPTS(skep_plan_hook_opts, .interface = "eth0")) ||
 *     skep_plan_decide(plan) || skep_object_load(object) || skep_plan_attach(plan))
 *         return skep_perror("plan");
 * puts(skep_plan_text(plan));
 * @endcode
 *
 * Falling back is what the developer asks for: by listing alternatives, and by `fallback` for
 * lesser ways of one program. Whoever runs the tool can forbid a way with skep_plan_forbid(). The
 * way taken is skep_plan_way(). A group that enforces never falls back to one that watches.
 *
 * Costs: abilities are tried once per process (see kernel.h); some 20 ms where functions are
 * looked up in the kernel's BTF.
 */
#include <skep/attach/tc.h>
#include <skep/base.h>
#include <skep/link.h>

SKEP_BEGIN_DECLS

struct skep_object;

/** A plan. One thread at a time. */
struct skep_plan;

/** How the programs of a group belong together. */
enum skep_plan_take {
	SKEP_PLAN_ONE_OF,      /**< the first that works */
	SKEP_PLAN_ALL_OF,      /**< all of them, or none */
	SKEP_PLAN_BEST_EFFORT, /**< as many as work, but at least one */
};

/** What a group is. */
struct skep_plan_group_opts {
	size_t sz;                /**< set by SKEP_OPTS() */
	enum skep_plan_take take; /**< default: SKEP_PLAN_ONE_OF */
	bool optional;            /**< the plan goes on without it */
	bool fallback; /**< a program may be attached in a lesser way: `xdp` in generic mode, `tcx`
			    as a clsact filter, multi links as single probes */
	bool enforces; /**< what it decides must happen: programs that only watch are refused */
};

/** Where a program goes, as far as its section does not say it. */
struct skep_plan_hook_opts {
	size_t sz;              /**< set by SKEP_OPTS() */
	const char *function;   /**< of the kernel: kprobe, kprobe.multi (a pattern), fentry, lsm */
	const char *syscall;    /**< ksyscall */
	const char *tracepoint; /**< tp (`category/name`), raw_tp */
	const char *binary;     /**< uprobe, uprobe.multi: a path, or a library's name */
	const char *symbol;     /**< of it; uprobe.multi: a pattern */
	int pid;                /**< uprobes only in this process; 0: in all */
	const char *interface;  /**< xdp, tc, tcx: a name, or an index in decimal */
	enum skep_traffic traffic; /**< tc, tcx: default SKEP_INGRESS, or what the section says */
	const char *cgroup;        /**< the path of a control group */
	const char *netns; /**< sk_lookup, flow_dissector: a path or a name; NULL: this one */
};

/**
 * Begins a plan.
 *
 * @param[out] out    the plan
 * @param      object opened, not loaded; it must live longer than the plan
 * @return 0 or a negative errno
 * @err{EBUSY, the object is loaded already: plan before skep_object_load()}
 * @err{EINVAL, `object` is NULL: look at what skep_object_open() returned}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_plan_free(), which detaches}
 */
SKEP_API SKEP_MUST_USE int skep_plan_new(struct skep_plan **out, struct skep_object *object);

/**
 * Begins a group; the programs that are added next belong to it.
 *
 * @param plan   not decided yet
 * @param intent what it is for, in words: `"packets in on eth0"`; copied. Also its name
 * @param opts   or NULL
 * @return 0 or a negative errno
 * @err{EEXIST, another group has this intent: say it in other words}
 * @err{EINVAL, `plan` is NULL, the intent is empty, or `take` is none of enum skep_plan_take}
 * @err{EBUSY, the plan is decided: begin a new one}
 * @err{ENOMEM, no memory}
 */
SKEP_API SKEP_MUST_USE int skep_plan_group(struct skep_plan *plan, const char *intent,
					   const struct skep_plan_group_opts *opts);

/**
 * Adds a program to the last group: an alternative, or a part of it.
 *
 * @param plan    not decided yet
 * @param program the name of a program of the object
 * @param opts    or NULL, where its section says where to
 * @return 0 or a negative errno
 * @err{ENOENT, the object has no such program: the message names those it has}
 * @err{EEXIST, the program is in the plan already}
 * @err{EPROTOTYPE, the group enforces, and a program of this kind can only watch}
 * @err{EDESTADDRREQ, the section does not say where to, and neither does `opts`}
 * @err{EOPNOTSUPP, no plan can have programs of this kind: attach them by their own helper}
 * @err{EINVAL, there is no group yet: begin one; or `plan` is NULL}
 * @err{EBUSY, the plan is decided: begin a new one}
 * @err{ENOMEM, no memory}
 */
SKEP_API SKEP_MUST_USE int skep_plan_add(struct skep_plan *plan, const char *program,
					 const struct skep_plan_hook_opts *opts);

/**
 * Forbids a way, for all groups: one that costs too much, or that policy does not allow.
 *
 * @param plan not decided yet
 * @param way  the kind of a section (`"kprobe"`, `"fentry"`), or what skep_link_way() tells
 *             (`"xdp generic"`, `"clsact"`); copied
 * @return 0 or a negative errno
 * @err{EINVAL, no plan takes such a way: the hint names the nearest; or `plan` is NULL}
 * @err{EBUSY, the plan is decided: begin a new one}
 * @err{ENOMEM, no memory}
 */
SKEP_API SKEP_MUST_USE int skep_plan_forbid(struct skep_plan *plan, const char *way);

/**
 * Finds out what this kernel can do, and chooses. Programs that are not needed are not loaded;
 * programs of the object that the plan does not have are left as they are. Call it before
 * skep_object_load().
 *
 * @param plan the plan
 * @return 0 or a negative errno
 * @err{EOPNOTSUPP, a required group has no way on this kernel: the message names each with its reason}
 * @err{ENOENT, nor is there what it should be attached to; or ENODEV, for an interface}
 * @err{EPERM, nor the privilege: the message tells which}
 * @err{EALREADY, it is decided}
 * @err{EINVAL, `plan` is NULL: look at what skep_plan_new() returned}
 */
SKEP_API SKEP_MUST_USE int skep_plan_decide(struct skep_plan *plan);

/**
 * Attaches what was chosen: every required group, or nothing. Where the kernel refuses after all,
 * the next alternative that was loaded is taken. Spare alternatives are then unloaded.
 *
 * @param plan decided, and its object loaded
 * @return 0 or a negative errno as the helpers of attach.h, of the last way that was tried
 * @err{EBADF, the object is not loaded: call skep_object_load() first}
 * @err{EINVAL, the plan is not decided, or is NULL: call skep_plan_decide() first}
 * @err{EALREADY, it is attached}
 */
SKEP_API SKEP_MUST_USE int skep_plan_attach(struct skep_plan *plan);

/**
 * The way that a group was attached.
 *
 * @param plan   the plan
 * @param intent of the group
 * @return as skep_link_way() of its first program that is attached; NULL where none is. Borrowed
 */
SKEP_API const char *skep_plan_way(const struct skep_plan *plan, const char *intent);

/**
 * The link of a program.
 *
 * @param plan    the plan
 * @param program its name
 * @return borrowed; NULL where it is not attached
 */
SKEP_API struct skep_link *skep_plan_link(const struct skep_plan *plan, const char *program);

/**
 * The plan in words: a line for each group, and below it one for each program, with what was
 * decided about it and why.
 *
 * @param plan the plan
 * @return never NULL. Borrowed: valid until the next call for this plan
 */
SKEP_API const char *skep_plan_text(struct skep_plan *plan);

/**
 * Detaches and frees. NULL is fine.
 *
 * @param plan the plan
 */
SKEP_API void skep_plan_free(struct skep_plan *plan);

SKEP_END_DECLS

SKEP_DEFINE_FREEP(skep_plan);

#endif
