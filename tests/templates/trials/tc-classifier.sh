# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
arguments=(lo "9=7")

cause()
{
	echo words > /dev/udp/127.0.0.1/9
}

printed()
{
	[[ $3 -eq 0 ]] && grep -qE '^port 9 +mark 7 +1 packets +48 bytes$' "$1"
}
