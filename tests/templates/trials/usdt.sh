# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# The template's own test has a probe: it is hit once a second, for a while.
arguments=("$(project_of usdt)/build/test_requests" example request)

adapt()
{
	echo "${1/libc.so.6 libc setjmp/build/test_requests example request}"
}

# By the test itself; it runs beside.
cause()
{
	build/test_requests
}

printed()
{
	[[ $3 -eq 0 ]] && [[ $(grep -cE '^[0-9]+ +test_requests +(0|-1|-2) 1099511627776 [0-9]+$' "$1") -eq 3 ]]
}
