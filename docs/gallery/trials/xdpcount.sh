# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
arguments=(lo)

cause()
{
	ping -c 3 127.0.0.1
	echo words > /dev/udp/127.0.0.1/9
}
