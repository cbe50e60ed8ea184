# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
arguments=()

# The project's own test has a TLS session.
cause()
{
	./build/test_tls || true
}

printed()
{
	[[ $3 -eq 0 ]] && grep -qE '^test_tls [0-9]+ 0x[0-9a-f]+ sends [0-9]+ bytes$' "$1" &&
		[[ $(grep -c '^    GET /secret HTTP/1.1$' "$1") -eq 2 ]] &&
		grep -qE '^test_tls [0-9]+ 0x[0-9a-f]+ receives 10000 bytes, cut after 4096$' "$1"
}
