# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
arguments=(-L -t 6 -c cat)

cause()
{
	for _ in 1 2 3; do cat /proc/self/status /proc/none; done
}
