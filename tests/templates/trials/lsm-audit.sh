# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
cause()
{
	echo words > /etc/skep-trial && rm /etc/skep-trial
}

printed()
{
	if [[ $3 -eq 0 ]]; then
		grep -qE ' bash +/etc/skep-trial$' "$1"
	else
		grep -qE '(EPERM|BPF LSM)' "$2"
	fi
}
