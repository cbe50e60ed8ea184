# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
arguments=(node java)

cause()
{
	(
		cp /bin/sleep /tmp/skep-wx-sleep
		exec 9< /tmp/skep-wx-sleep
		rm /tmp/skep-wx-sleep
		/proc/self/fd/9 0
	)
}

printed()
{
	[[ $3 -eq 0 ]] &&
		grep -qE '^[0-9]+ +0 +[^ ]+ +program +/tmp/skep-wx-sleep \[deleted\]$' "$1"
}
