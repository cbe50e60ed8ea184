#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# The public interface changes only when somebody means it.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

changed()
{
	local now=docs/api.txt

	[[ -f $now ]] || now=/dev/null
	"$here/api-snapshot" > "$work/api.txt"
	! diff -U0 "$now" "$work/api.txt" > "$work/diff" || return 0
	awk '/^@@/ { split($3, at, /[+,]/); line = at[2]; next }
		/^(---|\+\+\+)/ { next }
		/^-/ { print "docs/api.txt: gone: " substr($0, 2) }
		/^\+/ { print "docs/api.txt:" line++ ": new: " substr($0, 2) }' "$work/diff"
	echo "where this is meant: tests/check/api-snapshot > docs/api.txt"
}

need clang gcc
claim public_interface_is_that_of_docs_api_txt changed
finish
