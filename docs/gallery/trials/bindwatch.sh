# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
cause()
{
	timeout 1 nc -l -p 7001 &
	sleep 1
	timeout 1 nc -l -p 7001
}
