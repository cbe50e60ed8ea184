/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_KERNEL_H
#define SKEP_KERNEL_H
/**
 * @file kernel.h
 * What the running kernel can do for this process, and why not. Two kinds of questions:
 *
 * - *facts* are read: its version, its configuration, which capabilities this process has;
 * - *abilities* are tried: a program of two instructions is really loaded and attached, and
 *   removed again at once. What a version number promises, a kernel of a vendor may lack or
 *   have earlier, and a container may forbid; trying is the only honest answer.
 *
 * Every answer is one of three: yes, no, or unknown; unknown is not no.
 *
 * @code{.c}
 * const struct skep_finding *f = skep_kernel_finding(SKEP_CAN_FENTRY);
 *
 * if (f->answer == SKEP_YES)
 *         return use_fentry();
 * printf("no fentry: %s\n", f->why);                  // one line: what stands in the way
 * if (f->remedy)
 *         printf("to get it: %s\n", f->remedy);       // one line: what to do on this machine
 * if (skep_kernel_can(SKEP_CAN_KPROBE) == SKEP_YES)
 *         return use_kprobe();
 * @endcode
 *
 * Costs: a fact is read once and then remembered. An ability is tried once per process: most
 * take less than a millisecond, those that need the kernel's BTF some 15 ms, and tracepoints
 * and uprobes 50 to 200 ms, because the kernel is slow to let go of them. Programs that skep
 * loads for you need none of these calls: errors of load and attach carry the same words.
 */
#include <skep/base.h>

SKEP_BEGIN_DECLS

/** An answer. */
enum skep_answer {
	SKEP_UNKNOWN, /**< it could not be found out; see `why` of the finding */
	SKEP_NO,
	SKEP_YES,
};

/** What can be asked about. Members are only ever added, at the end. */
enum skep_ability {
	SKEP_CAN_BPF,            /**< call bpf() at all, and load a program */
	SKEP_CAN_BTF,            /**< types of the kernel: CO-RE, fentry, tp_btf need them */
	SKEP_CAN_JIT,            /**< programs run as machine code */
	SKEP_CAN_RINGBUF,        /**< ring buffers */
	SKEP_CAN_MMAPABLE_ARRAY, /**< arrays mapped into memory; global variables of programs */
	SKEP_CAN_LINK,           /**< BPF links, which go away with the process */
	SKEP_CAN_RAW_TRACEPOINT, /**< `raw_tp/X` */
	SKEP_CAN_BTF_TRACEPOINT, /**< `tp_btf/X` */
	SKEP_CAN_TRACEPOINT,     /**< `tp/category/name` */
	SKEP_CAN_KPROBE,         /**< `kprobe/X`, `kretprobe/X` */
	SKEP_CAN_KPROBE_MULTI,   /**< `kprobe.multi/X*` */
	SKEP_CAN_FENTRY,         /**< `fentry/X`, `fexit/X` */
	SKEP_CAN_LSM,            /**< `lsm/hook` */
	SKEP_CAN_UPROBE,         /**< `uprobe/path:function`, USDT */
	SKEP_CAN_UPROBE_MULTI,   /**< `uprobe.multi/path:X*` */
	SKEP_CAN_PERF_EVENT,     /**< `perf_event`: sampling */
	SKEP_CAN_ITERATOR,       /**< `iter/task` and its like */
	SKEP_CAN_XDP,            /**< `xdp`, in generic mode at least */
	SKEP_CAN_TC,             /**< `tc` on a clsact qdisc */
	SKEP_CAN_TCX,            /**< `tcx/ingress`, `tcx/egress` */
	SKEP_CAN_NETKIT,         /**< `netkit/primary`, `netkit/peer` */
	SKEP_CAN_NETFILTER,      /**< `netfilter` */
	SKEP_CAN_CGROUP,         /**< `cgroup_skb/...`, `cgroup/...` on cgroup v2 */
	SKEP_CAN_SK_LOOKUP,      /**< `sk_lookup` */
	SKEP_CAN_STRUCT_OPS,     /**< `struct_ops`: TCP congestion control and the like */
	SKEP_CAN_SCHED_EXT,      /**< `struct_ops` of a CPU scheduler */
	SKEP_CAN_TRACEFS,        /**< tracefs is mounted and can be read */
	SKEP_CAN_BPFFS,          /**< a BPF file system is mounted: pinning */
	SKEP_CAN_CGROUP2,        /**< cgroup v2 is mounted */
	SKEP_CAN_SECURITYFS,     /**< securityfs is mounted: tells lockdown and security modules */
};

/** What was found out about one ability. Members are only ever added, at the end. */
struct skep_finding {
	enum skep_answer answer; /**< the same as skep_kernel_can() */
	int code;                /**< the errno the kernel gave, positive; or 0 */
	uint32_t since;     /**< the mainline kernel that brought it, as skep_kernel_version() */
	const char *name;   /**< one word or two, as a list shows it: `kprobe`; never NULL */
	const char *detail; /**< what was found, as "at /sys/fs/bpf"; or NULL */
	const char *why;    /**< one line: why not, or why unknown; NULL for yes */
	const char *remedy; /**< one line: what to do on this machine; NULL when there is none */
};

/**
 * Whether this process can do something on this kernel. The first call of the process for an
 * ability tries it, for real and harmlessly: programs only return 0, are attached to hooks
 * that hardly ever run or to this process alone, and are gone before the call returns.
 *
 * @param ability what is asked about
 * @return SKEP_UNKNOWN also for a number that this library does not know
 * @threads{any; one tries at a time, the others wait}
 * @kernel{3.18}
 * @caps{CAP_BPF and CAP_PERFMON, CAP_NET_ADMIN for networks; without them the answer is no}
 */
SKEP_API enum skep_answer skep_kernel_can(enum skep_ability ability);

/**
 * The same with words.
 *
 * @param ability what is asked about
 * @return never NULL. Borrowed: valid until this thread's next call of this function
 * @ownership{the library; copy what you want to keep}
 * @threads{any; each thread has its own}
 */
SKEP_API const struct skep_finding *skep_kernel_finding(enum skep_ability ability);

/**
 * Forgets what was tried, so that the next call tries again: after capabilities were dropped
 * or gained, or a setting of the machine was changed. Mounts are looked up anew every time.
 *
 * @threads{any}
 */
SKEP_API void skep_kernel_forget(void);

/** A kernel's version as one number that can be compared: 6.1.76 is (6, 1, 76). */
#define SKEP_KERNEL_VERSION(major, minor, patch)                                                   \
	(((uint32_t)(major) << 16) | ((uint32_t)(minor) << 8) |                                    \
	 ((patch) > 255 ? (uint32_t)255 : (uint32_t)(patch)))

/**
 * The running kernel's version; where a distribution's `uname -r` hides it (Debian, Ubuntu),
 * the one it was made from.
 *
 * @return comparable with SKEP_KERNEL_VERSION(); 0 when it cannot be told
 * @threads{any}
 */
SKEP_API uint32_t skep_kernel_version(void);

/** A setting of the kernel's configuration. */
enum skep_config {
	SKEP_CONFIG_UNKNOWN, /**< this machine does not tell its configuration */
	SKEP_CONFIG_OFF,     /**< not set */
	SKEP_CONFIG_MODULE,  /**< a module, which may have to be loaded */
	SKEP_CONFIG_ON,      /**< built in, or has a value */
};

/**
 * How the running kernel was configured, from /proc/config.gz, /boot or /lib/modules.
 *
 * @param option as in `CONFIG_KPROBES`
 * @return SKEP_CONFIG_UNKNOWN when no configuration can be read; an option that does not occur
 *         in it is off
 * @threads{any}
 */
SKEP_API enum skep_config skep_kernel_config(const char *option);

/**
 * Whether this thread has a capability now: in its effective set, and for the whole machine;
 * bpf() does not accept those of a user namespace.
 *
 * @param capability as in `cap_bpf`; CAP_SYS_ADMIN is not taken for the others
 * @return SKEP_UNKNOWN for a name that this library does not know
 * @threads{any; asks about the calling one}
 */
SKEP_API enum skep_answer skep_kernel_has_capability(const char *capability);

/**
 * The kernel's lockdown mode.
 *
 * @return `"none"`, `"integrity"` or `"confidentiality"`; `"integrity"` also when only its
 *         configuration says so; NULL when it cannot be told (securityfs is not mounted).
 *         Static
 * @threads{any}
 */
SKEP_API const char *skep_kernel_lockdown(void);

/**
 * Whether the kernel's BTF has a function: only such can be traced with fentry and fexit.
 *
 * @param function as in `do_unlinkat`
 * @return SKEP_UNKNOWN when the kernel's BTF cannot be read
 * @threads{any}
 * @kernel{5.4}
 */
SKEP_API enum skep_answer skep_kernel_has_function(const char *function);

/**
 * Whether the running kernel has something of its interface: a type of programs or maps, which
 * is tried; a type of links or hooks, or a helper, which is looked up in its BTF. Whether a
 * hook can really be used here tells skep_kernel_can().
 *
 * @param name as for skep_kernel_since()
 * @return SKEP_UNKNOWN also for a name that is not in the table
 * @threads{any}
 * @caps{CAP_BPF, CAP_NET_ADMIN; without them some answers are unknown}
 */
SKEP_API enum skep_answer skep_kernel_has(const char *name);

/**
 * Which mainline kernel brought something, from the table of this library.
 *
 * @param name a name of the kernel's headers, as `BPF_MAP_TYPE_RINGBUF`, `BPF_PROG_TYPE_LSM`,
 *             `BPF_LINK_TYPE_TCX`, `BPF_TRACE_FENTRY`, or a helper as `bpf_loop`
 * @return comparable with SKEP_KERNEL_VERSION(); 0 when the table does not have it
 * @threads{any}
 */
SKEP_API uint32_t skep_kernel_since(const char *name);

SKEP_END_DECLS

#endif
