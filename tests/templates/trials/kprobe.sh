# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
cause()
{
	touch /tmp/skep-trial-unlink
	rm /tmp/skep-trial-unlink
}

printed()
{
	if [[ $3 -eq 0 ]]; then
		grep -qE "^rm +[0-9]+ +skep-trial-unlink$" "$1"
	else
		grep -q "no kprobes" "$2"
	fi
}
