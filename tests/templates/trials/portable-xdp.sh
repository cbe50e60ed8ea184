# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
cause()
{
	echo words > /dev/udp/127.0.0.1/9
}

printed()
{
	[[ $3 -eq 0 ]] && grep -qE "^0800 IPv4 [12] packets, [0-9]+ bytes$" "$1"
}
