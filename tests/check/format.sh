#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# C is laid out by clang-format 14. Later ones differ in small things.
#
#	tests/check/format.sh --fix [FILE...]
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Not what programs write, nor templates that are no C before `skep new` fills them in.
formatted()
{
	local file

	c_files '(^|/)golden/' | while IFS= read -r file; do
		if [[ $file != templates/* ]] || ! grep -q '@[A-Z_]*@' "$file"; then
			printf '%s\n' "$file"
		fi
	done
}

find_tool()
{
	local tool

	for tool in clang-format-14 clang-format; do
		command -v "$tool" > /dev/null || continue
		[[ $("$tool" --version) =~ version\ 14\. ]] || continue
		echo "$tool"
		return
	done
}

unformatted()
{
	formatted | over "$tool" --dry-run -Werror 2>&1 |
		sed -n 's/^\(.*:[0-9]*\):[0-9]*: error: code should be clang-formatted.*/\1: not laid out/p' |
		sort -u -t: -k1,1 -k2,2n | awk -F: '++count[$1] <= 3; count[$1] == 4 { print $1 ": ..." }
			END { if (NR) print "to mend: tests/check/format.sh --fix" }'
}

tool=$(find_tool)
if [[ -z $tool ]]; then
	echo "there is no clang-format 14"
	exit 77
fi
if [[ ${1:-} = --fix ]]; then
	shift
	if [[ $# -gt 0 ]]; then
		"$tool" -i "$@"
	else
		formatted | over "$tool" -i
	fi
	exit
fi
claim c_files_are_laid_out_as_clang_format_would unformatted
finish
