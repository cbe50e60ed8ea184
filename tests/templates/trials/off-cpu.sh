# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
arguments=(5)

cause()
{
	sleep 0.3
}

# Who slept, where, and 300,000 us at least; and nothing of how it is known.
printed()
{
	[[ $3 -eq 0 ]] && grep -qE '^sleep;.*nanosleep.*;__schedule ([3-9][0-9]{5}|[0-9]{7,})$' "$1" &&
		lacks '__traceiter|bpf_prog' "$1"
}
