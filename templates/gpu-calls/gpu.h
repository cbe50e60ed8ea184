/* SPDX-License-Identifier: 0BSD */
/* What both sides share: a call of the CUDA run-time library, when it has returned. */
#ifndef GPU_H
#define GPU_H

#include <skep/types.h>

#define KERNEL_BYTES 64 /* longer names are cut */

enum gpu_function {
	GPU_MALLOC,
	GPU_FREE,
	GPU_MEMCPY,
	GPU_MEMCPY_ASYNC,
	GPU_LAUNCH,
	GPU_FUNCTIONS /* how many there are */
};

struct gpu_event {
	__u64 address; /* allocated, freed, or copied to; of a launch, the function that stands for the kernel */
	__u64 bytes; /* of memory; of a launch, of memory that its threads share */
	__u64 stream;
	__u64 took_ns; /* of the call: a launch and an asynchronous copy go on after it */
	__u32 grid[3];
	__u32 block[3];
	__u32 function; /* enum gpu_function */
	__s32 kind;     /* of a copy: enum cudaMemcpyKind */
	__s32 result;   /* enum cudaError: 0 is success */
	__u32 pid;
	__u32 tid;
	char comm[SKEP_COMM_BYTES];
	char kernel[KERNEL_BYTES]; /* empty: it was registered before we came */
	__u32 unused;
};

#endif
