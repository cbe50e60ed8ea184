/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Files are opened by system calls, of 64-bit and of 32-bit programs, and by requests of io_uring. */
#include <skep/bpf/core.h>
#include <skep/bpf/filter.h>
#include <skep/bpf/io_uring.h>
#include <skep/bpf/syscall.h>
#include <skep/bpf/trace.h>
#include "opensnoop.h"

SKEP_LICENSE("GPL");

/* Of io_uring, on its way: longer paths are cut. */
struct request {
	__s64 bytes;
	char path[512];
	__u64 event[sizeof(struct open_event) / 8]; /* one without its path */
};

SKEP_RINGBUF_VAR(events, struct open_event, 4096, 1 << 20);
SKEP_LRU_HASH(requests, __u64, struct request, 4096);
static const struct request no_request;

const volatile struct skep_filter filter;
const volatile bool only_failed;

/* Which argument of the call is the path; -1: it opens nothing by name. */
static __always_inline int path_of(long number)
{
#ifdef __NR_open
	if (number == __NR_open || number == __NR_creat)
		return 0;
#endif
	return number == __NR_openat || number == __NR_openat2 ? 1 : -1;
}

static __always_inline void describe(struct open_event *e, long result, bool is_io_uring)
{
	skep_current_who(&e->who);
	e->result = result;
	e->is_io_uring = is_io_uring;
}

/* With BTF the registers are read by a load: nearly all calls are none, and pay for this. */
SEC("tp_btf/sys_exit")
int SKEP_FENTRY(on_exit, const void *regs, long result)
{
	long number = skep_syscall_number_btf(regs), bytes = 0;
	int path = path_of(skep_current_syscall(number));
	struct skep_syscall call;

	if (path < 0 || (only_failed && result >= 0) || !skep_filter_accepts(&filter))
		return 0;
	skep_syscall_read(regs, number, &call);
	skep_emit_var(ctx, &events, e, bytes) {
		describe(e, result, false);
		bytes = skep_str_copy_user(e->path, 4096, (void *)call.args[path > 0]);
	}
	return 0;
}

static __always_inline bool opens(const void *req)
{
	return path_of(skep_io_uring_syscall(skep_io_uring_opcode(req))) >= 0;
}

SKEP_IO_URING(on_submit, req)
{
	__u64 key = (__u64)req;
	struct request *r = NULL;

	if (opens(req) && skep_filter_accepts(&filter))
		r = skep_map_get_or_put(&requests, &key, &no_request);
	if (!r)
		return 0;
	describe((void *)r->event, 0, true);
	r->bytes = skep_str_copy_kernel(r->path, sizeof(r->path), skep_io_uring_path(req));
	return 0;
}

SEC("raw_tp/io_uring_complete")
int SKEP_RAW_TP(on_complete, const void *ring, const void *req)
{
	long bytes = 0, result = skep_io_uring_result(req);
	__u64 key = (__u64)req;
	/* The kernel uses its memory again: what was noted may be of one that ended in silence. */
	struct request *r = opens(req) ? skep_map_get(&requests, &key) : NULL;

	if (!r)
		return 0;
	if (result < 0 || !only_failed)
		skep_emit_var(ctx, &events, e, bytes) {
			*e = *(struct open_event *)r->event;
			e->result = result;
			bytes = skep_copy_kernel(e->path, sizeof(r->path), r->path, r->bytes);
		}
	skep_map_del(&requests, &key);
	return 0;
}
