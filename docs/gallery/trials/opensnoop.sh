# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
arguments=(-n /etc)

cause()
{
	cat /etc/passwd /etc/shadow
	head -c 1 /etc/none
}
