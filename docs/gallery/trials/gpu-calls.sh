# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# There is no GPU: the project's own library stands in.
arguments=(./build/libcudart-stand-in.so)

adapt()
{
	echo "${1/libcudart.so.12/./build/libcudart-stand-in.so}"
}

cause()
{
	LD_LIBRARY_PATH=./build ./build/test_gpu
}
