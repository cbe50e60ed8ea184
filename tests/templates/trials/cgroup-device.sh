# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Where cgroup v2 is here.
group=$(findmnt -nt cgroup2 -o TARGET | head -n 1)
group+=/skep-trial-$$
mkdir -p "$group"
trap 'rmdir "$group" 2> /dev/null || true' EXIT
arguments=("$group" 1:5)
export GROUP=$group

adapt()
{
	local line=${1/\/sys\/fs\/cgroup\/GROUP/$group}

	echo "${line%%#*}"
}

cause()
{
	(echo 0 > "$GROUP/cgroup.procs" && head -c 1 /dev/zero) || true
}

printed()
{
	[[ $3 -eq 0 ]] && grep -qx '1:5 was refused 1 times' "$1"
}
