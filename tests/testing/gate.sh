#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# `skep load --record` and `--gate`: what is written, what is let through, and what is not.
# shellcheck source=../cli/common.sh
. "$SKEP_SOURCE_DIR/tests/cli/common.sh"

require_root
cp "$SKEP_TEST_FILES"/*.o .
kernel=$(uname -r | sed 's/^\([0-9]*\.[0-9]*\).*/\1/')
machine=$(uname -m)

# loads STATUS ARGUMENT...: standard output to out, standard error to err.
loads()
{
	local status=$1 is=0

	shift
	timeout -k 5 60 "$skep" load "$@" > out 2> err || is=$?
	[[ $is -eq $status ]] || { echo "status $is, not $status: $*"; cat out err; return 1; }
}

# change PROGRAM COLUMN VALUE FILE: of costs.
change()
{
	awk -F'\t' -v OFS='\t' -v p="$1" -v c="$2" -v v="$3" '$2 == p { $c = v } { print }' costs > "$4"
}

every_program_has_a_line()
{
	loads 0 inside.bpf.o packet.bpf.o --record costs
	[[ ! -s err ]]
	grep -v '^#' costs | cut -f1,2,3,4 > found
	for program in "inside.bpf.o on_call" "inside.bpf.o on_frame" "inside.bpf.o on_getpgid" \
		"inside.bpf.o on_skb" "inside.bpf.o on_udp" "packet.bpf.o on_call" \
		"packet.bpf.o on_getpgid" "packet.bpf.o on_packet"; do
		printf '%s\t%s\t%s\t%s\n' "${program% *}" "${program#* }" "$kernel" "$machine"
	done > wanted
	diff wanted found
	[[ $(grep -v '^#' costs | awk -F'\t' 'NF != 9 || $5 !~ /^(clang-[0-9]+|-)$/ || $6 < 2' | wc -l) -eq 0 ]]
	# What --stats tells is what is recorded.
	loads 0 inside.bpf.o --stats
	awk -F'\t' '$1 == "inside.bpf.o" { print $2, $6 }' costs | sort > recorded
	sed -n 's/^ok \([^ ]*\) .*: \([0-9]*\) insns/\1 \2/p' out | sort | diff recorded -
}

recording_twice_changes_nothing()
{
	cp costs before
	loads 0 inside.bpf.o packet.bpf.o --record costs
	cmp costs before
	loads 0 packet.bpf.o --record costs
	cmp costs before
	loads 0 inside.bpf.o --program on_udp --record costs
	cmp costs before
	loads 0 inside.bpf.o packet.bpf.o --record -
	cmp out costs
}

others_rows_stay()
{
	local now

	now=$(awk -F'\t' '$2 == "on_udp" { print $3 "\t" $4 "\t" $5 }' costs)
	{
		cat costs
		printf 'inside.bpf.o\ton_udp\t5.99\t%s\tclang-14\t1\t2\t3\t4\n' "$machine"
		printf 'inside.bpf.o\tgone\t%s\t1\t1\t1\t1\n' "$now"
		printf 'zebra.bpf.o\ton_udp\t6.1\tarm64\t-\t1\t2\t3\t4\n'
	} > mixed
	loads 0 inside.bpf.o packet.bpf.o --record mixed
	grep -v '^#' mixed > rows
	LC_ALL=C sort -c rows
	[[ $(wc -l < rows) -eq 10 ]]
	grep -q '^zebra' rows
	grep -q '	5\.99	.*	1	2	3	4$' rows
	lacks '	gone	' rows
}

the_same_passes()
{
	loads 0 inside.bpf.o packet.bpf.o --gate costs --growth 0
	grep -q '^gate: 8 programs, none grew by more than 0 %$' out
	[[ ! -s err ]]
}

growth_is_named()
{
	local insns

	insns=$(awk -F'\t' '$2 == "on_udp" { print $6 }' costs)
	change on_udp 6 $((insns - 10)) less
	loads 1 inside.bpf.o --gate less
	grep -qE "^grown on_udp of inside.bpf.o: insns $((insns - 10)) -> $insns \(\+[0-9.]+ %\)$" out
	[[ $(grep -c '^grown' out) -eq 1 ]]
	is_plain err
	grep -q '^skep load: 1 of 5 programs grew by more than 10 % since less was recorded$' err
	grep -q 'hint: .*--record' err
	loads 0 inside.bpf.o --gate less --growth 50%
	loads 1 inside.bpf.o --gate less --growth 5.5
	loads 0 inside.bpf.o --gate less --program on_frame
}

every_measure_counts()
{
	local column

	for column in 7 8 9; do
		change on_udp "$column" 1 less
		loads 1 inside.bpf.o --gate less --growth 300
		[[ $(grep -c '^grown on_udp' out) -eq 1 ]]
	done
	# From nothing to something is no percentage.
	change on_udp 9 0 less
	loads 1 inside.bpf.o --gate less
	grep -qE '^grown on_udp of inside.bpf.o: stack 0 -> [0-9]+$' out
	# What fell is fine.
	change on_udp 6 100000 less
	loads 0 inside.bpf.o --gate less
}

new_and_gone_are_notes()
{
	sed 's/	on_udp	/	was_udp	/' costs > renamed
	loads 0 inside.bpf.o --gate renamed
	grep -qx 'note: on_udp of inside.bpf.o is not recorded: it is new' out
	grep -qx 'note: was_udp of inside.bpf.o is recorded, and not there any more' out
	grep -q '^gate: 4 programs' out
}

others_are_not_compared()
{
	sed "s/	$kernel	/	4.4	/" costs > other
	loads 1 inside.bpf.o --gate other
	grep -qx "note: on_udp of inside.bpf.o is not recorded for Linux $kernel, but for 4.4" out
	is_plain err
	grep -q "^skep load: nothing of other is of this kernel and compiler (Linux $kernel" err
	# What it prints can be put into the file: of a virtual machine there is no other way.
	sed '1,/^lines for other:$/d' out >> other
	loads 0 inside.bpf.o --gate other
	grep -q '^gate: 5 programs' out
	sed "s/	$machine	/	sparc	/" costs > other
	loads 1 inside.bpf.o --gate other
	grep -qx "note: on_udp of inside.bpf.o is not recorded for $machine, but for sparc" out
	sed -E 's/	(clang-[0-9]+|-)	/	clang-3	/' costs > other
	loads 1 inside.bpf.o --gate other
	grep -qE '^note: on_udp .* as compiled by (clang-[0-9]+|-), but by clang-3$' out
	grep '^#' costs > other
	loads 1 inside.bpf.o --gate other
	grep -qx 'note: on_udp of inside.bpf.o is not recorded: it is new' out
}

broken_files_are_named()
{
	local text

	for text in 'a' 'a	b	c	d	e	1	2	3' 'a	b	c	d	e	1	2	3	4	5' \
		'a	b	c	d	e	1	2	3	x' 'a	b	c	d	e	-1	2	3	4' \
		'a	b	c	d		1	2	3	4' 'a	b	c	d	e	1	2	3	' \
		'a	b	c	d	e	99999999999999999999	2	3	4' '<<<<<<< HEAD'; do
		printf '# head\n%s\n' "$text" > broken
		says 1 'skep load: broken:2: ' "$skep" load inside.bpf.o --gate broken
		says 1 'skep load: broken:2: ' "$skep" load inside.bpf.o --record broken
		[[ $(tail -n 1 broken) = "$text" ]]
	done
	{ cat costs; grep on_udp costs; } > twice
	says 1 "two lines for program 'on_udp'" "$skep" load inside.bpf.o --gate twice
	head -c 300 /dev/zero > zero
	says 1 'zero:1: it is no text' "$skep" load inside.bpf.o --gate zero
	sed 's/$/\r/' costs > dos
	loads 0 inside.bpf.o --gate dos
}

files_that_cannot_be_used()
{
	says 1 'there is no file nothing' "$skep" load inside.bpf.o --gate nothing
	says 1 'Is a directory' "$skep" load inside.bpf.o --gate .
	says 1 'cannot write' "$skep" load inside.bpf.o --record nowhere/costs
	mkdir -p twin
	cp inside.bpf.o twin
	loads 1 inside.bpf.o twin/inside.bpf.o --record twins
	grep -q 'two objects are named inside.bpf.o' err
	[[ ! -e twins ]]
}

what_is_refused_is_not_recorded()
{
	cp costs kept
	loads 1 packet.bpf.o many.bpf.o --record kept
	grep -q 'kept is left as it was' err
	cmp costs kept
	loads 0 many.bpf.o --program good_middle --record kept
	[[ $(grep -c '^many.bpf.o' kept) -eq 1 ]]
	loads 1 many.bpf.o --gate kept
	grep -q '^refused bad_null' out
}

wrong_options()
{
	local growth

	for growth in x -1 nan inf 1e9 '' '5%%'; do
		says 2 '--growth is a number' "$skep" load inside.bpf.o --gate costs --growth "$growth"
	done
	says 2 'give one of them' "$skep" load inside.bpf.o --gate costs --record costs
	says 2 '--growth belongs to --gate' "$skep" load inside.bpf.o --growth 5
	says 2 'is empty' "$skep" load inside.bpf.o --gate ''
	says 2 'is empty' "$skep" load inside.bpf.o --record ''
}

json_has_the_gate()
{
	change on_udp 6 1 less
	loads 1 inside.bpf.o --gate less --format json
	python3 - out <<- 'END'
		import json, sys
		gate = json.load(open(sys.argv[1]))["gate"]
		assert gate["compared"] == 5 and gate["growth_percent"] == 10, gate
		assert [g["program"] for g in gate["grown"]] == ["on_udp"], gate
		assert gate["grown"][0]["before"] == 1 and gate["grown"][0]["measure"] == "insns", gate
		assert gate["not_recorded"] == [], gate
	END
}

claim "--record: a line for each program, with what --stats tells" every_program_has_a_line
claim "--record again, and of one object or program, changes nothing" recording_twice_changes_nothing
claim "--record keeps other kernels and objects, and drops what is gone" others_rows_stay
claim "--gate: what did not grow passes" the_same_passes
claim "--gate: growth is named, from what to what, and fails" growth_is_named
claim "--gate: states and stack count, also from nothing" every_measure_counts
claim "--gate: new and gone programs are notes" new_and_gone_are_notes
claim "--gate: other kernels, machines and compilers are not compared, and that fails" \
	others_are_not_compared
claim "a broken line is named with its number, and the file stays as it was" broken_files_are_named
claim "files that cannot be used: one line" files_that_cannot_be_used
claim "what is refused is not recorded" what_is_refused_is_not_recorded
claim "wrong options: one line, status 2" wrong_options
claim "JSON has what the gate found" json_has_the_gate
finish
