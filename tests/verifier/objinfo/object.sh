#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# `skep explain -o`: lines for logs that have none, and one line of complaint for a wrong object.
# shellcheck source=../../cli/common.sh
. "$SKEP_SOURCE_DIR/tests/cli/common.sh"

logs=$SKEP_SOURCE_DIR/tests/corpus/logs
programs=$SKEP_SOURCE_DIR/tests/corpus/programs
compiled=$SKEP_BUILD_DIR/tests/corpus/objects/programs

# bare LOG: without the lines of source.
bare()
{
	grep -v '^;' "$1" || true
}

# places: the places of the diagnostics in JSON on standard input.
places()
{
	sed '/"costs":/,$d' | grep -E '^ *"(file|line|text)":' || true
}

a_log_of_6_1_gets_file_and_line()
{
	local is=0

	"$skep" explain -C "$programs" -o "$compiled/null_lookup.o" "$logs/6.1/null_lookup.log" > out ||
		is=$?
	[[ $is -eq 1 ]]
	grep -qE '^  --> null_lookup\.bpf\.c:25:[0-9]+, instruction 8' out
	"$skep" explain "$logs/6.1/null_lookup.log" > without || true
	lacks 'null_lookup\.bpf\.c:25' without
}

a_log_without_source_gets_the_same_lines()
{
	local log name count=0

	for log in "$logs"/*/*.log; do
		name=$(basename "$log" .log)
		grep -q '^[0-9]*: (' "$log" || continue
		"$skep" explain -f json -C "$programs" -o "$compiled/$name.o" "$log" > full.json 2> err ||
			true
		[[ ! -s err ]] || { cat err; continue; }
		bare "$log" > bare.log
		"$skep" explain -f json -C "$programs" -o "$compiled/$name.o" bare.log > bare.json || true
		places < full.json > full.places
		places < bare.json > bare.places
		diff -u full.places bare.places || { echo "$log"; return 1; }
		count=$((count + 1))
	done
	echo "# $count logs"
	[[ $count -ge 300 ]]
}

# A log recorded with another compiler than ours is not of these objects: those are few.
nearly_all_logs_are_of_their_objects()
{
	local log name all=0 strange=0

	for log in "$logs"/6.1/*.log; do
		name=$(basename "$log" .log)
		grep -q '^[0-9]*: (' "$log" || continue
		all=$((all + 1))
		"$skep" explain -o "$compiled/$name.o" "$log" 2> err > out || true
		if grep -q 'does not belong' err; then
			echo "# $name"
			strange=$((strange + 1))
		fi
	done
	[[ $((strange * 50)) -le $all ]]
}

another_object_gives_no_lines()
{
	local is=0

	"$skep" explain -f json -o "$compiled/null_member.o" "$logs/6.1/null_lookup.log" > out.json \
		2> err || is=$?
	[[ $is -eq 1 ]]
	[[ $(wc -l < err) -eq 1 ]]
	grep -q '^skep explain: note: .*null_member\.o does not belong to this log' err
	lacks 'null_member\.bpf\.c' out.json
	lacks 'null_lookup\.bpf\.c' out.json
}

what_is_no_object_is_one_line()
{
	local log=$logs/6.1/null_lookup.log

	echo 'int main(void);' > source.c
	says 1 'No such file' "$skep" explain -o nothing.o "$log"
	says 1 'is no BPF object: not an ELF file' "$skep" explain -o source.c "$log"
	says 1 'is no BPF object: for another machine' "$skep" explain -o "$skep" "$log"
	says 1 'is not a file' "$skep" explain -o / "$log"
}

# Compiled in a folder that is not here any more.
a_source_is_found_from_the_folder_on()
{
	local elsewhere=$work/elsewhere/src

	mkdir -p "$elsewhere" here/src
	cp "$programs/null_lookup.bpf.c" "$elsewhere"
	(cd "$elsewhere" && clang -g -O2 -target bpf -mcpu=v3 \
		-idirafter "/usr/include/$(gcc -print-multiarch)" -c null_lookup.bpf.c -o ../x.o)
	mv "$elsewhere/../x.o" .
	rm -r "$work/elsewhere"
	cp "$programs/null_lookup.bpf.c" here/src
	bare "$logs/6.1/null_lookup.log" > bare.log
	"$skep" explain -C here -o x.o bare.log > out || true
	grep -qE '^  --> src/null_lookup\.bpf\.c:25' out
	"$skep" explain -C / -o x.o bare.log > out || true
	grep -qE '^  --> .*elsewhere/src/null_lookup\.bpf\.c:25' out
}

claim "a log of 6.1 gets file and line" a_log_of_6_1_gets_file_and_line
claim "logs without source get the lines that they have with it" \
	a_log_without_source_gets_the_same_lines
claim "nearly all logs are seen to be of their objects" nearly_all_logs_are_of_their_objects
claim "another object gives no lines, and that is said" another_object_gives_no_lines
claim "what is no object is one line, status 1" what_is_no_object_is_one_line
claim "a source is found below the folder that is given" a_source_is_found_from_the_folder_on
finish
