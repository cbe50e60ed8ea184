/* SPDX-License-Identifier: 0BSD */
/* The kernel side (Linux's): a program at the entry of each function, and one at the return of all. */
#include "vmlinux.h"
#include <skep/bpf/core.h>
#include <skep/bpf/string.h>
#include <skep/bpf/time.h>
#include <skep/bpf/trace.h>
#include "gpu.h"

SKEP_LICENSE("GPL");

struct call {
	__u64 thread;
	__u64 function;
};

struct start {
	struct gpu_event event;
	__u64 *allocated; /* where cudaMalloc writes the address */
};

/* A function of the program that stands for a kernel of the GPU. */
struct stub {
	__u64 process;
	__u64 address;
};

struct name {
	char text[KERNEL_BYTES];
};

SKEP_LRU_HASH(starts, struct call, struct start, 8192);
SKEP_LRU_HASH(kernels, struct stub, struct name, 16384);
SKEP_RINGBUF(events, struct gpu_event, 1 << 20);

static struct start *begin(__u64 function)
{
	struct call call = { bpf_get_current_pid_tgid(), function };
	static const struct start empty;
	struct start *start;

	skep_map_put(&starts, &call, &empty);
	start = skep_map_get(&starts, &call);
	if (!start)
		return NULL;
	start->event.function = (__u32)function;
	start->event.took_ns = skep_time_ns(); /* since then */
	return start;
}

SEC("uprobe.multi")
int SKEP_UPROBE(on_malloc, __u64 *address, __u64 bytes)
{
	struct start *start = begin(GPU_MALLOC);

	if (start) {
		start->allocated = address;
		start->event.bytes = bytes;
	}
	return 0;
}

SEC("uprobe.multi")
int SKEP_UPROBE(on_free, __u64 address)
{
	struct start *start = begin(GPU_FREE);

	if (start)
		start->event.address = address;
	return 0;
}

static void copy(struct start *start, __u64 to, __u64 bytes, int kind, __u64 stream)
{
	if (!start)
		return;
	start->event.address = to;
	start->event.bytes = bytes;
	start->event.kind = kind;
	start->event.stream = stream;
}

SEC("uprobe.multi")
int SKEP_UPROBE(on_memcpy, __u64 to, __u64 from, __u64 bytes, int kind)
{
	copy(begin(GPU_MEMCPY), to, bytes, kind, 0);
	return 0;
}

SEC("uprobe.multi")
int SKEP_UPROBE(on_memcpy_async, __u64 to, __u64 from, __u64 bytes, int kind, __u64 stream)
{
	copy(begin(GPU_MEMCPY_ASYNC), to, bytes, kind, stream);
	return 0;
}

/*
 * cudaLaunchKernel(stub, dim3 grid, dim3 block, arguments, shared, stream). A dim3 is three ints by value: x
 * and y in one register, z in another. With these, x86-64 has the last two arguments on the stack.
 */
SEC("uprobe.multi")
int SKEP_UPROBE(on_launch, __u64 stub, __u64 grid_xy, __u32 grid_z, __u64 block_xy, __u32 block_z,
		void *arguments, __u64 shared, __u64 stream)
{
	struct stub key = { bpf_get_current_pid_tgid() >> 32, stub };
	const struct name *name = skep_map_get(&kernels, &key);
	struct start *start = begin(GPU_LAUNCH);
	struct gpu_event *e = start ? &start->event : NULL;

	if (!e)
		return 0;
	e->address = stub;
	e->grid[0] = (__u32)grid_xy;
	e->grid[1] = (__u32)(grid_xy >> 32);
	e->grid[2] = grid_z;
	e->block[0] = (__u32)block_xy;
	e->block[1] = (__u32)(block_xy >> 32);
	e->block[2] = block_z;
	e->bytes = shared;
	e->stream = stream;
	if (name)
		__builtin_memcpy(e->kernel, name->text, sizeof(e->kernel));
	return 0;
}

/* Called for each kernel when a program starts, by code that its compiler has put there. */
SEC("uprobe.multi")
int SKEP_UPROBE(on_register, void *module, __u64 stub, const char *as_is, const char *kernel)
{
	struct stub key = { bpf_get_current_pid_tgid() >> 32, stub };
	struct name name = {};

	skep_str_copy_user(name.text, sizeof(name.text), kernel);
	skep_map_put(&kernels, &key, &name);
	return 0;
}

SEC("uretprobe.multi")
int SKEP_URETPROBE(on_return, int result)
{
	struct call call = { bpf_get_current_pid_tgid(), bpf_get_attach_cookie(ctx) };
	struct start *start = skep_map_get(&starts, &call);

	if (!start)
		return 0; /* it was called before we came */
	if (start->allocated && !result)
		bpf_probe_read_user(&start->event.address, sizeof(start->event.address),
				    start->allocated);
	skep_emit(ctx, &events, e) {
		*e = start->event;
		e->took_ns = skep_time_ns() - e->took_ns;
		e->result = result;
		e->pid = skep_current_pid();
		e->tid = skep_current_tid();
		skep_current_comm(e->comm);
	}
	skep_map_del(&starts, &call);
	return 0;
}
