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
 * What a capability is called.
 *
 * @param number its number: 21 is `cap_sys_admin`
 * @return static text; NULL for a number that this library does not know
 * @threads{any}
 */
SKEP_API const char *skep_kernel_capability_name(unsigned int number);

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
 * Whether the running kernel has something of its interface. Types of programs and maps,
 * instructions and kinds of BTF are tried; so are attach types and links, as far as that goes
 * without attaching anything, else they are looked up in the kernel's BTF. Whether a hook can
 * really be used here tells skep_kernel_can().
 *
 * @param name as for skep_kernel_since(); any helper; or what skep_kernel_features() calls it,
 *             as `mcpu=v4`, `insn=gotol`, `BTF_KIND_ENUM64`, `BPF_TOKEN_CREATE`
 * @return SKEP_UNKNOWN also for a name that this library does not know
 * @threads{any}
 * @caps{CAP_BPF, CAP_NET_ADMIN; without them some answers are unknown}
 */
SKEP_API enum skep_answer skep_kernel_has(const char *name);

/**
 * Whether programs of a type may call a helper: one that calls it is loaded, or refused.
 * Different places of one type can differ; the plainest is asked about: for TRACING a
 * tracepoint with BTF, for CGROUP_SOCK_ADDR connect4. For a program of your own see needs.h.
 *
 * @param helper       as in `bpf_loop`
 * @param program_type as in `BPF_PROG_TYPE_XDP` or `xdp`; NULL: whether the kernel has it at all
 * @return SKEP_UNKNOWN also for names that this library does not know, for EXT programs, and
 *         for helpers that make the kernel write a warning into its log when they are tried
 *         (bpf_trace_printk, bpf_trace_vprintk, bpf_probe_write_user)
 * @threads{any}
 * @caps{CAP_BPF and CAP_PERFMON, CAP_NET_ADMIN for networks; without them unknown}
 */
SKEP_API enum skep_answer skep_kernel_has_helper(const char *helper, const char *program_type);

/**
 * Whether programs of a type may call a kfunc, as skep_kernel_has_helper().
 *
 * @param kfunc        a function of the kernel, as in `bpf_task_from_pid`
 * @param program_type as in `BPF_PROG_TYPE_SYSCALL` or `syscall`; NULL: whether some type may
 * @return SKEP_NO also for a function that is no kfunc; SKEP_UNKNOWN also for one of a module
 * @threads{any}
 * @caps{CAP_BPF and CAP_PERFMON, CAP_NET_ADMIN for networks; without them unknown}
 */
SKEP_API enum skep_answer skep_kernel_has_kfunc(const char *kfunc, const char *program_type);

/** Kinds of features. Members are only ever added, at the end. */
enum skep_feature_kind {
	SKEP_FEATURE_PROGRAM_TYPE, /**< `BPF_PROG_TYPE_XDP` */
	SKEP_FEATURE_MAP_TYPE,     /**< `BPF_MAP_TYPE_RINGBUF` */
	SKEP_FEATURE_ATTACH_TYPE,  /**< `BPF_TCX_INGRESS` */
	SKEP_FEATURE_LINK_TYPE,    /**< `BPF_LINK_TYPE_TCX` */
	SKEP_FEATURE_INSN,         /**< `mcpu=v4`, `insn=gotol`, `bounded loops` */
	SKEP_FEATURE_BTF,          /**< `BTF_KIND_ENUM64` */
	SKEP_FEATURE_TOKEN,        /**< `BPF_TOKEN_CREATE` */
	SKEP_FEATURE_HELPER,       /**< `bpf_loop`, once for each type of programs */
	SKEP_FEATURE_KFUNC,        /**< the same of kfuncs, where the kernel's BTF marks them */
};

/** One feature. Members are only ever added, at the end. */
struct skep_feature {
	enum skep_feature_kind kind; /**< which of its members are set hangs on it */
	enum skep_answer answer;     /**< whether this kernel has it, for this process */
	const char *name;            /**< as the kernel's headers have it, or as listed above */
	const char *program_type;    /**< of helpers and kfuncs: who may call it; else NULL */
	uint32_t since;              /**< as skep_kernel_since(); 0: not in the table */
	int code;                    /**< the errno the kernel gave, positive; or 0 */
	const char *why;             /**< why not, or why unknown, where more is known; or NULL */
};

/** What skep_kernel_features() goes through. */
struct skep_features_opts {
	size_t sz;                /**< set by SKEP_OPTS() */
	uint32_t kinds;           /**< bits `1u << SKEP_FEATURE_...`; 0: all */
	const char *program_type; /**< only this type, and who may be called by it; NULL: all */
};

/** Is handed one feature after the other; all it points at is valid during the call. */
typedef int (*skep_feature_fn)(const struct skep_feature *feature, void *ctx);

/**
 * Goes through all that skep can find out about this kernel. Everything is tried, as
 * skep_kernel_has() and its sisters do it, and remembered.
 *
 * Costs some 0.1 s without helpers and kfuncs, and with them, of all types, some 8,000 loads
 * that the verifier refuses: about half a second.
 *
 * @param fn   called for each; to stop, it returns other than 0
 * @param ctx  handed on
 * @param opts or NULL
 * @return 0, a negative errno, or what `fn` returned
 * @err{ENOENT, there is no type `program_type`: write it as in BPF_PROG_TYPE_XDP, or xdp}
 * @err{EINVAL, `fn` is NULL: give one}
 * @err{E2BIG, `opts` has members that this version of skep does not know: update the library}
 * @threads{any}
 * @caps{as for skep_kernel_has_helper()}
 */
SKEP_API SKEP_MUST_USE int skep_kernel_features(skep_feature_fn fn, void *ctx,
						const struct skep_features_opts *opts);

/**
 * A kind of features in words.
 *
 * @param kind the kind
 * @return as in "map type"; static; never NULL
 * @threads{any}
 */
SKEP_API const char *skep_feature_kind_name(enum skep_feature_kind kind);

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
