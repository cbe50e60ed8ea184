# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
arguments=(libc.so.6 'str*dup')

# Nobody takes the quotes away here.
adapt()
{
	echo "${1//\'/}"
}

cause()
{
	ls -l /etc > /dev/null
}

printed()
{
	[[ $3 -eq 0 ]] && grep -qE '^strdup +[1-9][0-9]* +[0-9.]+ +[0-9.]+ +[0-9.]+ +[0-9.]+ +[0-9.]+$' "$1" &&
		grep -qE '^my-library-calls: functions that fit: 2, by uprobe' "$2"
}
