# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# There is no GPU: what stands in for the library is the project's own.
stand_in=$(project_of gpu-calls)/build/libcudart-stand-in.so
arguments=("$stand_in")

adapt()
{
	echo "${1/libcudart.so.12/./build/libcudart-stand-in.so}"
}

cause()
{
	./build/test_gpu || true
}

printed()
{
	[[ $3 -eq 0 ]] && grep -qE '^test_gpu [0-9]+ cudaMalloc 12345 bytes at 0x[0-9a-f]+ +[0-9.]+ us$' "$1" &&
		grep -qE '^test_gpu [0-9]+ cudaLaunchKernel _Z5saxpyPfS_f on 4x5x6 blocks of 32x7x1 threads, ' "$1"
}
