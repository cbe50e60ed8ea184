# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
arguments=(-x)

cause()
{
	sh -c 'cat /proc/version; exit 3'
	id -u
}
