# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
arguments=()

cause()
{
	sleep 5 &
	kill -TERM $!
}

printed()
{
	if [[ $3 -eq 0 ]]; then
		grep -qE "^bash \([0-9]+\) -> (sleep|bash) \([0-9]+\): Terminated$" "$1"
	else
		grep -q tracefs "$2"
	fi
}
