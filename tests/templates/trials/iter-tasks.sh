# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
cause()
{
	: # it has ended
}

printed()
{
	[[ $3 -eq 0 ]] && grep -qE ' my-iter-tasks$' "$1" &&
		grep -qE '^2 +2 +0 +0 +[0-9]+\.[0-9] \[kthreadd\]$' "$1"
}
