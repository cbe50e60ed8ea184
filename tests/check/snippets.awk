# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Cuts the code blocks out of guides (```c, ```cpp, ```sh) and of the stories in headers (@code{.c}).
# Block N becomes DIR/N.c, .cpp or .sh, with #line, and a line of DIR/list:
#
#	N<tab>c|cpp|sh<tab>user|bpf<tab>FILE:LINE<tab>name of the file that it is, or ""<tab>mark
#
#	awk -v dir=DIR -f snippets.awk FILES
#
# Blocks of C are whole files, or what stands inside a function; see docs/guides/testing-skep.md. A
# line at the left margin decides where it and the lines indented below it go: declarations to file
# scope, all else into a function.

function begin(language, words)
{
	inside = 1
	lang = language
	start = FNR
	count = 0
	side = FILENAME ~ /^bpf-headers\// || words ~ /bpf/ ? "bpf" : lang == "cpp" ? "cpp" : "user"
}

function is_declaration(line, next_line)
{
	if (line ~ /^(#|typedef |static |extern |const volatile |SEC\()/)
		return 1
	if (line ~ /^(struct|union|enum) [A-Za-z_0-9]+ \{/)
		return 1
	if (line ~ /^[A-Z][A-Z0-9_]+\(/ && line !~ /^SKEP_AUTO/)
		return 1
	if (line ~ /^(namespace|template|using|class) /)
		return 1
	return line ~ /^[a-z].*\)$/ && next_line == "{"
}

function write_shell(    i)
{
	for (i = 1; i <= count; i++)
		print text[i] > (dir "/" number ".sh")
	close(dir "/" number ".sh")
}

function write_c(    i, out, has_include, has_body, at)
{
	out = dir "/" number "." lang
	has_include = has_body = 0
	split("", body)
	at = 0
	for (i = 1; i <= count; i++) {
		if (text[i] ~ /^[ \t]*# *include/)
			has_include = 1
		if (text[i] ~ /<skep\/bpf\/|^SEC\(/)
			side = "bpf"
		if (text[i] ~ /^[^ \t{}]/)
			at = !is_declaration(text[i], text[i + 1])
		body[i] = at
		has_body = has_body || (at && text[i] ~ /[^ \t]/ && text[i] !~ /^\/[*\/]/)
	}
	if (!has_include)
		printf "#include \"%s.h\"\n", side > out
	if (!has_include && lang == "c" && match(FILENAME, /^sdk\/include\//))
		printf "#include <%s>\n", substr(FILENAME, RLENGTH + 1) > out
	printf "#line %d \"%s\"\n", start + 1, FILENAME > out
	for (i = 1; i <= count; i++)
		print (has_body && body[i] ? "" : text[i]) > out
	if (has_body) {
		print (side == "bpf" ? "SEC(\"raw_tp/sched_process_exec\") int" : "int") \
			" fragment(void *ctx);" > out
		print (side == "bpf" ? "SEC(\"raw_tp/sched_process_exec\") int" : "int") \
			" fragment(void *ctx) { (void)ctx;" > out
		printf "#line %d \"%s\"\n", start + 1, FILENAME > out
		for (i = 1; i <= count; i++)
			print (body[i] ? text[i] : "") > out
		print "return 0; }" > out
	}
	close(out)
}

function finish(    name)
{
	inside = 0
	number++
	name = ""
	if (match(text[1], /^\/\* [A-Za-z0-9_.-]+\.[ch] \*\//)) {
		name = text[1]
		sub(/^\/\* /, "", name)
		sub(/ \*\/.*/, "", name)
	}
	if (lang != "sh")
		write_c()
	else
		write_shell()
	printf "%d\t%s\t%s\t%s:%d\t%s\t%s\n", number, lang, side, FILENAME, start, name == "" ? "-" : name,
		mark == "" ? "-" : mark > (dir "/list")
	mark = ""
}

FNR == 1 { inside = 0; mark = "" }

# A mark for the block that follows: <!-- run -->, <!-- not compiled: why -->
!inside && /^<!-- .* -->$/ {
	mark = $0
	gsub(/^<!-- | -->$/, "", mark)
	next
}
!inside && /^```(c|cpp|sh)( |$)/ {
	begin(substr($1, 4), $0)
	next
}
inside && /^```$/ { finish(); next }
!inside && /^ \* @code\{\.(c|cpp)\}/ {
	begin($0 ~ /cpp/ ? "cpp" : "c", "")
	next
}
inside && /^ \* @endcode/ { finish(); next }
inside {
	line = $0
	if (FILENAME ~ /\.h(pp)?$/)
		sub(/^ \* ?/, "", line)
	text[++count] = line
	next
}
/[^ ]/ { mark = "" }
