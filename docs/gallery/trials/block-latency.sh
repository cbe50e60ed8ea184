# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# A disk over a file, for a moment.
arguments=(all)

adapt()
{
	echo "${1% 5}"
}

cause()
{
	dd if=/dev/zero of=/tmp/disk.image bs=1M count=1
	losetup /dev/loop0 /tmp/disk.image
	dd if=/dev/zero of=/dev/loop0 bs=4k count=64
	sync
	dd if=/dev/loop0 of=/dev/null bs=4k count=64 iflag=direct
	losetup -d /dev/loop0
	rm /tmp/disk.image
}
