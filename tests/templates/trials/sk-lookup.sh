# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
arguments=(8000 8999)

cause()
{
	exec 5<> /dev/tcp/127.0.0.1/8123
	cat <&5 > answer
	exec 5>&-
}

printed()
{
	[[ $3 -eq 0 ]] && grep -qx '1 connections' "$1"
}
