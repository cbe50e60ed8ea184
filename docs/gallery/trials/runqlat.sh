# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
arguments=(-m -d 5)

cause()
{
	timeout 2 sh -c 'while :; do :; done' &
	timeout 2 sh -c 'while :; do :; done'
}
