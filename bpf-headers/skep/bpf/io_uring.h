/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_IO_URING_H
#define SKEP_BPF_IO_URING_H
/**
 * @file bpf/io_uring.h
 * What is done by io_uring: files opened, sockets connected, without a system call for it.
 *
 * @code{.c}
 * #include <skep/bpf/core.h>
 * #include <skep/bpf/io_uring.h>
 *
 * SKEP_LICENSE("GPL");
 * static __u64 opens;
 *
 * SKEP_IO_URING(on_request, req)
 * {
 *         if (skep_io_uring_syscall(skep_io_uring_opcode(req)) == 257)    // openat
 *                 opens++;
 *         return 0;
 * }
 * @endcode
 *
 * A request lies in memory that the program shares with the kernel; it reads, writes, opens and connects
 * as the system calls do, and no probe on those sees it. The security hooks do: a tool that refuses
 * belongs there (bpf/lsm.h), a tool that watches sees requests here as they are submitted, right or not.
 *
 * Linux has called the tracepoint `io_uring_submit_req` since 6.4 and `io_uring_submit_sqe` before, so
 * SKEP_IO_URING() makes a program for each, of which one can be attached:
 * skep_program_set_optional() for both, or attach by hand the one that there is.
 *
 * With IORING_SETUP_SQPOLL a thread of the kernel submits, which belongs to the process:
 * skep_current_pid() is right. A request that names a personality is carried out on behalf of another
 * user than the task's, which the kernel does not tell in a way that holds on all versions.
 *
 * It costs a read for each question, about 20 ns. Before 6.0 the tracepoint has other arguments.
 *
 * @kernel{5.5, for reads; the tracepoint as it is here came with 6.0}
 */
#include <skep/bpf/bound.h>

#include <linux/unistd.h>
#include <bpf/bpf_core_read.h>

/** How many kinds of requests are known here: those of Linux 7.3. */
#define SKEP_IO_URING_OPCODES 65
/** Room for a kind's name, with its NUL. */
#define SKEP_IO_URING_NAME    20

/** @cond */
struct io_cqe___skep {
	__u64 user_data;
	__s32 res;
} __attribute__((preserve_access_index));

struct io_kiocb___skep {
	void *file;
	__u8 opcode;
	struct io_cqe___skep cqe;
} __attribute__((preserve_access_index));

struct io_ring_ctx___skep {
	__u32 flags;
	__u32 *sq_array;
	void *sq_sqes;
	__u32 cached_sq_head;
	__u32 sq_entries;
} __attribute__((preserve_access_index));

struct io_kiocb___skep_ring {
	struct io_ring_ctx___skep *ctx;
} __attribute__((preserve_access_index));

#define SKEP_SQE_128_   (1 << 10) /* IORING_SETUP_... */
#define SKEP_SQE_MIXED_ (1 << 19)

/* What is kept of a request to open a file: up to Linux 6.19, and since 7.0. */
struct filename___skep {
	const char *name;
} __attribute__((preserve_access_index));

struct io_open___skep {
	struct filename___skep *filename;
} __attribute__((preserve_access_index));

struct delayed_filename___skep {
	struct filename___skep *__incomplete_filename;
} __attribute__((preserve_access_index));

struct io_open___skep_delayed {
	struct delayed_filename___skep filename;
} __attribute__((preserve_access_index));

struct skep_io_uring_kind_ {
	char name[SKEP_IO_URING_NAME];
	__s32 number;
};

static const struct skep_io_uring_kind_ skep_io_uring_kinds_[SKEP_IO_URING_OPCODES] = {
	{ "nop", -1 },
	{ "readv", __NR_readv },
	{ "writev", __NR_writev },
	{ "fsync", __NR_fsync },
	{ "read_fixed", __NR_read },
	{ "write_fixed", __NR_write },
	{ "poll_add", -1 },
	{ "poll_remove", -1 },
	{ "sync_file_range", __NR_sync_file_range },
	{ "sendmsg", __NR_sendmsg },
	{ "recvmsg", __NR_recvmsg },
	{ "timeout", -1 },
	{ "timeout_remove", -1 },
	{ "accept", __NR_accept4 },
	{ "async_cancel", -1 },
	{ "link_timeout", -1 },
	{ "connect", __NR_connect },
	{ "fallocate", __NR_fallocate },
	{ "openat", __NR_openat },
	{ "close", __NR_close },
	{ "files_update", -1 },
	{ "statx", __NR_statx },
	{ "read", __NR_read },
	{ "write", __NR_write },
	{ "fadvise", __NR_fadvise64 },
	{ "madvise", __NR_madvise },
	{ "send", __NR_sendto },
	{ "recv", __NR_recvfrom },
	{ "openat2", __NR_openat2 },
	{ "epoll_ctl", __NR_epoll_ctl },
	{ "splice", __NR_splice },
	{ "provide_buffers", -1 },
	{ "remove_buffers", -1 },
	{ "tee", __NR_tee },
	{ "shutdown", __NR_shutdown },
	{ "renameat", __NR_renameat2 },
	{ "unlinkat", __NR_unlinkat },
	{ "mkdirat", __NR_mkdirat },
	{ "symlinkat", __NR_symlinkat },
	{ "linkat", __NR_linkat },
	{ "msg_ring", -1 },
	{ "fsetxattr", __NR_fsetxattr },
	{ "setxattr", __NR_setxattr },
	{ "fgetxattr", __NR_fgetxattr },
	{ "getxattr", __NR_getxattr },
	{ "socket", __NR_socket },
	{ "uring_cmd", -1 },
	{ "send_zc", __NR_sendto },
	{ "sendmsg_zc", __NR_sendmsg },
	{ "read_multishot", __NR_read },
	{ "waitid", __NR_waitid },
	{ "futex_wait", -1 },
	{ "futex_wake", -1 },
	{ "futex_waitv", __NR_futex_waitv },
	{ "fixed_fd_install", -1 },
	{ "ftruncate", __NR_ftruncate },
	{ "bind", __NR_bind },
	{ "listen", __NR_listen },
	{ "recv_zc", __NR_recvfrom },
	{ "epoll_wait", __NR_epoll_pwait },
	{ "readv_fixed", __NR_readv },
	{ "writev_fixed", __NR_writev },
	{ "pipe", __NR_pipe2 },
	{ "nop128", -1 },
	{ "uring_cmd128", -1 },
};
/** @endcond */

/** What a program asks io_uring for: the first 64 bytes of an entry in its queue, as in linux/io_uring.h. */
struct skep_io_uring_entry {
	__u8 opcode;       /**< what: IORING_OP_... */
	__u8 flags;        /**< IOSQE_... */
	__u16 ioprio;      /**< or flags of this kind */
	__s32 fd;          /**< of what, or a number in the table of registered files */
	__u64 off;         /**< where in it, or a second address */
	__u64 addr;        /**< of memory: a text, a buffer, a struct */
	__u32 len;         /**< its size, or a number such as a mode */
	__u32 op_flags;    /**< of this kind, as those of open() */
	__u64 user_data;   /**< by which the program knows it */
	__u16 buf;         /**< which registered buffer, or group of them */
	__u16 personality; /**< on whose behalf; 0: the task's */
	__s32 file;        /**< a registered file, or another number of this kind */
	__u64 more[2];     /**< further ones of this kind */
};

/**
 * Two programs, of which a kernel has one's tracepoint: `name` and `name_before_6_4`. The body has the
 * context under the name `ctx` and the request, a `const void *`, under that of `req`; it returns 0.
 * @kernel{4.17, for raw tracepoints}
 */
#define SKEP_IO_URING(name, req)                                                                   \
	SKEP_INLINE_ int name##__body(struct bpf_raw_tracepoint_args *ctx, const void *req);       \
	SEC("raw_tp/io_uring_submit_req")                                                          \
	int name(struct bpf_raw_tracepoint_args *ctx)                                              \
	{                                                                                          \
		return name##__body(ctx, (const void *)ctx->args[0]);                              \
	}                                                                                          \
	SEC("raw_tp/io_uring_submit_sqe")                                                          \
	int name##_before_6_4(struct bpf_raw_tracepoint_args *ctx)                                 \
	{                                                                                          \
		return name##__body(ctx, (const void *)ctx->args[0]);                              \
	}                                                                                          \
	SKEP_INLINE_ int name##__body(__attribute__((unused)) struct bpf_raw_tracepoint_args *ctx, \
				      const void *req)

/**
 * What a request does.
 *
 * @param req a `struct io_kiocb *` of the kernel
 * @return its kind: IORING_OP_... of linux/io_uring.h
 * @kernel{5.5, with BTF}
 */
SKEP_INLINE_ __u32 skep_io_uring_opcode(const void *req)
{
	const struct io_kiocb___skep *from = req;

	return BPF_CORE_READ(from, opcode);
}

/**
 * By which number the program knows its request.
 *
 * @param req a `struct io_kiocb *` of the kernel
 * @return `user_data` of its entry in the queue
 * @kernel{5.5, with BTF}
 */
SKEP_INLINE_ __u64 skep_io_uring_user_data(const void *req)
{
	const struct io_kiocb___skep *from = req;

	return BPF_CORE_READ(from, cqe.user_data);
}

/**
 * Copies what the program asked for: in the two programs of SKEP_IO_URING(), where the request's entry is the
 * last that the kernel has taken. The program can write to it all the time, and the kernel has read it
 * before: a policy must not rest on it.
 *
 * @param req a `struct io_kiocb *` of the kernel
 * @param to  gets the entry, zeros on failure
 * @return 0, -EFAULT when it is not there, -EINVAL: the ring has entries of two sizes (7.0)
 * @kernel{6.0, where rings are laid out so; with BTF}
 */
SKEP_INLINE_ int skep_io_uring_entry(const void *req, struct skep_io_uring_entry *to)
{
	const struct io_kiocb___skep_ring *from = req;
	struct io_ring_ctx___skep *ring = BPF_CORE_READ(from, ctx);
	__u32 last = BPF_CORE_READ(ring, sq_entries) - 1, flags = BPF_CORE_READ(ring, flags);
	__u32 at = (BPF_CORE_READ(ring, cached_sq_head) - 1) & last;
	__u32 *array = BPF_CORE_READ(ring, sq_array);

	__builtin_memset(to, 0, sizeof(*to));
	if (flags & SKEP_SQE_MIXED_)
		return -22; /* EINVAL */
	if (array && bpf_probe_read_kernel(&at, sizeof(at), &array[at]))
		return -14; /* EFAULT */
	if (at > last)
		return -14;
	if (flags & SKEP_SQE_128_)
		at *= 2;
	if (bpf_probe_read_kernel(to, sizeof(*to),
				  BPF_CORE_READ(ring, sq_sqes) + (__u64)at * sizeof(*to)))
		return -14;
	return 0;
}

/**
 * How a request ended: in SEC("raw_tp/io_uring_complete"), whose second argument the request is.
 *
 * @param req a `struct io_kiocb *` of the kernel
 * @return what the system call would have: from -4095 on an errno
 * @kernel{6.0, where requests are laid out so; with BTF}
 */
SKEP_INLINE_ long skep_io_uring_result(const void *req)
{
	const struct io_kiocb___skep *from = req;

	return BPF_CORE_READ(from, cqe.res);
}

/**
 * The path that a request to open a file names, while it is submitted: it is gone when that is done.
 *
 * @param req a `struct io_kiocb *` of the kernel, whose kind is IORING_OP_OPENAT or IORING_OP_OPENAT2
 * @return text of the kernel, for skep_str_copy_kernel()
 * @kernel{6.0, where requests are laid out so; with BTF}
 */
SKEP_INLINE_ const void *skep_io_uring_path(const void *req)
{
	const struct io_open___skep_delayed *delayed = req;
	const struct io_open___skep *from = req;

	if (bpf_core_field_exists(delayed->filename.__incomplete_filename))
		return BPF_CORE_READ(delayed, filename.__incomplete_filename, name);
	return BPF_CORE_READ(from, filename, name);
}

/**
 * The system call that does the same.
 *
 * @param opcode a request's kind
 * @return the call's number on this processor; -1: there is none, or the kind is newer than this header
 * @kernel{any}
 */
SKEP_INLINE_ long skep_io_uring_syscall(__u32 opcode)
{
	return skep_bound(opcode, SKEP_IO_URING_OPCODES) ? skep_io_uring_kinds_[opcode].number : -1;
}

/**
 * Copies a kind's name: `openat`, `connect`, `timeout_remove`.
 *
 * @param opcode a request's kind
 * @param to     where to, SKEP_IO_URING_NAME bytes
 * @return its length; 0 and an empty text: the kind is newer than this header
 * @kernel{5.5}
 */
SKEP_INLINE_ long skep_io_uring_name(__u32 opcode, char *to)
{
	to[0] = 0;
	if (!skep_bound(opcode, SKEP_IO_URING_OPCODES))
		return 0;
	return bpf_probe_read_kernel_str(to, SKEP_IO_URING_NAME,
					 skep_io_uring_kinds_[opcode].name) -
	       1;
}

#endif
