# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Public names of BPF-side headers that no program which runs in a kernel uses, neither itself nor by
# another name of the headers.
#
#	awk -f bpf_names.awk PROGRAMS HEADERS
#
# A header's name is a macro or a function, begins with skep_ or SKEP_, and does not end in `_`.

# Each name in a text, as keys of `names`.
function words(text, names,    parts, n, i)
{
	split("", names)
	n = split(text, parts, /[^A-Za-z0-9_]+/)
	for (i = 1; i <= n; i++)
		names[parts[i]] = 1
}

function declare(name)
{
	declared = name
	if (!(name in place)) {
		order[++count] = name
		place[name] = FILENAME ":" FNR
	}
}

function use(name)
{
	if (name in text && !(name in used)) {
		used[name] = 1
		queue[++last] = name
	}
}

FNR == 1 {
	is_header = FILENAME ~ /(^|\/)bpf-headers\//
	declared = ""
	in_comment = 0
}
# What is said of a name is no use of it.
{
	line = $0
	if (in_comment) {
		if (!sub(/^.*\*\//, "", line))
			next
		in_comment = 0
	}
	while ((at = index(line, "/*")) && (end = index(substr(line, at + 2), "*/")))
		line = substr(line, 1, at - 1) " " substr(line, at + 2 + end + 1)
	if (at)
		in_comment = 1
	sub(/\/[*\/].*/, "", line)
}
!is_header {
	words(line, names)
	for (name in names)
		in_programs[name] = 1
	next
}
line ~ /^#[ \t]*define[ \t]/ {
	name = line
	sub(/^#[ \t]*define[ \t]+/, "", name)
	value = name
	sub(/[^A-Za-z0-9_].*/, "", name)
	sub(/^[A-Za-z0-9_]+/, "", value)
	declare(name)
	# Says of a header that it is there, or is a number: nothing that could be refused.
	if (value ~ /^[ \t]*[0-9]*[ \t]*$/)
		marker[name] = 1
	text[name] = text[name] " " value
	goes_on = line ~ /\\$/
	next
}
goes_on {
	text[declared] = text[declared] " " line
	goes_on = line ~ /\\$/
	next
}
# A function, up to the brace at the beginning of a line.
line ~ /^(SKEP_INLINE_|static) .*[a-z_0-9]\(/ {
	name = line
	sub(/\(.*/, "", name)
	sub(/.*[^A-Za-z0-9_]/, "", name)
	declare(name)
	in_function = 1
}
in_function {
	text[declared] = text[declared] " " line
	if (line ~ /^}/ || line ~ /;[ \t]*$/ && line ~ /^[A-Z]/)
		in_function = 0
	next
}
# Variables, maps and types: who includes the header has them.
line !~ /^[ \t]*#/ {
	words(line, names)
	for (name in names)
		in_programs[name] = 1
}

END {
	for (name in in_programs)
		use(name)
	for (first = 1; first <= last; first++) {
		words(text[queue[first]], names)
		for (name in names)
			use(name)
	}
	for (i = 1; i <= count; i++) {
		name = order[i]
		if (name !~ /^(skep|SKEP)_.*[^_]$/ || name in used || name in marker)
			continue
		print place[name] ": no program of the tests uses " name
	}
}
