#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# `skep explain`: exit codes, both formats, and what is no log: one clear line each.
# shellcheck source=../cli/common.sh
. "$SKEP_SOURCE_DIR/tests/cli/common.sh"

logs=$SKEP_SOURCE_DIR/tests/corpus/logs/6.12
refused=$logs/null_lookup.log

explains_a_file_and_standard_input()
{
	local is=0

	"$skep" explain "$refused" > out || is=$?
	[[ $is -eq 1 ]]
	grep -q '^error\[SKEP-V001\]: `c` may be NULL here' out
	grep -q 'bpf_map_lookup_elem() returns NULL when the key is absent' out
	grep -q 'if (!c)' out
	is=0
	"$skep" explain - < "$refused" > again || is=$?
	[[ $is -eq 1 ]]
	cmp out again
	lacks $'\033' out
}

json_is_the_contract()
{
	local is=0

	"$skep" explain --format json "$refused" > out.json || is=$?
	[[ $is -eq 1 ]]
	grep -q '"verdict": "rejected"' out.json
	grep -q '"confidence": "exact"' out.json
	grep -q '"line": 25' out.json
	is=0
	echo nothing | "$skep" explain --format json - > none.json 2> err || is=$?
	[[ $is -eq 1 ]]
	grep -q '"verdict": "unknown"' none.json
}

wrapped_logs_say_the_same()
{
	"$skep" explain "$refused" > plain || true
	sed 's/^/libbpf: /; s/$/\r/' "$refused" | "$skep" explain - > as_libbpf || true
	sed 's/^/[   12.345678] /' "$refused" | "$skep" explain - > as_dmesg || true
	sed 's/^/May  1 10:20:30 host tool[12]: /' "$refused" | "$skep" explain - > as_journal || true
	sed 's/^/\t/' "$refused" | "$skep" explain - > as_tabs || true
	sed 's/\\/&&/g; s/"/\\"/g; s/\t/\\t/g; s/$/\\n/' "$refused" | tr -d '\n' |
		"$skep" explain - > as_json || true
	cmp plain as_json
	cmp plain as_libbpf
	cmp plain as_dmesg
	cmp plain as_journal
	cmp plain as_tabs
}

what_is_no_log_is_one_line()
{
	: > empty
	head -c 100000 /dev/urandom > binary
	# 256 MB that look like text.
	yes 'neither here nor there' | head -c 268435456 > garbage || true
	says 1 'empty is empty' "$skep" explain empty
	says 1 'binary is binary, not a log' "$skep" explain binary
	says 1 'is a directory, not a log' "$skep" explain /
	says 1 'No such file' "$skep" explain nothing
	says 1 "no verifier's log in it" "$skep" explain garbage
	says 1 'Bad file descriptor' sh -c "'$skep' explain - <&-"
	says 2 'which log' "$skep" explain
	says 2 'there is no code' "$skep" explain SKEP-V998
	rm garbage
}

pages_of_the_catalogue()
{
	"$skep" explain SKEP-V012 > page
	grep -q '^SKEP-V012  user-memory' page
	"$skep" explain v012 | cmp page -
	"$skep" explain --format json SKEP-V012 > page.json
	grep -q '"code": "SKEP-V012"' page.json
}

claim "a file and standard input: the refusal as text, status 1" explains_a_file_and_standard_input
claim "JSON has what the contract says" json_is_the_contract
claim "what libbpf, dmesg, the journal and tabs put around a log changes nothing" \
	wrapped_logs_say_the_same
claim "nothing, rubbish, a folder, 256 MB of text, a closed pipe: one line, status 1" \
	what_is_no_log_is_one_line
claim "a code prints its page, as text and as JSON" pages_of_the_catalogue
finish
