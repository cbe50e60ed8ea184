# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
cause()
{
	cat /etc/passwd
	sh -c 'echo words > /etc/words'
}
