/* SPDX-License-Identifier: 0BSD */
/* NOT CUDA: see stand_in.h. Memory is the host's, and a kernel that is launched does nothing. */
#define _GNU_SOURCE
#include "stand_in.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum cudaError cudaMalloc(void **address, size_t bytes)
{
	usleep(STAND_IN_NAP_US);
	if (bytes > STAND_IN_MOST)
		return cudaErrorMemoryAllocation;
	*address = malloc(bytes);
	return *address ? cudaSuccess : cudaErrorMemoryAllocation;
}

enum cudaError cudaFree(void *address)
{
	usleep(STAND_IN_NAP_US);
	free(address);
	return cudaSuccess;
}

enum cudaError cudaMemcpy(void *to, const void *from, size_t bytes, enum cudaMemcpyKind kind)
{
	(void)kind;
	usleep(STAND_IN_NAP_US);
	memcpy(to, from, bytes);
	return cudaSuccess;
}

enum cudaError cudaMemcpyAsync(void *to, const void *from, size_t bytes, enum cudaMemcpyKind kind,
			       void *stream)
{
	(void)stream;
	return cudaMemcpy(to, from, bytes, kind);
}

enum cudaError cudaLaunchKernel(const void *stub, struct dim3 grid, struct dim3 block,
				void **arguments, size_t shared, void *stream)
{
	(void)stub;
	(void)grid;
	(void)block;
	(void)arguments;
	(void)shared;
	(void)stream;
	usleep(STAND_IN_NAP_US);
	return cudaSuccess;
}

void __cudaRegisterFunction(void **module, const char *stub, char *device_function,
			    const char *device_name, int thread_limit, void *tid, void *bid,
			    struct dim3 *block, struct dim3 *grid, int *warp)
{
	(void)module;
	(void)stub;
	(void)device_function;
	(void)device_name;
	(void)thread_limit;
	(void)tid;
	(void)bid;
	(void)block;
	(void)grid;
	(void)warp;
}
