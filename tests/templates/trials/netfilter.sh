# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
arguments=(9)

cause()
{
	echo words > /dev/udp/127.0.0.1/9
}

printed()
{
	[[ $3 -eq 0 ]] && grep -qx '1 packets to port 9 were refused' "$1"
}
