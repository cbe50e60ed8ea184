# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#	awk -f bench-table.awk OUTPUT PAGE: the page, with its tables anew. See docs/bench-table.

# Numbers of a line, in their order.
function numbers_of(line,    n)
{
	split("", number)
	while (match(line, /[0-9]+(\.[0-9]+)?/)) {
		number[++n] = substr(line, RSTART, RLENGTH)
		line = substr(line, RSTART + RLENGTH)
	}
}

function short(name)
{
	if (!(name in median))
		return ""
	return sprintf("%.2fx%s", median[name], verdict[name] == "met" ? "" : " (short)")
}

# A row of the table of rings: what, libbpf, skep, the measure's name.
function row(what, peer, ours, name)
{
	printf "| %s | %s | %s | %.2gx | %s |\n", what, peer, ours, asked[name], short(name)
}

function per_record(ns)
{
	return ns + 0 >= 1000 ? sprintf("%.1f us", ns / 1000) : sprintf("%.3g ns", ns)
}

function print_rings(    size)
{
	print "| measured on " machine " | libbpf | skep | asked | reached |"
	print "|---|---|---|---|---|"
	for (size = 8; size <= 256; size = size == 8 ? 64 : size * 4) {
		row("full ring of 64 MiB, a record of " size " bytes", per_record(peer[size]),
			per_record(ours[size]), "drain/" size "/libbpf")
		if (size > 8)
			row("... by handlers that read its first word alone", per_record(first_peer[size]),
				per_record(first_ours[size]), "drain/" size "/first")
		row("... beside summing the same memory", per_record(limit[size]) " (memory)",
			per_record(ours[size]), "drain/" size "/limit")
	}
	row("live, 64 bytes: records a second", rate["poll"] " M (poll)", rate["skep"] " M",
		"live/rate/poll")
	row("... beside what is written with nobody reading", rate["nobody"] " M (nobody)",
		rate["skep"] " M", "live/rate/limit")
	row("... beside `ring_buffer__consume()` with the same nap", rate["nap"] " M",
		rate["skep"] " M", "live/rate/nap")
	row("... its CPU, a record", per_record(reader["nap"]), per_record(reader["skep"]),
		"live/cpu/nap")
	row("100,000 a second: the reader's CPU", cpu["poll"] " %", cpu["balanced"] " %",
		"paced/cpu/balanced")
	row("... with `SKEP_WAKEUP_THROUGHPUT`", cpu["poll"] " %", cpu["throughput"] " %",
		"paced/cpu/throughput")
	row("... the writer's time, a record", per_record(call["poll"]), per_record(call["balanced"]),
		"paced/producer/balanced")
	row("... both busy: the writer's time", per_record(call["busy"]), per_record(call["latency"]),
		"paced/producer/latency")
	row("... both busy: late by, p99", late[99, "busy"] " us", late[99, "latency"] " us",
		"paced/p99/latency")
}

function print_paced(    i, key)
{
	print "On " machine ":"
	print ""
	print "| reader | its CPU | the producer pays, a record | late by p50 / p99 |"
	print "|---|---|---|---|"
	split("poll busy balanced throughput latency", keys, " ")
	for (i = 1; i <= 5; i++) {
		key = keys[i]
		printf "| %s | %s %% | %s | %s / %s us |\n", reads[key], cpu[key], per_record(call[key]),
			late[50, key], late[99, key]
	}
}

function print_curves(    i)
{
	print "On " machine ":"
	print ""
	print "| record, bytes | rings | full: libbpf / skep, ns a record | live: libbpf / skep, M a second |"
	print "|---|---|---|---|"
	for (i = 1; i <= curves; i++)
		print curve[i]
}

function print_adopt(    i)
{
	print "On " machine ":"
	print ""
	print "| | wake-ups a second that the traced process pays for | a system call of it | the tool's CPU | flat out: calls a second | of them dropped |"
	print "|---|---|---|---|---|---|"
	for (i = 1; i <= adopts; i++)
		print adopt[i]
}

function has(name)
{
	return name == "rings" ? "drain/8/libbpf" in median && "paced/cpu/balanced" in median \
		: name == "paced" ? "poll" in call : name == "curves" ? curves : name == "adopt" ? adopts : 0
}

BEGIN {
	reads["poll"] = "`ring_buffer__poll()` of libbpf"
	reads["busy"] = "`ring_buffer__consume()`, busy"
	reads["balanced"] = "skep, balanced"
	reads["throughput"] = "skep, throughput"
	reads["latency"] = "skep, latency"
}

# What was printed.
FNR == NR && /^# Linux/ {
	machine = substr($0, 3)
	sub(/-[^,]*/, "", machine)
	next
}
FNR == NR && /^[a-z]/ { median[$1] = $4; asked[$1] = $7; verdict[$1] = $8; next }
FNR == NR && /^# drain/ {
	numbers_of($0)
	limit[number[1]] = number[2]
	peer[number[1]] = number[3]
	ours[number[1]] = number[4]
	first_peer[number[1]] = number[6]
	first_ours[number[1]] = number[7]
	next
}
FNR == NR && /^# live/ {
	key = /nobody/ ? "nobody" : /poll/ ? "poll" : /nap/ ? "nap" : "skep"
	numbers_of($0)
	rate[key] = number[1]
	reader[key] = number[2]
	next
}
FNR == NR && /^# paced/ {
	key = /poll/ ? "poll" : /busy/ ? "busy" : /balanced/ ? "balanced" : /throughput/ ? "throughput" \
		: "latency"
	numbers_of($0)
	cpu[key] = number[1]
	call[key] = number[2]
	late[50, key] = number[4]
	late[99, key] = number[6]
	next
}
FNR == NR && /^# curve/ {
	numbers_of($0)
	curve[++curves] = sprintf("| %d | %d | %s / %s | %s / %s |", number[1], number[2], number[3],
		number[4], number[5], number[6])
	next
}
FNR == NR && /^# adopt/ {
	name = $0
	sub(/^# adopt /, "", name)
	sub(/ *:.*/, "", name)
	sub(/^[^:]*:/, "")
	numbers_of($0)
	adopt[++adopts] = sprintf("| %s | %d | %s | %s %% | %s M | %s %% |", name, number[1],
		per_record(number[3]), number[2], number[4], number[5])
	next
}
FNR == NR { next }

# The page.
/^<!-- bench end -->$/ { skip = 0 }
!skip
/^<!-- bench [a-z]+ -->$/ && $3 != "end" {
	skip = has($3)
	if ($3 == "rings" && skip)
		print_rings()
	if ($3 == "paced" && skip)
		print_paced()
	if ($3 == "curves" && skip)
		print_curves()
	if ($3 == "adopt" && skip)
		print_adopt()
}
