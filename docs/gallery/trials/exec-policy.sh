# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
arguments=(65534 /usr)

adapt()
{
	echo "${1/1000/65534}"
}

cause()
{
	cp /bin/busybox /tmp/tool
	setpriv --reuid=65534 --clear-groups /tmp/tool true
	setpriv --reuid=65534 --clear-groups /bin/true
}
