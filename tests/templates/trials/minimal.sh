# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
arguments=(0)

cause()
{
	for _ in 1 2 3; do /bin/true; done
}

printed()
{
	[[ $3 -eq 0 ]] && grep -qE '^([3-9]|[1-9][0-9]+) programs started$' "$1"
}
