# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# For `awk -f code.awk -f rule.awk FILES`: code() is the current line without comments and without
# what stands inside strings, so that a word there is not taken for code.

FNR == 1 { in_comment = 0 }

function code(    line, out, at, c, quote)
{
	line = $0
	out = ""
	for (at = 1; at <= length(line); at++) {
		c = substr(line, at, 1)
		if (in_comment) {
			if (substr(line, at, 2) == "*/") {
				in_comment = 0
				at++
			}
		} else if (quote != "") {
			if (c == "\\")
				at++
			else if (c == quote) {
				quote = ""
				out = out c
			}
		} else if (substr(line, at, 2) == "/*") {
			in_comment = 1
			at++
		} else if (substr(line, at, 2) == "//") {
			break
		} else {
			if (c == "\"" || c == "'")
				quote = c
			out = out c
		}
	}
	return out
}
