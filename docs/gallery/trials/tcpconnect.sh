# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
cause()
{
	nc -l -p 7001 &
	sleep 1
	echo words > /dev/tcp/127.0.0.1/7001
	echo words > /dev/tcp/127.0.0.1/7002
}
