# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
arguments=(5)

cause()
{
	cat /sys/kernel/sched_ext/state
}

printed()
{
	if [[ $3 -eq 0 ]]; then
		grep -qE '^0 +[1-9][0-9]* +[0-9]+ +[0-9]+$' "$1" && grep -q '^ended: ' "$1"
	else
		grep -qE 'cannot load struct sched_ext_ops: ' "$2"
	fi
}
