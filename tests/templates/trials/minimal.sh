# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
cause()
{
	for _ in 1 2 3; do /bin/true; done
}

printed()
{
	[[ $3 -eq 0 ]] && [[ $(tail -n 1 "$1") -ge 3 ]]
}
