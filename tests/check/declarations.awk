# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Reads what `clang -E -dD` made of a header and prints what that header itself declares:
#
#	HEADER<tab>NAME<tab>declaration on one line, without the bodies of inline functions
#
#	clang -E -dD ... | awk -v under=/path/include/ -f declarations.awk
#
# HEADER is relative to `under`. With `public`, what is internal is left out: names that end in "_",
# and how headers tell the sides apart. Without, enumerators are named too.

function trim(text)
{
	gsub(/[ \t]+/, " ", text)
	gsub(/^ | $/, "", text)
	return text
}

function row(name, text)
{
	if (public && name ~ /(_|_freep|___skep|^SKEP_(USER|BPF)_SIDE)$/)
		return
	printf "%s\t%s\t%s\n", header, name, trim(text)
}

# Removes `__attribute__((...))` and the like; what must be looked at stays visible.
function without_attributes(text,    at, end, depth, c, what)
{
	while ((at = match(text, /(__attribute__|__asm__|asm) *\(/))) {
		depth = 0
		for (end = at + RLENGTH - 1; end <= length(text); end++) {
			c = substr(text, end, 1)
			depth += (c == "(") - (c == ")")
			if (!depth)
				break
		}
		what = substr(text, at, end - at + 1)
		what = what ~ /warn_unused_result/ ? "[must use] " : ""
		text = what substr(text, 1, at - 1) substr(text, end + 1)
	}
	return text
}

function name_of_macro(line)
{
	sub(/^#define +/, "", line)
	sub(/[ (].*/, "", line)
	return line
}

# An object-like macro is its value; of a function-like one only the parameters are a promise.
function macro(line,    name, text)
{
	name = name_of_macro(line)
	if (substr(line, length("#define " name) + 1, 1) == "(") {
		match(line, /\([^)]*\)/)
		text = "#define " name substr(line, RSTART, RLENGTH)
	} else {
		text = line
	}
	if (public && trim(text) == "#define " name)
		return
	row(name, text)
}

# A whole declaration, at depth 0.
function declaration(text, body,    plain, name, head, parts, n, i)
{
	text = trim(without_attributes(text))
	if (text == "" || text ~ /^extern "C" *\{?$/ || text ~ /^\}? *;?$/ || text ~ /_Static_assert/)
		return
	sub(/ *;$/, "", text)
	plain = text
	gsub(/\[must use\] */, "", plain)
	if (plain ~ /^(struct|union|enum) [A-Za-z_0-9]+$/) {
		n = split(plain, parts, " ")
		if (!public)
			row(parts[n], text)
		return
	}
	if (plain ~ /^typedef /) {
		if (match(plain, /\(\*[A-Za-z_0-9]+\)/))
			name = substr(plain, RSTART + 2, RLENGTH - 3)
		else {
			n = split(plain, parts, /[^A-Za-z_0-9]+/)
			name = parts[n]
		}
		row(name, text)
		return
	}
	if (plain ~ /^(struct|union|enum) ?[A-Za-z_0-9]* ?\{/) {
		name = plain
		sub(/^(struct|union|enum) /, "", name)
		sub(/ ?\{.*/, "", name)
		row(name == "" ? "(no name)" : name, text)
		if (plain ~ /^enum/) {
			head = plain
			sub(/^[^{]*\{/, "", head)
			sub(/\}.*/, "", head)
			n = split(head, parts, ",")
			for (i = 1; i <= n && !public; i++) {
				sub(/=.*/, "", parts[i])
				if (trim(parts[i]) != "")
					row(trim(parts[i]), "enumerator " trim(parts[i]))
			}
		}
		return
	}
	# A function or a variable: its name stands before the first parenthesis, or last.
	head = plain
	sub(/ *=.*/, "", head)
	if (index(head, "("))
		sub(/ *\(.*/, "", head)
	sub(/ *\[.*/, "", head)
	n = split(head, parts, /[^A-Za-z_0-9]+/)
	row(parts[n], text)
}

/^# [0-9]+ "/ {
	file = $0
	sub(/^# [0-9]+ "/, "", file)
	sub(/".*/, "", file)
	mine = index(file, under) == 1
	header = mine ? substr(file, length(under) + 1) : ""
	next
}
!mine { next }
/^#define / { macro($0); next }
/^#/ { next }

{
	line = $0
	for (at = 1; at <= length(line); at++) {
		c = substr(line, at, 1)
		if (c == "{") {
			depth++
			# extern "C" is no block; and the body of a function is nobody's business.
			if (depth == 1 && statement ~ /extern "C" *$/) {
				depth = 0
				statement = ""
				continue
			}
			if (depth == 1 && statement ~ /\) *$/)
				in_body = 1
		}
		if (!in_body)
			statement = statement c
		if (c == "}") {
			depth--
			if (depth < 0) {
				depth = 0
				statement = ""
			}
			if (depth == 0 && in_body) {
				in_body = 0
				declaration(statement)
				statement = ""
			}
		}
		if (c == ";" && depth == 0) {
			declaration(statement)
			statement = ""
		}
	}
	if (statement != "")
		statement = statement " "
}
