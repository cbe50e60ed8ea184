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

output_goes_to_a_file()
{
	"$skep" explain "$refused" > wanted || true
	says_nothing 1 "$skep" explain --output there.txt "$refused"
	cmp there.txt wanted
	{ "$skep" explain --output - "$refused" || true; } | cmp - wanted
	says_nothing 1 "$skep" explain -f html --output there.html "$refused"
	grep -qi '<!doctype html' there.html
	says_nothing 0 "$skep" explain --output there.page SKEP-V012
	grep -q '^SKEP-V012' there.page
	says_nothing 0 "$skep" explain --output there.list --list
	grep -q '^SKEP-V001' there.list
	ln -s there.txt link
	says_nothing 1 "$skep" explain --output link "$refused"
	[[ -L link ]]
	says 1 'cannot write nowhere/x: No such file' "$skep" explain --output nowhere/x "$refused"
	says 1 'cannot write /: Is a directory' "$skep" explain --output / "$refused"
	says 1 'cannot write to /dev/full: No space' "$skep" explain --output /dev/full "$refused"
}

# says_nothing STATUS COMMAND...
says_nothing()
{
	local status=$1 is=0

	shift
	"$@" > said 2>&1 || is=$?
	[[ $is -eq $status && ! -s said ]] || { echo "status $is: $*"; cat said; return 1; }
}

odd_command_lines_are_one_line()
{
	says 2 'directory nowhere: No such file' "$skep" explain -C nowhere "$refused"
	says 2 'it is not a folder' "$skep" explain -C "$refused" "$refused"
	says 2 'name of the log is empty' "$skep" explain ''
	says 2 'one log, one code or one command' "$skep" explain "$refused" "$refused"
	says 2 'list goes without|one log' "$skep" explain --list "$refused"
	says 1 "no verifier.s log" "$skep" explain "$SKEP_SOURCE_DIR/tests/corpus/programs/null_lookup.bpf.c"
	grep -q "hint: .skep load. loads" says.err
	says 1 'cannot read the object nowhere.o' "$skep" explain -o nowhere.o "$refused"
	for form in text json sarif html github; do
		"$skep" explain -f "$form" "$refused" > /dev/full 2> err && return 1
		grep -q 'cannot write to standard output: No space left' err
		[[ $(wc -l < err) -eq 1 ]]
	done
}

# What aya prints, by anyhow, by unwrap(), and by main(): its log is not escaped, and is there twice.
aya_says_the_same()
{
	local first='Verifier output: '

	"$skep" explain "$refused" > plain || true
	{
		printf 'Error: the BPF_PROG_LOAD syscall failed. %s' "$first"
		cat "$refused"
		printf '\n\nCaused by:\n    0: the BPF_PROG_LOAD syscall failed. %s' "$first"
		sed '2,$s/^/       /' "$refused"
		printf '       \n    1: Permission denied (os error 13)\n'
	} | "$skep" explain - > as_anyhow || true
	{
		printf 'called `Result::unwrap()` on an `Err` value: LoadError { io_error: Os { code: 13, '
		printf 'kind: PermissionDenied, message: "Permission denied" }, verifier_log: '
		cat "$refused"
		printf ' }\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n'
	} | "$skep" explain - > as_unwrap || true
	{
		printf 'Error: ProgramError(\n    LoadError {\n        io_error: Os {\n            code: 13,\n'
		printf '        },\n        verifier_log: '
		sed '2,$s/^/        /' "$refused"
		printf '        ,\n    },\n)\n'
	} | "$skep" explain - > as_debug || true
	cmp plain as_anyhow
	cmp plain as_unwrap
	cmp plain as_debug
}

# BCC's libbcc writes the log as it is, a hint, and Python its traceback.
bcc_says_the_same()
{
	{
		printf 'bpf: Failed to load program: Permission denied\n'
		cat "$refused"
		printf "\nHINT: The 'map_value_or_null' error can happen if you dereference a pointer.\n\n"
		printf 'Traceback (most recent call last):\n  File "tool.py", line 9, in <module>\n'
		printf '    b.attach_kprobe(event="do_exit", fn_name="on_exec")\n'
		printf "Exception: Failed to load BPF program b'on_exec': Permission denied\n"
	} | "$skep" explain - > as_bcc || true
	cmp plain as_bcc
	# Before 4.15 kernels wrote no last line.
	printf '%s\n' 'bpf: Permission denied' '0: (b7) r1 = 4660' '1: (63) *(u32 *)(r1 +0) = r1' \
		"R1 invalid mem access 'inv'" '' "HINT: The invalid mem access 'inv' error can happen" \
		> old.log
	"$skep" explain old.log > out || true
	grep -q '^error\[SKEP-V010\]' out
	[[ $(grep -c '^error' out) -eq 1 ]]
}

# At level 2 Linux 7.3 lists the program twice before it walks it; and what is found when all was
# walked is about the instruction that it names, not about the last one.
listings_and_what_is_found_behind_the_walk()
{
	cat > level2.log <<- 'END'
		func#0 @0
		func#1 @5
		subprog#0: analyzing (depth 0)...
		subprog#0 check:
		  0: (61) r1 = *(u32 *)(r1 +0)
		  1: (a6) if w1 < 0x2329 goto pc+1
		  2: (85) call pc+2
		  3: (b4) w0 = 0
		  4: (95) exit
		stack use/def subprog#1 on_failure (d0,cs5):
		  5: (b4) w0 = 0
		  6: (95) exit
		Live regs before insn:
		      0: .12345.... (61) r1 = *(u32 *)(r1 +0)              ; zext
		      2: .12345.... (85) call pc+2
		0: R1=ctx() R10=fp0
		; if (skb->len > 9000) @ x.bpf.c:22
		0: (61) r1 = *(u32 *)(r1 +0)          ; R1=scalar(smin=0,smax=umax=0xffffffff)
		1: (a6) if w1 < 0x2329 goto pc+1      ; R1=scalar(umin=9001,umax=0xffffffff)
		; return on_failure(skb->len); @ x.bpf.c:23
		2: (85) call pc+2
		Func#1 ('on_failure') is global and assumed valid.
		3:
		; return 0; @ x.bpf.c:26
		3: (b4) w0 = 0                        ; R0=0
		4: (95) exit
		Validating on_failure() func#1...
		5: R1=scalar() R10=fp0
		; return 1; @ x.bpf.c:16
		5: (b4) w0 = 0                        ; R0=0
		6: (95) exit
		Func#1 ('on_failure') is safe for any args that match its prototype
		insn 2 cannot call exception cb directlyprocessed 7 insns (limit 1000000) max_states_per_insn 0 total_states 1 peak_states 1 mark_read 0
	END
	"$skep" explain level2.log > out || true
	grep -q '^error\[SKEP-V606\]' out
	grep -qE '^ *--> x.bpf.c:23, instruction 2' out
	grep -q 'return on_failure(skb->len);' out
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
claim "--output: a file, whatever is written" output_goes_to_a_file
claim "odd command lines, full disks: one line" odd_command_lines_are_one_line
claim "aya's errors, in the shapes that it prints" aya_says_the_same
claim "BCC's and its Python" bcc_says_the_same
claim "level 2 of Linux 7.3, and what is found behind the walk" \
	listings_and_what_is_found_behind_the_walk
claim "a code prints its page, as text and as JSON" pages_of_the_catalogue
finish
