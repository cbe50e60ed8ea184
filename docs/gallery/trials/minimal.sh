# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
adapt()
{
	echo "${1% 2} 6"
}

cause()
{
	for _ in 1 2 3; do /bin/true; done
}
