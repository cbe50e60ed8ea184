/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_TYPES_SECURITY_H
#define SKEP_TYPES_SECURITY_H
/**
 * @file types/security.h
 * What programs of `<skep/bpf/security.h>` fill in, as parts of records and as keys of maps. User
 * space and BPF programs may include it.
 *
 * @code{.c}
 * #include <skep/types/security.h>
 *
 * struct denied_event {
 *         struct skep_file_id file;
 *         struct skep_cred cred;
 *         struct skep_ancestor who[4];
 * };
 * @endcode
 *
 * None of them has padding, so they are keys as they are.
 */
#include <skep/types.h>

/**
 * Which file it is, whatever it is called. In user space `device` and `inode` are `st_dev` and `st_ino`
 * of stat(); `generation` is the kernel's and tells a file from an older one that had its
 * number. Set it to 0 where user space makes keys.
 */
struct skep_file_id {
	__u64 inode;      /**< its number in its file system */
	__u32 device;     /**< which file system, as st_dev */
	__u32 generation; /**< of the number; 0 where the file system has none */
};

/** On whose behalf. Numbers are those of the initial user namespace. */
struct skep_cred {
	__u32 uid;             /**< the user: real */
	__u32 euid;            /**< effective: for what may be done */
	__u32 suid;            /**< saved */
	__u32 fsuid;           /**< for files */
	__u32 gid;             /**< the group: real */
	__u32 egid;            /**< effective */
	__u32 sgid;            /**< saved */
	__u32 fsgid;           /**< for files */
	__u64 cap_inheritable; /**< capabilities: bit n is number n, CAP_SYS_ADMIN is 21 */
	__u64 cap_permitted;   /**< what may become effective */
	__u64 cap_effective;   /**< what counts, in the task's user namespace */
	__u64 cap_bounding;    /**< what no exec goes beyond */
	__u64 cap_ambient;     /**< what an exec keeps */
	__u32 user_ns;         /**< the user namespace: its inode in /proc/PID/ns */
	__u32 user_ns_level;   /**< how many are above it: 0 is the initial one */
	__u32 securebits;      /**< flags of prctl(PR_SET_SECUREBITS) */
	__u32 zero;            /**< nothing */
};

/** The namespaces of a task: the inodes of /proc/PID/ns. 0 for what this kernel lacks. */
struct skep_namespaces {
	__u32 cgroup; /**< of cgroups */
	__u32 ipc;    /**< of System V IPC and message queues */
	__u32 mnt;    /**< of mounts */
	__u32 net;    /**< of the network */
	__u32 pid;    /**< of processes */
	__u32 time;   /**< of clocks */
	__u32 user;   /**< of users */
	__u32 uts;    /**< of the host's name */
};

/** A process above another. */
struct skep_ancestor {
	__u32 pid;                  /**< its number */
	__u32 uid;                  /**< its real user */
	__u64 start_ns;             /**< when it began, in time since boot */
	char comm[SKEP_COMM_BYTES]; /**< its name */
};

/** How a system call came in: see bpf/syscall.h. */
enum skep_abi {
	SKEP_ABI_NATIVE = 0, /**< as 64-bit programs call */
	SKEP_ABI_32 = 1,     /**< as 32-bit programs call: other numbers, other registers */
	SKEP_ABI_X32 = 2,    /**< x32 of x86-64: 32-bit pointers, most of the native numbers */
};

/** A system call as it came in. */
struct skep_syscall {
	__u64 args[6]; /**< its arguments */
	__s32 number;  /**< its number in the table of `abi` */
	__u32 abi;     /**< enum skep_abi */
};

#endif
