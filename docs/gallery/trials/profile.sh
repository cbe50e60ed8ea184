# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
adapt()
{
	echo "${1% 2} 6"
}

cause()
{
	timeout 2 sh -c "while :; do :; done"
}
