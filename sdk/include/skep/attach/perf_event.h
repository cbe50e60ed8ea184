/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_ATTACH_PERF_EVENT_H
#define SKEP_ATTACH_PERF_EVENT_H
/**
 * @file attach/perf_event.h
 * Sampling: a program runs so many times a second, or once for so many events, on every processor
 * or for one process. skep opens the events. Part of attach.h.
 *
 * @code{.c}
 * SKEP_AUTO(skep_link) *link = NULL;
 *
 * if (skep_attach_perf_event(&link, skep_object_program(object, "on_sample"),
 *                            SKEP_OPTS(skep_perf_event_opts, .event = SKEP_PERF_CPU_CLOCK,
 *                                      .frequency = 99)))
 *         return skep_perror("profile");
 * @endcode
 *
 * Without a pid there is one event for each processor that is online when it is attached; one that
 * comes online later is not sampled: attach anew then. A clock ticks only where something runs.
 * skep_link_fd() is -1 unless there is one event only. Tracepoints are not sampled by the kernel:
 * their programs run each time, see attach/tracepoint.h.
 *
 * Costs: a sample some 2 us; attaching two files for each processor or thread.
 */
#include <skep/base.h>

SKEP_BEGIN_DECLS

struct skep_link;
struct skep_program;

/** What is counted. */
enum skep_perf_event {
	SKEP_PERF_CPU_CLOCK,        /**< time, on a high-resolution timer: on every machine */
	SKEP_PERF_TASK_CLOCK,       /**< time that the process runs */
	SKEP_PERF_PAGE_FAULTS,      /**< page faults */
	SKEP_PERF_CONTEXT_SWITCHES, /**< context switches */
	SKEP_PERF_CPU_MIGRATIONS,   /**< moves to another processor */
	SKEP_PERF_CYCLES,           /**< cycles: these and the rest need hardware counters, */
	SKEP_PERF_INSTRUCTIONS,     /**< which many virtual machines do not have */
	SKEP_PERF_CACHE_REFERENCES, /**< accesses to the last level's cache */
	SKEP_PERF_CACHE_MISSES,     /**< those that missed */
	SKEP_PERF_BRANCHES,         /**< branches */
	SKEP_PERF_BRANCH_MISSES,    /**< mispredicted ones */
	SKEP_PERF_RAW,              /**< `.type` and `.config`, as of perf_event_open(2) */
};

/** What to sample, and how often. */
struct skep_perf_event_opts {
	size_t sz;                  /**< set by SKEP_OPTS() */
	enum skep_perf_event event; /**< default: SKEP_PERF_CPU_CLOCK */
	uint64_t frequency;         /**< samples a second; or: */
	uint64_t period;            /**< events for a sample (ns for clocks); default: 99 a second
					 for clocks and hardware, each event for all else */
	int pid;                    /**< a process, all of its threads; default: all processes */
	bool children;              /**< with `.pid`: also threads and processes that it starts */
	bool only_cpu;              /**< one processor only: */
	int cpu;                    /**< its number, with `.only_cpu` */
	bool no_user;               /**< not while in user space */
	bool no_kernel;             /**< not while in the kernel */
	uint32_t type;              /**< with SKEP_PERF_RAW */
	uint64_t config;            /**< with SKEP_PERF_RAW */
	uint64_t cookie;            /**< for bpf_get_attach_cookie() (5.15); default: 0 */
};

/**
 * Opens events, and attaches a program to them.
 *
 * @param[out] out     the link
 * @param      program of a loaded object, SEC("perf_event")
 * @param      opts    or NULL: the processors' clocks, 99 times a second
 * @return 0 or a negative errno
 * @err{EOPNOTSUPP, this machine has no such counter, as in many virtual machines: use SKEP_PERF_CPU_CLOCK}
 * @err{ESRCH, no such process, or it has ended}
 * @err{ENODEV, no such processor, or it is offline: the hint has those that are online}
 * @err{EINVAL, both frequency and period; more samples a second than the kernel allows: the message has the limit; or members that do not go together}
 * @err{EBUSY, the hardware's counters are all in use}
 * @err{EPROTOTYPE, not such a program: put it into SEC("perf_event")}
 * @err{EBADF, the program is not loaded: call skep_object_load() first}
 * @err{EPERM, privilege is missing: the hint names the capability}
 * @err{EACCES, as EPERM: kernel.perf_event_paranoid forbids it}
 * @err{EMFILE, too many open files: one or two for each processor or thread: raise ulimit -n}
 * @ownership{the caller frees it with skep_link_free(), which detaches}
 * @kernel{4.9}
 * @caps{CAP_BPF and CAP_PERFMON}
 */
SKEP_API SKEP_MUST_USE int skep_attach_perf_event(struct skep_link **out,
						  const struct skep_program *program,
						  const struct skep_perf_event_opts *opts);

SKEP_END_DECLS

#endif
