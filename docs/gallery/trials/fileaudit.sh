# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
arguments=(/etc)

cause()
{
	cat /etc/passwd
	echo words > /etc/words
	rm /etc/words
}
