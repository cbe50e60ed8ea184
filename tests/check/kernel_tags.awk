# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Holds the @kernel{} tags of headers against since.tsv.
#
#	awk -f kernel_tags.awk since.tsv kernel_tags.tsv HEADERS
#
# BPF side: what a declaration needs is read from it: helpers and map types that its text names, and
# what other declarations that it uses need. A public one that needs something has a tag: its own, or its
# file's; the tag is that kernel. A newer one says why, after a comma or semicolon.
# User side: kernel_tags.tsv says which row of since.tsv a declaration's tag stands for.

function older(a, b,    x, y)
{
	split(a, x, ".")
	split(b, y, ".")
	return x[1] + 0 != y[1] + 0 ? x[1] + 0 < y[1] + 0 : x[2] + 0 < y[2] + 0
}

function wrong(at, why)
{
	print at ": " why
}

# The names in a text, as keys of `names`.
function words(text, names,    parts, n, i)
{
	split("", names)
	n = split(text, parts, /[^A-Za-z0-9_]+/)
	for (i = 1; i <= n; i++)
		names[parts[i]] = 1
}

# What was read up to here is one declaration, with its comment.
function close_declaration(    name, plain)
{
	if (declared == "" && comment == "")
		return
	plain = declared
	gsub(/SEC *\("[^"]*"\)/, "", plain)
	if (match(plain, /#define [A-Za-z_0-9]+/))
		name = substr(plain, RSTART + 8, RLENGTH - 8)
	else if (match(plain, /[A-Za-z_][A-Za-z_0-9]* *\(/)) {
		# The first name before a parenthesis that is no attribute.
		gsub(/__attribute__ *\(\([^)]*\)*\)*/, "", plain)
		match(plain, /[A-Za-z_][A-Za-z_0-9]* *\(/)
		name = substr(plain, RSTART, RLENGTH)
		sub(/ *\($/, "", name)
	} else if (match(plain, /struct [A-Za-z_0-9]+/))
		name = substr(plain, RSTART + 7, RLENGTH - 7)
	if (comment ~ /@file/)
		file_tag[FILENAME_] = tag
	else if (name != "") {
		key = FILENAME_ " " name
		order[++count] = key
		name_of[key] = name
		place[key] = FILENAME_ ":" start
		tag_of[key] = tag
		why_of[key] = why
		text_of[key] = declared
		bpf[key] = FILENAME_ ~ /^bpf-headers\//
		has_comment[key] = comment != ""
	} else if (tag != "")
		wrong(FILENAME_ ":" start, "a @kernel{} tag that belongs to no declaration")
	comment = declared = tag = why = ""
}

function read_tag(line,    text)
{
	if (!match(line, /@kernel\{[^}]*/))
		return
	text = substr(line, RSTART + 8, RLENGTH - 8)
	tag = text
	sub(/[,:; ].*/, "", tag)
	why = text ~ /[,;]/ ? text : ""
	if (tag !~ /^([2-9]\.[0-9]+|any)$/)
		wrong(FILENAME ":" FNR, "@kernel{" text "} does not begin with a version as 5.8, or `any`")
}

BEGIN { FS = "\t" }
FILENAME ~ /since\.tsv$/ {
	if ($0 !~ /^#/)
		since[$2] = $4
	next
}
FILENAME ~ /kernel_tags\.tsv$/ {
	if ($0 !~ /^#/ && NF) {
		stands_for[$1] = $2
		at_row[$1] = FILENAME ":" FNR
	}
	next
}

FNR == 1 { close_declaration(); FILENAME_ = FILENAME; in_doc = in_body = 0 }
# What stands between braces at the beginning of a line belongs to what stands above.
/^\{/ { in_body = 1 }
in_body {
	declared = declared " " $0
	if (/^\}/)
		in_body = 0
	next
}
!in_doc && (/^\/\*/ || /^$/) { close_declaration() }
/^\/\*/ { in_doc = 1; start = FNR }
in_doc {
	comment = comment " " $0
	read_tag($0)
	if ($0 ~ /\*\//)
		in_doc = 0
	next
}
/^#(if|endif|else|ifdef|ifndef|include|error|undef)/ { close_declaration(); next }
{
	if (declared == "" && comment == "")
		start = FNR
	declared = declared " " $0
}

# What a declaration needs: the newest of what it names.
function need_of(key,    names, word, need)
{
	words(text_of[key], names)
	need = ""
	for (word in names) {
		if (word in alias)
			word = alias[word]
		if (word in since && (need == "" || older(need, since[word])))
			need = since[word]
		if (word in need_by_name && word != name_of[key] && need_by_name[word] != "" &&
		    (need == "" || older(need, need_by_name[word])))
			need = need_by_name[word]
	}
	return need
}

function check_bpf(key,    said, need)
{
	need = need_by_name[name_of[key]]
	said = tag_of[key]
	if (said == "")
		said = file_tag[substr(key, 1, index(key, " ") - 1)]
	if (name_of[key] ~ /_$/ || !has_comment[key] || need == "")
		return
	if (said == "")
		wrong(place[key], name_of[key] " needs @kernel{" need "}")
	else if (older(said, need))
		wrong(place[key], name_of[key] " says @kernel{" said "}, and since.tsv " need)
	else if (tag_of[key] != "" && older(need, said) && why_of[key] == "")
		wrong(place[key], name_of[key] " says @kernel{" said "}, and since.tsv " need \
		      ": say after a comma what else it needs")
}

function check_user(key,    row)
{
	if (tag_of[key] == "" || tag_of[key] == "any")
		return
	if (!(name_of[key] in stands_for)) {
		wrong(place[key], name_of[key] ": add to tests/check/kernel_tags.tsv what @kernel{" \
		      tag_of[key] "} stands for")
		return
	}
	seen[name_of[key]] = 1
	row = stands_for[name_of[key]]
	if (row ~ /^-/)
		return
	if (!(row in since))
		wrong(at_row[name_of[key]], "since.tsv has no " row)
	else if (since[row] != tag_of[key])
		wrong(place[key], name_of[key] " says @kernel{" tag_of[key] "}, and since.tsv " \
		      since[row] " for " row)
}

END {
	close_declaration()
	alias["BPF_CORE_READ"] = alias["BPF_CORE_READ_INTO"] = "bpf_probe_read_kernel"
	alias["BPF_CORE_READ_STR_INTO"] = "bpf_probe_read_kernel_str"
	alias["bpf_core_read"] = "bpf_probe_read_kernel"
	do {
		changed = 0
		for (i = 1; i <= count; i++) {
			if (!bpf[order[i]])
				continue
			need = need_of(order[i])
			if (need != need_by_name[name_of[order[i]]]) {
				need_by_name[name_of[order[i]]] = need
				changed = 1
			}
		}
	} while (changed && ++rounds < 50)
	for (i = 1; i <= count; i++) {
		if (bpf[order[i]])
			check_bpf(order[i])
		else
			check_user(order[i])
	}
	for (name in stands_for)
		if (!(name in seen))
			wrong(at_row[name], name " has no @kernel{} tag any more")
}
