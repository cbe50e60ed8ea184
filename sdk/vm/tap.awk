# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Reads what one test printed (TAP, with the quirks of cmocka 1.1) and how it ended; prints one row
# for each case: test, case, kernel, pass|fail|skip, reason; separated by tabs.
#
#	awk -v id=kernel/map -v kernel=6.1 -v rc=0 -v ms=800 -v limit=120 [-v lost="why"] [-v plain=1] \
#	    [-v filtered=1] [-v source=/path/to/source/] -f tap.awk LOG
#
# lost: the machine ended before the test did. plain: the test may print no TAP at all, its exit
# status is its result. filtered: no case at all is fine.

function clean(text)
{
	gsub(/[\t\r\033]/, " ", text)
	sub(/^ +/, "", text)
	sub(/ +$/, "", text)
	return length(text) > 300 ? substr(text, 1, 297) "..." : text
}

function row(name, status, reason)
{
	printf "%s\t%s\t%s\t%s\t%s\n", id, clean(name), kernel, status, clean(reason)
	rows++
	if (status == "fail")
		failed++
}

# A failure is held back until the lines that explain it have come.
function flush()
{
	if (held != "")
		row(held, "fail", errors == "" ? "failed, without a message" : errors)
	held = ""
	errors = ""
}

function add_error(text,    at)
{
	if (source != "" && (at = index(text, source)))
		text = substr(text, 1, at - 1) substr(text, at + length(source))
	sub(/: error: Failure!$/, "", text)
	errors = errors == "" ? text : errors "; " text
}

# One result line; `rest` is what follows its number.
function result(ok, rest,    at)
{
	if (ok || held != "")
		flush()
	started = ""
	if (rest ~ /^# SKIP /) {
		# cmocka: "not ok 3 # SKIP name", the reason on a line of ours before it.
		errors = ""
		row(substr(rest, 8), "skip", skip == "" ? "no reason given" : skip)
		skip = ""
		return
	}
	sub(/^- /, "", rest)
	at = match(rest, / # (SKIP|skip)/)
	if (at) {
		errors = ""
		row(substr(rest, 1, at - 1), "skip", substr(rest, at + 7))
	} else if (ok) {
		errors = ""
		row(rest, "pass", "")
	} else if ((at = index(rest, " Could not run test: "))) {
		held = substr(rest, 1, at - 1)
		add_error(substr(rest, at + 21))
	} else {
		held = rest
	}
}

function how_it_ended()
{
	# 124 is timeout's own word, 137 that it had to kill; a test may also exit so by itself.
	if ((rc == 124 || rc == 137) && ms >= limit * 1000)
		return "timed out after " limit " s"
	if (rc > 128)
		return "died of signal " (rc - 128)
	return "exit status " rc
}

{ sub(/\r$/, "") }

/^# start: / { flush(); started = substr($0, 10); skip = ""; next }
/^# skip: / { skip = substr($0, 9); next }
/^1\.\.[0-9]+/ { planned = substr($1, 4) + 0; next }
/^# (not )?ok - / { next }

# Of the harness, after the test.
/^# left behind: / {
	left = left (left == "" ? "" : "; ") substr($0, 16)
	next
}

# cmocka's line may follow what the case printed without a newline.
match($0, /(not )?ok [0-9]+ (- |# SKIP )/) || /^(not )?ok [0-9]+/ {
	if (RSTART == 0)
		match($0, /^(not )?ok [0-9]+/)
	line = substr($0, RSTART)
	good = line !~ /^not /
	sub(/^(not )?ok [0-9]+ */, "", line)
	result(good, line)
	next
}

/^ERROR: / { add_error(substr($0, 8)); next }
held != "" && /^# / { add_error(substr($0, 3)); next }
NF { last = $0 }

END {
	flush()
	name = started == "" ? "-" : started
	if (lost != "")
		row(name, "fail", lost)
	else if (rc == 77 && !rows)
		row("-", "skip", skip != "" ? skip : last)
	else if (rc == 77 && !failed)
		;
	else if (rc == 0 && plain && !rows)
		row("-", "pass", "")
	else if (rc != 0 && !failed)
		row(name, "fail", how_it_ended() (last == "" ? "" : ": " last))
	else if (rc > 1 && started != "")
		row(name, "fail", how_it_ended())
	else if (rc == 0 && !rows && !filtered)
		row("-", "fail", "ran no case")
	else if (rc == 0 && planned > rows)
		row(name, "fail", "planned " planned " cases, ran " rows)
	if (left != "")
		row("leaves_nothing_behind", "fail", left)
}
