# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
cause()
{
	: > /dev/tcp/127.0.0.1/80 || true
}

printed()
{
	[[ $3 -eq 0 ]] && grep -qE '^[01] connections to 127.0.0.1:80 went to 127.0.0.1:8080$' "$1"
}
