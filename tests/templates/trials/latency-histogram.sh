# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
arguments=()

cause()
{
	cat /proc/self/status > /dev/null
}

printed()
{
	[[ $3 -eq 0 ]] && grep -qE '[1-9][0-9]* .*\|' "$1" && grep -qE '^count [1-9][0-9]*, mean ' "$1"
}
