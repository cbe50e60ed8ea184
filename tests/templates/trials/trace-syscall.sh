# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
arguments=(openat)

# The project's own test opens files in all of the ways.
cause()
{
	cat /etc/hostname
	./build/test_calls || true
}

printed()
{
	local way='(io_uring|64-bit|32-bit)'

	[[ $3 -eq 0 ]] && grep -qE '^cat +[0-9]+ +64-bit +openat\(-100, "/etc/hostname", 0, 0\) = 3 +[0-9.]+ us$' "$1" &&
		grep -qE "^test_calls +[0-9]+ +$way +openat\\(-100, \"/dev/null\", .*\\) = [0-9]+ +[0-9.]+ us\$" "$1" &&
		grep -qE '^my-trace-syscall: [1-9][0-9]* calls, 0 more ' "$2"
}
