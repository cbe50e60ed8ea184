# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
cause()
{
	nc -l -p 7001 &
	sleep 1
	cat /etc/passwd > /dev/tcp/127.0.0.1/7001
}

adapt()
{
	echo "${1% 2} 6"
}
