#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# clang-tidy, with what .clang-tidy asks for. Each check that is switched off there has its reason
# beside it. The analysis takes minutes: with SKEP_TEST_FULL only, or by hand.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

without_reason()
{
	[[ -f .clang-tidy ]] || { echo ".clang-tidy:1: is missing"; return; }
	awk '/^# +[a-z][A-Za-z0-9.-]*:/ { name = $2; sub(/:$/, "", name); reason[name] = 1 }
		/^ *-[a-z]/ {
			name = $1
			sub(/^-/, "", name)
			sub(/,$/, "", name)
			if (!reason[name])
				print FILENAME ":" FNR ": -" name ": why is it off? Say so above"
		}' .clang-tidy
}

complaints()
{
	[[ -f $build/compile_commands.json ]] ||
		{ echo "no compile_commands.json in the build folder"; return 1; }
	run-clang-tidy -quiet -j "$(nproc)" -p "$build" "^$root/sdk/(src|gen|cli)/.*" \
		> "$work/tidy.log" 2> "$work/tidy.err" || true
	grep -q "$root/sdk/" "$work/tidy.log" || { cat "$work/tidy.err"; echo "nothing was looked at"; }
	sed 's/\x1b\[[0-9;]*m//g' "$work/tidy.log" | grep -E '(warning|error):' |
		sed "s,^$root/,," | sort -u -t: -k1,1 -k2,2n || true
}

claim each_check_switched_off_has_its_reason without_reason
if [[ -n ${SKEP_TEST_FULL:-} && -n $build ]]; then
	need clang-tidy run-clang-tidy
	claim sdk_passes_clang_tidy complaints
fi
finish
