#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Scripts pass shellcheck. What a script does on purpose it says with `# shellcheck disable=... # why`.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

complaints()
{
	local file

	scripts | while IFS= read -r file; do
		# What is sourced gives names to others, and takes some from them.
		if [[ $(head -c 2 "$file") = '#!' ]]; then
			shellcheck --format=gcc "$file"
		else
			shellcheck --format=gcc --exclude=SC2034,SC2154 "$file"
		fi || true
	done | sort -u -t: -k1,1 -k2,2n
}

need shellcheck
claim scripts_pass_shellcheck complaints
finish
