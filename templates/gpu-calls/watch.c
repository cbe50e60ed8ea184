/* SPDX-License-Identifier: 0BSD */
#include "watch.h"

#include <errno.h>

const char *const watch_names[GPU_FUNCTIONS] = {
	[GPU_MALLOC] = "cudaMalloc",       [GPU_FREE] = "cudaFree",
	[GPU_MEMCPY] = "cudaMemcpy",       [GPU_MEMCPY_ASYNC] = "cudaMemcpyAsync",
	[GPU_LAUNCH] = "cudaLaunchKernel",
};

static struct skep_link *calls[GPU_FUNCTIONS], *returns, *kernels;

/* All by one link where the kernel has it; their cookies tell which it was. */
static int watch_returns(struct gpu *app, const char *library, int pid)
{
	static const uint64_t numbers[GPU_FUNCTIONS] = { GPU_MALLOC, GPU_FREE, GPU_MEMCPY,
							 GPU_MEMCPY_ASYNC, GPU_LAUNCH };

	return skep_attach_uprobe_multi(&returns, gpu_program_on_return(app), library,
					SKEP_OPTS(skep_uprobe_multi_opts, .symbols = watch_names,
						  .cookies = numbers, .count = GPU_FUNCTIONS,
						  .pid = pid, .fallback = true));
}

int watch(struct gpu *app, const char *library, int pid)
{
	const struct skep_program *programs[GPU_FUNCTIONS] = {
		[GPU_MALLOC] = gpu_program_on_malloc(app),
		[GPU_FREE] = gpu_program_on_free(app),
		[GPU_MEMCPY] = gpu_program_on_memcpy(app),
		[GPU_MEMCPY_ASYNC] = gpu_program_on_memcpy_async(app),
		[GPU_LAUNCH] = gpu_program_on_launch(app),
	};
	struct skep_uprobe_opts where = { .sz = sizeof(where), .pid = pid, .fallback = true };
	int err = watch_returns(app, library, pid);

	for (int i = 0; !err && i < GPU_FUNCTIONS; i++) {
		where.symbol = watch_names[i];
		err = skep_attach_uprobe(&calls[i], programs[i], library, &where);
	}
	if (err)
		return err;
	/* Where there is none, kernels are known by address. */
	where.symbol = "__cudaRegisterFunction";
	err = skep_attach_uprobe(&kernels, gpu_program_on_register(app), library, &where);
	return err == -ENOENT ? 0 : err;
}

void unwatch(void)
{
	for (int i = 0; i < GPU_FUNCTIONS; i++)
		skep_link_free(calls[i]);
	skep_link_free(returns);
	skep_link_free(kernels);
}
