# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Draws the table tests x kernels from the rows, then the line that counts. A line for each test
# with its cases counted; below it each case that did not pass everywhere, and why.
#
#	awk -v kernels="host 6.1 6.12 newest" -f table.awk ROWS

BEGIN {
	FS = "\t"
	count = split(kernels, list, " ")
}

{
	test = $1; key = $1 SUBSEP $2
	if (!(test in tests)) {
		tests[test] = 1
		test_order[++test_count] = test
	}
	if (!(key in cases)) {
		cases[key] = 1
		case_order[test, ++case_count[test]] = $2
	}
	cell[key, $3] = cell[key, $3] == "fail" ? "fail" : $4
	number[test, $3, $4]++
	total[$4]++
	width = length(test) > width ? length(test) : width
	if ($4 != "pass") {
		bad[key] = 1
		width = length($2) + 2 > width ? length($2) + 2 : width
		add_reason(key, $3, $4, $5)
	}
}

# Kernels with the same reason share its line.
function add_reason(key, kernel, status, text)
{
	text = (status == "fail" ? "FAIL: " : "skip: ") text
	if (!((key, text) in where)) {
		reasons[key, ++reason_count[key]] = text
		where[key, text] = kernel
	} else {
		where[key, text] = where[key, text] ", " kernel
	}
}

function summary(test, kernel,    text)
{
	text = number[test, kernel, "fail"] ? number[test, kernel, "fail"] " FAIL" : ""
	if (number[test, kernel, "pass"])
		text = text (text == "" ? "" : " ") number[test, kernel, "pass"] " pass"
	if (number[test, kernel, "skip"])
		text = text (text == "" ? "" : " ") number[test, kernel, "skip"] " skip"
	return text == "" ? "-" : text
}

function pad(text, size)
{
	return sprintf("%-" size "s", text)
}

function line(first, fields,    i, text)
{
	text = pad(first, width)
	for (i = 1; i <= count; i++)
		text = text "  " pad(fields[i], widths[i])
	sub(/ +$/, "", text)
	print text
}

# A long one is said once.
function reason(kernels, text)
{
	same = length(text) > 60 && kernels text == said
	said = kernels text
	print "      " kernels ": " (same ? substr(text, 1, 6) "as above" : text)
}

END {
	width = width > 56 ? 56 : width < 20 ? 20 : width
	for (i = 1; i <= count; i++) {
		widths[i] = length(list[i])
		for (t = 1; t <= test_count; t++) {
			size = length(summary(test_order[t], list[i]))
			widths[i] = size > widths[i] ? size : widths[i]
		}
	}
	line("test", list)
	for (t = 1; t <= test_count; t++) {
		test = test_order[t]
		for (i = 1; i <= count; i++)
			fields[i] = summary(test, list[i])
		line(test, fields)
		for (c = 1; c <= case_count[test]; c++) {
			name = case_order[test, c]
			key = test SUBSEP name
			if (!(key in bad))
				continue
			for (i = 1; i <= count; i++) {
				value = cell[key, list[i]]
				fields[i] = value == "" ? "-" : value == "fail" ? "FAIL" : value
			}
			line("  " name, fields)
			for (r = 1; r <= reason_count[key]; r++)
				reason(where[key, reasons[key, r]], reasons[key, r])
		}
	}
	printf "\n%d passed, %d failed, %d skipped\n", total["pass"], total["fail"], total["skip"]
	exit !(total["pass"] + total["fail"] > 0 && total["fail"] == 0)
}
