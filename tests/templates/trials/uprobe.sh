# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
arguments=(libc.so.6 getpwnam)

cause()
{
	id root
}

printed()
{
	[[ $3 -eq 0 ]] && grep -qE '^id +[0-9]+ +getpwnam\(0x[0-9a-f]+, [^)]*\) = 0x[0-9a-f]+ +[0-9.]+ us$' "$1"
}
