#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# `skep explain -- COMMAND`: tools of others, unmodified, with what the kernel refuses them.
# shellcheck source=../cli/common.sh
. "$SKEP_SOURCE_DIR/tests/cli/common.sh"

require_root
cp "$SKEP_TEST_FILES"/watch_* .

# refused NAME: the object of one of the corpus' programs.
refused()
{
	(cd "$SKEP_SOURCE_DIR/tests/corpus/programs" &&
		clang -g -O2 -target bpf -mcpu=v3 -idirafter "/usr/include/$(gcc -print-multiarch)" \
			-c "$1.bpf.c" -o "$work/$1.bpf.o")
}

# watched STATUS COMMAND...: ends with STATUS; what it wrote is in out and err.
watched()
{
	local status=$1 is=0

	shift
	timeout -k 5 60 "$skep" explain "$@" > out 2> err || is=$?
	[[ $is -eq $status ]] || { echo "status $is, not $status: $*"; cat out err; return 1; }
}

# shows CODE [TIMES]: the explanation was printed so often.
shows()
{
	local times

	times=$(grep -c "^error\[$1\]" err || true)
	[[ $times -eq ${2-1} ]] || { echo "$1 $times times"; cat err; return 1; }
}

is_silent()
{
	[[ ! -s err ]] || { cat err; return 1; }
}

tells_of_a_libbpf_tool()
{
	watched 1 -- ./watch_loader -q null_lookup.bpf.o
	shows SKEP-V001
	grep -q 'null_lookup.bpf.c:25' err
	grep -q 'program on_exec' err
	[[ $(cat out) = 'null_lookup.bpf.o: refused' ]]
	# With its own words around it.
	watched 1 -- ./watch_loader null_lookup.bpf.o
	shows SKEP-V001
}

tells_of_bpftool()
{
	watched 1 -- bpftool prog load null_lookup.bpf.o /sys/fs/bpf/skep_watch_test
	shows SKEP-V001
}

tells_of_bpftrace()
{
	watched 1 -- bpftrace -e 'BEGIN { $i = 0; while (1) { $i++; } }'
	# It asks for no log, and its program has no lines.
	shows SKEP-V702
	grep -q 'program BEGIN' err
	"$skep" explain -- bpftrace -e 'BEGIN { exit(); }' > out 2> err
	lacks '^error|refused' err
}

several_programs_are_told_apart()
{
	watched 1 --format json -- ./watch_loader -q null_lookup.bpf.o index_unchecked.bpf.o
	sed 1,2d out > out.json
	[[ $(grep -oE '"code": "SKEP-V[0-9]+"' out.json | xargs) = 'code: SKEP-V001 code: SKEP-V104' ]]
	is_silent
}

# From the BTF that the tool loaded, without its object: where the source is, and so a patch of it.
places_fixes_in_the_source()
{
	watched 1 --format json -C "$SKEP_SOURCE_DIR/tests/corpus/programs" -- \
		./watch_loader -q null_lookup.bpf.o
	grep -q '"column": 9' out
	grep -q '"function": "on_exec"' out
	watched 1 --format patch -C "$SKEP_SOURCE_DIR/tests/corpus/programs" -- \
		./watch_loader -q null_lookup.bpf.o
	grep -qF '+	if (!c)' out
}

asks_the_kernel_where_the_tool_did_not()
{
	local how

	for how in none level0 tiny whole array thread; do
		watched 1 -- ./watch_raw "$how"
		shows SKEP-V001
		grep -q 'program raw_lookup' err
	done
	# However often it was tried.
	watched 1 -- ./watch_raw none 5
	shows SKEP-V001
	# One instruction, no name: it is no probe.
	watched 1 -- ./watch_raw exit
	shows SKEP-V201
}

tells_of_32_bit_callers()
{
	watched 1 -- ./watch_raw compat
	shows SKEP-V201
}

what_the_verifier_takes_is_said()
{
	watched 1 -- ./watch_raw accepted
	grep -q 'buffer of 128 bytes; the verifier accepts it' err
	[[ $(grep -c . err) -eq 2 ]]
}

nothing_refused_is_silent()
{
	watched 0 -- ./watch_raw good
	is_silent
	watched 0 -- ./watch_raw retry
	is_silent
	watched 0 -- ./watch_raw probes
	is_silent
	watched 42 -- sh -c 'exit 42'
	is_silent
	if command -v bpftool > tool; then
		"$skep" explain -- bpftool feature probe > out 2> err
		is_silent
	fi
}

# bpftrace and others attach a program that only returns, to see whether there is such a hook.
probes_of_hooks_are_left_out()
{
	watched 3 -- sh -c './watch_raw ask; exit 3'
	[[ $(cat out) = $'load: ok\nattach: No such file or directory' ]]
	is_silent
	watched 3 -v -- sh -c './watch_raw ask; exit 3'
	grep -q "note: 1 refusal of what only asks .*program 'raw_ask'" err
	watched 1 -- sh -c './watch_raw hook; exit 3'
	grep -q "refused the attaching of program 'raw_lookup' to raw tracepoint skep_no_such_hook" err
}

a_refused_map_ends_a_command()
{
	watched 0 -- ./watch_raw map
	is_silent
	watched 1 -- sh -c './watch_raw map; exit 3'
	grep -q "refused the map 'no_such_map'.*: Invalid argument" err
	[[ $(grep -c . err) -eq 2 ]]
}

follows_children_and_what_outlives_the_command()
{
	watched 1 -- sh -c 'env nice ./watch_raw none & wait; exec true'
	shows SKEP-V001
	watched 1 -- sh -c '(sleep 0.2; ./watch_raw none) & exit 0'
	shows SKEP-V001
}

# What goes on does so as it would alone: it can still call bpf(2).
leaves_daemons_alone()
{
	local tries

	watched 0 -- sh -c '(sleep 2; exec ./watch_raw good > later) < /dev/null > /dev/null 2>&1 &'
	grep -q 'is not watched any more' err
	for tries in {1..50}; do
		[[ ! -s later ]] || break
		sleep 0.1
	done
	[[ $(cat later) = 'load: ok' ]] || { echo "after $tries tries: $(cat later)"; return 1; }
}

keeps_the_commands_output_apart()
{
	[[ $("$skep" explain -- ./watch_raw none 2> err | tr '[:lower:]' '[:upper:]') = 'LOAD: PERMISSION DENIED' ]]
	shows SKEP-V001
	[[ $(echo hello | "$skep" explain -- cat) = hello ]]
	watched 1 --format json --output file.json -- ./watch_raw none
	[[ $(cat out) = 'load: Permission denied' ]]
	grep -q '"program": "raw_lookup"' file.json
	watched 0 --format json --output file.json -- true
	grep -q '"diagnostics": \[\]' file.json
	watched 1 --output file.txt -- ./watch_raw none
	is_silent
	grep -q '^error\[SKEP-V001\]' file.txt
}

what_cannot_run_is_one_line()
{
	says 127 'no such command: no_such_command' "$skep" explain -- no_such_command
	says 126 'cannot run ./null_lookup.bpf.o: Permission denied' "$skep" explain -- \
		./null_lookup.bpf.o
	says 2 'which command' "$skep" explain --
	says 2 'one log, one code or one command' "$skep" explain some.log -- true
	# Before the command has done its work for nothing.
	says 1 'cannot write nowhere/x: No such file' "$skep" explain --output nowhere/x -- touch ran
	says 2 'directory nowhere: No such file' "$skep" explain -C nowhere -- touch ran
	[[ ! -e ran ]]
	is_empty_of_watchers
}

# A process has one tracer.
says_who_else_traces()
{
	# Nor does the leak checker work in a process that is traced.
	watched 125 -- env ASAN_OPTIONS=detect_leaks=0 "$skep" explain -- true
	grep -q 'traced already' err
}

passes_signals_on()
{
	local is=0

	"$skep" explain -- sh -c 'trap "exit 9" TERM; echo ready; while :; do sleep 0.05; done' > out &
	until grep -q ready out; do sleep 0.05; done
	kill -TERM $!
	wait $! || is=$?
	[[ $is -eq 9 ]]
	is=0
	"$skep" explain -- sh -c 'kill -KILL $$' > out 2> err || is=$?
	[[ $is -eq 137 ]]
}

is_empty_of_watchers()
{
	local tries

	for tries in {1..40}; do
		pgrep -f 'skep explain.* --' > left || return 0
		sleep 0.05
	done
	echo "left after $tries tries: $(cat left)"
	return 1
}

nothing_outlives_skep()
{
	local pid

	"$skep" explain -- sh -c 'echo $$; exec sleep 1000' > out &
	until [[ -s out ]]; do sleep 0.05; done
	kill -KILL $!
	wait $! || true
	pid=$(cat out)
	for _ in {1..40}; do
		[[ -e /proc/$pid && $(cut -d' ' -f3 "/proc/$pid/stat" 2> gone) != Z ]] || return 0
		sleep 0.05
	done
	echo "the command goes on"
	return 1
}

without_privileges_it_says_what_is_missing()
{
	local is=0

	./as '' "$skep" explain -- ./watch_raw good > out 2> err || is=$?
	[[ $is -eq 1 ]]
	grep -q "the program 'raw_lookup'.*: Operation not permitted" err
	grep -q 'hint: loading BPF needs CAP_BPF' err
	./as '' "$skep" explain -- true 2> err
	is_silent
	is=0
	./as bpf,perfmon "$skep" explain -- ./watch_raw none > out 2> err || is=$?
	[[ $is -eq 1 ]]
	shows SKEP-V001
	# Root watches one that gave its privileges up.
	watched 1 -- ./as '' ./watch_raw good
	grep -q 'gave up being root' err
}

leaves_nothing_in_the_kernel()
{
	kernel_is_free raw_
}

refused null_lookup
refused index_unchecked
claim "a tool made with libbpf: its refused program, with file and line" tells_of_a_libbpf_tool
# claim_with TEST TEXT COMMAND: where TEST holds.
claim_with()
{
	if eval "$1" > with 2>&1; then claim "$2" "$3"; else skip "$2" "not here: $1"; fi
}

claim_with 'command -v bpftool' "bpftool" tells_of_bpftool
claim_with 'command -v bpftrace' \
	"bpftrace, which asks for no log; and none of what it tries at start" tells_of_bpftrace
claim "several programs: a diagnostic each" several_programs_are_told_apart
claim "without the object: column, function, and a patch" places_fixes_in_the_source
claim "no log, no level, a log that is too short: the kernel is asked" \
	asks_the_kernel_where_the_tool_did_not
claim_with './watch_raw compat | grep "Permission denied"' "32-bit callers" tells_of_32_bit_callers
claim "a log that did not fit, of a good program" what_the_verifier_takes_is_said
claim "nothing refused, or only probes: nothing is printed, the status is the command's" \
	nothing_refused_is_silent
claim "attaching that only asks is left out, but with -v" probes_of_hooks_are_left_out
claim "a refused map, where the command fails" a_refused_map_ends_a_command
claim "children, and what loads when the command has ended" \
	follows_children_and_what_outlives_the_command
claim "what is left running goes on, and may call bpf(2)" leaves_daemons_alone
claim "standard output is the command's; --output" keeps_the_commands_output_apart
claim "no such command, no command: one line" what_cannot_run_is_one_line
claim "what is traced already" says_who_else_traces
claim "signals go to the command, and kill as they killed it" passes_signals_on
claim "where skep is killed, so is the command" nothing_outlives_skep
claim "as an ordinary user, and with capabilities" without_privileges_it_says_what_is_missing
claim "nothing is left in the kernel" leaves_nothing_in_the_kernel
finish
