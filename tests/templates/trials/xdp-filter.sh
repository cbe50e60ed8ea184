# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
arguments=(lo 127.5.0.0/16)

cause()
{
	bash -c 'echo words > /dev/udp/127.0.0.1/9'
	ping -c 2 -W 1 -I 127.5.0.1 127.0.0.1 || true
}

printed()
{
	[[ $3 -eq 0 ]] && grep -qE '^127\.5\.0\.0/16 +[0-9]+ packets' "$1"
}
