# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
arguments=(all)

# Without the seconds: it is ended by Ctrl-C.
adapt()
{
	echo "${1% 5}"
}

# A disk over a file, for a moment.
cause()
{
	truncate -s 1M build/disk.image
	disk=$(losetup --show -f build/disk.image)
	dd if=/dev/zero "of=$disk" bs=4k count=32 oflag=direct
	losetup -d "$disk"
	rm build/disk.image
}

printed()
{
	[[ $3 -eq 0 ]] && grep -A 20 -E '^loop[0-9]+ write$' "$1" | grep -qE '^count (3[2-9]|[4-9][0-9]), mean '
}
