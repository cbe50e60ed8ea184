# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
arguments=(1)

cause()
{
	true
}

printed()
{
	[[ $3 -eq 0 ]] || grep -qE "(EPERM|fentry)" "$2"
}
