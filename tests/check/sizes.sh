#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Files and functions that one can read at a sitting. What is large, but not too large, is listed.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

too_large()
{
	{
		c_files '(^|/)golden/'
		scripts
		files '\.(awk|cmake)$'
	} | over awk -v file_limit=500 -v file_note=350 -v function_limit=60 -v function_note=40 \
		-f "$here/sizes.awk"
}

# An example is what a user reads first, and begins with: all of its code together.
long_examples()
{
	files '^examples/[^/]*/[^/]*/.*\.[ch]$' | over awk -f "$here/code.awk" -f <(cat << 'AWK'
		FNR == 1 && match(FILENAME, /^examples\/[^\/]*\/[^\/]*/) {
			example = substr(FILENAME, 1, RLENGTH)
			if (!(example in first))
				first[example] = FILENAME
		}
		code() ~ /[^ \t]/ { lines[example]++ }
		END {
			for (example in lines)
				if (lines[example] >= 150)
					printf "%s:1: %s has %d lines of code, less than 150 are asked for\n",
						first[example], example, lines[example]
		}
AWK
)
}

claim files_have_500_lines_and_functions_60_at_most too_large
claim examples_have_less_than_150_lines_of_code long_examples
finish
