# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
arguments=(lo 7001)

cause()
{
	for _ in {1..10}; do
		bash -c 'echo words > /dev/udp/127.0.0.1/7001'
	done
	bash -c 'echo words > /dev/udp/127.0.0.1/7002'
}

printed()
{
	[[ $3 -eq 0 ]] && grep -qE '^10 packets, 480 bytes, 0 lost$' "$1" &&
		grep -qE '^my-af-xdp: 1 queue, the kernel copies$' "$2"
}
