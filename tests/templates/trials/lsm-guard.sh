# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
mkdir -p /tmp/guarded
arguments=(/tmp/guarded 1000)

cause()
{
	touch /tmp/guarded/x || true
}

printed()
{
	rm -rf /tmp/guarded
	if [[ $3 -eq 0 ]]; then
		grep -qE "^refused touch \([0-9]+\) of user 0: /tmp/guarded/x$" "$1"
	else
		grep -qE "(EPERM|BPF LSM)" "$2"
	fi
}
