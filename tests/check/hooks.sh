#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Every hook of tests/kernel/hooks.tsv is tested, and fires on one kernel at least or has a row
# `nowhere HOOK WHY`.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

table=tests/kernel/hooks.tsv

untested()
{
	local hook

	awk -F'\t' '!/^#/ && $1 != "nowhere" { print $1 }' "$table" | while read -r hook; do
		grep -qF "\"$hook\"" tests/kernel/test_*.c || echo "$table: no test asks for $hook"
	done
}

fires_nowhere()
{
	awk -F'\t' -v table="$table" '
		/^#/ { next }
		$1 == "nowhere" { if ($3 != "") why[$2] = NR; next }
		NF != 6 { print table ":" NR ": not six fields" }
		seen[$1]++ { print table ":" NR ": " $1 " has two rows" }
		{
			lines[$1] = NR
			for (i = 2; i <= NF; i++)
				if ($i == "fires")
					fires[$1] = 1
				else if ($i !~ /^E[A-Z0-9]+: ./)
					print table ":" NR ": neither `fires` nor `ERRNO: text`: " $i
		}
		END {
			for (hook in lines)
				if (!(hook in fires) && !(hook in why))
					print table ":" lines[hook] ": " hook " fires nowhere"
			for (hook in why)
				if (hook in fires)
					print table ":" why[hook] ": " hook " fires"
		}' "$table"
}

claim hooks_are_tested untested
claim hooks_fire_somewhere fires_nowhere
finish
