# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
arguments=()

cause()
{
	/bin/true
}

printed()
{
	[[ $3 -eq 0 ]] && grep -qE '^[0-9]+ +[0-9]+ +0 +true$' "$1" &&
		grep -qE '^my-trace-exec: [1-9][0-9]* events, 0 dropped$' "$2"
}
