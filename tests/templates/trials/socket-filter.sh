# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
arguments=(9)

cause()
{
	echo words > /dev/udp/127.0.0.1/9
}

printed()
{
	[[ $3 -eq 0 ]] && grep -qE '^out UDP 127\.0\.0\.1:[0-9]+ > 127\.0\.0\.1:9, 34 bytes$' "$1" &&
		grep -qE '^in +UDP 127\.0\.0\.1:[0-9]+ > 127\.0\.0\.1:9, 34 bytes$' "$1"
}
