#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Everything public is documented: functions with parameters and results, members, macros. What
# Doxygen warns of is an error.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

warnings()
{
	{
		cat "$build/docs/Doxyfile"
		echo "OUTPUT_DIRECTORY = \"$work/docs\""
		echo "WARN_AS_ERROR = NO"
		# For the self-test: another tree, with the same settings.
		[[ -z ${SKEP_DOXYGEN_INPUT:-} ]] || echo "INPUT = \"$SKEP_DOXYGEN_INPUT\""
		[[ -z ${SKEP_DOXYGEN_INPUT:-} ]] || echo "USE_MDFILE_AS_MAINPAGE ="
	} > "$work/Doxyfile"
	mkdir -p "$work/docs"
	if ! doxygen "$work/Doxyfile" > "$work/said" 2>&1; then
		tail -n 5 "$work/said"
		return 1
	fi
	# A warning may go on, on lines that begin with a space.
	awk '/^ / && NR > 1 { printf "%s", $0; next } { printf "%s%s", (NR > 1 ? "\n" : ""), $0 }
		END { if (NR) print "" }' "$work/said" | sed "s,^$root/,," | grep -v '^ *$' |
		sort -u -t: -k1,1 -k2,2n || true
}

# Each header tells what it is for.
without_story()
{
	local file

	files '^(sdk/include|bpf-headers)/.*\.h(pp)?$' | while IFS= read -r file; do
		grep -q '@file' "$file" || echo "$file:1: no @file: what is it for?"
	done
}

need doxygen
need_build
if [[ ! -f $build/docs/Doxyfile ]]; then
	echo "there is no docs/Doxyfile in the build folder"
	exit 1
fi
claim each_public_header_tells_its_story without_story
claim everything_public_is_documented warnings
finish
