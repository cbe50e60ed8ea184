# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
adapt()
{
	echo "${1/libc.so.6 libc setjmp/build/test_requests example request}"
}

cause()
{
	build/test_requests
}
