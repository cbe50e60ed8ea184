# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# For this shell alone, which makes no folders itself: what fails, the template's test shows.
arguments=("$$" security_inode_mkdir ENOSPC)

adapt()
{
	echo "${1//\/sys\/fs\/cgroup\/my.slice/$$}"
}

cause()
{
	true
}

printed()
{
	[[ $3 -eq 0 ]] || grep -qE "EPERM|BTF" "$2"
}
