/* SPDX-License-Identifier: 0BSD */
/*
 * A stand-in for the CUDA run-time library, for tests on machines without a GPU: the names and signatures are
 * CUDA's (cuda_runtime_api.h), what they do is made up.
 */
#ifndef STAND_IN_H
#define STAND_IN_H

#include <stddef.h>

#define STAND_IN_NAP_US 1000 /* how long each of them takes, at least */
#define STAND_IN_MOST   (1UL << 40)

enum cudaError {
	cudaSuccess = 0,
	cudaErrorMemoryAllocation = 2
};
enum cudaMemcpyKind {
	cudaMemcpyHostToDevice = 1,
	cudaMemcpyDeviceToHost = 2
};

struct dim3 {
	unsigned int x, y, z;
};

enum cudaError cudaMalloc(void **address, size_t bytes);
enum cudaError cudaFree(void *address);
enum cudaError cudaMemcpy(void *to, const void *from, size_t bytes, enum cudaMemcpyKind kind);
enum cudaError cudaMemcpyAsync(void *to, const void *from, size_t bytes, enum cudaMemcpyKind kind,
			       void *stream);
enum cudaError cudaLaunchKernel(const void *stub, struct dim3 grid, struct dim3 block,
				void **arguments, size_t shared, void *stream);
void __cudaRegisterFunction(void **module, const char *stub, char *device_function,
			    const char *device_name, int thread_limit, void *tid, void *bid,
			    struct dim3 *block, struct dim3 *grid, int *warp);

#endif
