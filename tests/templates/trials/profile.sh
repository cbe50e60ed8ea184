# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
arguments=(5)

cause()
{
	timeout 1 bash -c "while :; do :; done" || true
}

printed()
{
	[[ $3 -eq 0 ]] && grep -qE "^bash;.* [0-9]+$" "$1"
}
