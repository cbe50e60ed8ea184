# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
cause()
{
	echo words > /dev/udp/127.0.0.1/9
}

# IPv4's header, UDP's, the words, and Ethernet's.
printed()
{
	[[ $3 -eq 0 ]] && grep -qE '^17 +1 +48$' "$1"
}
