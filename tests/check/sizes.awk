# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Sizes of files and functions. Kernel style is relied upon: a function's braces stand at the
# beginning of a line. The lines of a data table (`= {` to `};`) do not count, nor do functions of C++,
# which stand inside classes.
#
#	awk -v file_limit=500 -v file_note=350 -v function_limit=60 -v function_note=40 -f sizes.awk FILES

function end_of_file()
{
	if (path == "")
		return
	say(path, 1, lines - table, "the file", file_limit, file_note)
}

function say(path, at, size, what, limit, note)
{
	if (size > limit)
		printf "%s:%d: %s has %d lines, at most %d\n", path, at, what, size, limit
	else if (size > note)
		printf "note: %s:%d: %s has %d lines\n", path, at, what, size
}

FNR == 1 { end_of_file(); path = FILENAME; lines = table = 0; start = in_table = 0; head = "" }
{ lines++ }
/^[A-Za-z_].*= *\{$/ { in_table = FNR }
/^\};?/ && in_table { table += FNR - in_table - 1; in_table = 0 }
/^\{/ && FILENAME !~ /\.hpp$/ { start = FNR; next }
/^\}/ {
	if (start && !in_table)
		say(FILENAME, start, FNR - start - 1, name_of(head), function_limit, function_note)
	start = 0
	head = ""
	next
}
!start && /^[A-Za-z_]/ { head = $0 }
END { end_of_file() }

function name_of(line)
{
	if (match(line, /[A-Za-z_][A-Za-z_0-9]* *\(.*/)) {
		line = substr(line, RSTART)
		if (line ~ /^(TEST|TEST_WITH|BPF_PROG|BPF_KPROBE|BPF_KRETPROBE) *\(/)
			sub(/^[A-Z_]* *\(/, "", line)
		sub(/ *[(),].*/, "", line)
		return line "()"
	}
	return "the function"
}
