# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
arguments=(1 0)

# Instead of process 1, one that is busy.
bash -c 'for ((i = 0; i < 100; i++)); do read -rt 0.05 _ < /proc/self/stat; sleep 0.05; done' &
busy=$!
trap 'kill $busy 2> /dev/null || true' EXIT

adapt()
{
	echo "${1% 1} $busy 2"
}

cause()
{
	true
}

# read() and openat(), or whatever they are called here: more than two calls.
printed()
{
	[[ $3 -eq 0 ]] && [[ $(grep -cE '^[0-9]+ +[0-9]+$' "$1") -ge 2 ]]
}
