# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
group=$(findmnt -nt cgroup2 -o TARGET | head -n 1)/skep-gallery-$$
mkdir -p "$group"
trap 'rmdir "$group" 2> /dev/null' EXIT

adapt()
{
	echo "${1//\/sys\/fs\/cgroup/$group}"
}

cause()
{
	(
		echo 0 > "$group/cgroup.procs"
		timeout 3 nc -l -p 7001 &
		sleep 1
		echo words > /dev/tcp/127.0.0.1/7001
		wait
	)
}
