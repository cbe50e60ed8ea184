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

claim files_have_500_lines_and_functions_60_at_most too_large
finish
