# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Where cgroup v2 is here.
group=$(findmnt -nt cgroup2 -o TARGET | head -n 1)
arguments=("$group" 127.0.0.1:80 127.0.0.1:8080)

adapt()
{
	echo "${1//\/sys\/fs\/cgroup/$group}"
}

cause()
{
	: > /dev/tcp/127.0.0.1/80 || true
}

printed()
{
	[[ $3 -eq 0 ]] && grep -qE '^[01] connections to 127.0.0.1:80 went to 127.0.0.1:8080$' "$1"
}
