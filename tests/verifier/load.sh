#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# `skep load`: each program of an object by itself, in every form; what it costs; what it leaves.
# test_load.c shows the core of it on each kernel.
# shellcheck source=../cli/common.sh
. "$SKEP_SOURCE_DIR/tests/cli/common.sh"

require_root
cp "$SKEP_TEST_FILES"/*.o .

# loads STATUS ARGUMENT...: standard output to out, standard error to err.
loads()
{
	local status=$1 is=0

	shift
	timeout -k 5 120 "$skep" load "$@" > out 2> err || is=$?
	[[ $is -eq $status ]] || { echo "status $is, not $status: $*"; cat out err; return 1; }
}

each_program_by_itself()
{
	loads 1 many.bpf.o
	grep -E '^(ok|refused|error)' out | sed 's/:.*//' > found
	cat > wanted <<- 'END'
		ok good_first (raw_tp/sched_process_exec)
		refused bad_null (raw_tp/sched_process_exit)
		error[SKEP-V001]
		ok good_middle (xdp)
		refused bad_packet (xdp)
		error[SKEP-V101]
		refused bad_hook (tp_btf/skepload_no_such)
		error[SKEP-V812]
		ok good_last (socket)
	END
	diff wanted found
	grep -q '^ok good_last (socket): [0-9][0-9]* insns$' out
	grep -q 'many.bpf.c:20' out
	grep -q 'this kernel has no tracepoint skepload_no_such' out
	[[ ! -s err ]] || { cat err; return 1; }
	lacks $'\033' out
	kernel_is_free skepload
}

one_of_them()
{
	loads 0 -p good_middle many.bpf.o
	[[ $(cat out) =~ ^ok\ good_middle\ \(xdp\):\ [0-9]+\ insns$ ]]
	loads 1 -p bad_null many.bpf.o
	lacks '^ok' out
	says 1 "many.bpf.o has no program 'nothing'" "$skep" load -p nothing many.bpf.o
}

# By themselves: what one program lacks is no fault of the others.
what_is_missing_is_the_fault_of_its_users()
{
	loads 1 missing.bpf.o
	grep -E '^(ok|refused|error)' out | sed 's/:.*//' > found
	cat > wanted <<- 'END'
		ok good_first (xdp)
		refused uses_kfunc (xdp)
		error[SKEP-V404]
		refused via_function (xdp)
		error[SKEP-V404]
		ok asks_first (xdp)
		refused uses_variable (xdp)
		error[SKEP-V404]
		refused uses_config (xdp)
		error[SKEP-V404]
		refused uses_another (xdp)
		error[SKEP-V404]
		ok good_last (xdp)
	END
	diff wanted found
	[[ ! -s err ]] || { cat err; return 1; }
	# At the call, also of a function that the program calls.
	# The line of a place breaks where the folder's name is long.
	tr -s ' \n' ' ' < out > flow
	grep -qE -- '--> [^ ]*missing.bpf.c:27:9, program uses_kfunc ' flow
	grep -qE -- '--> [^ ]*missing.bpf.c:15:9, function through, program via_function ' flow
	loads 0 -p good_last missing.bpf.o
	[[ $(cat out) = 'ok good_last (xdp): 2 insns' ]]
	loads 1 -p uses_config missing.bpf.o
	[[ $(grep -cE '^(ok|refused|error)' out) -eq 2 ]]
	loads 1 -f json missing.bpf.o
	[[ $(values code 6 out | xargs) = 'SKEP-V404 SKEP-V404 SKEP-V404 SKEP-V404 SKEP-V404' ]]
	grep -q '"errors": \[\]' out
}

fields_that_are_not_there()
{
	loads 1 renamed.bpf.o
	grep -q '^error\[SKEP-V813\]: `struct task_struct` has no field `skepload_gone` on this kernel$' out
	grep -q '^error\[SKEP-V813\]: `struct cred` has no field `skepload_gone` on this kernel$' out
	grep -qE '^ *--> .*renamed.bpf.c:25[,:]' out
	grep -qE '^ *--> .*renamed.bpf.c:33[,:]' out
	grep -q 'bpf_core_field_exists(struct cred, skepload_gone)\|task->cred->skepload_gone' out
}

a_hook_that_is_not_there_is_told_once()
{
	loads 1 -p bad_hook many.bpf.o
	[[ $(sed -n 1p out) = 'refused bad_hook (tp_btf/skepload_no_such)' ]]
	[[ $(grep -c 'this kernel has no tracepoint skepload_no_such' out) -eq 1 ]]
	grep -qE '^error\[SKEP-V812\]: this kernel has no tracepoint skepload_no_such$' out
}

# changed LINE TEXT: a folder with the source, in which that line is another.
sources_that_were_changed_are_told()
{
	rm -rf changed && mkdir changed
	cp "$SKEP_SOURCE_DIR"/tests/verifier/load/many.bpf.c "$work/"
	clang -O2 -g -target bpf -I"$SKEP_SOURCE_DIR/bpf-headers" -I"$SKEP_SOURCE_DIR/sdk/include" \
		-I"/usr/include/$(gcc -dumpmachine)" -c many.bpf.c -o changed/many.bpf.o
	loads 1 -p bad_null changed/many.bpf.o
	[[ ! -s err ]] || { cat err; return 1; }
	sed -i '10i/* one line more */' many.bpf.c
	loads 1 -p bad_null changed/many.bpf.o
	grep -q 'note: many.bpf.c was changed since it was compiled: its line 20 is another now' err
	[[ $(wc -l < err) -eq 1 ]]
	loads 1 -p bad_null -f json changed/many.bpf.o
	grep -q 'note: many.bpf.c was changed' err
	# The same lines, but a newer file: it may have been changed elsewhere.
	sed -i 10d many.bpf.c
	touch -d '+1 hour' many.bpf.c
	loads 1 -p bad_null changed/many.bpf.o
	grep -q 'note: many.bpf.c is newer than changed/many.bpf.o' err
	[[ $(wc -l < err) -eq 1 ]]
	rm many.bpf.c
	loads 1 -p bad_null changed/many.bpf.o
	[[ ! -s err ]] || { cat err; return 1; }
}

output_goes_to_a_file()
{
	loads 1 -p bad_null many.bpf.o
	cp out wanted
	loads 1 -p bad_null --output there.txt many.bpf.o
	[[ ! -s out ]]
	cmp there.txt wanted
	loads 1 -p bad_null -f sarif --output there.sarif many.bpf.o
	grep -q '"ruleId": "SKEP-V001"' there.sarif
	says 1 'cannot write nowhere/there.txt: No such file' "$skep" load --output nowhere/there.txt many.bpf.o
	says 1 'cannot write to /dev/full: No space left' "$skep" load --output /dev/full -p good_last many.bpf.o
	says 2 'directory nowhere: No such file' "$skep" load -C nowhere many.bpf.o
	says 2 'it is not a folder' "$skep" load -C many.bpf.o many.bpf.o
	says 2 'name of the object is empty' "$skep" load ''
}

nothing_refused_is_silent_success()
{
	loads 0 "$(example execsnoop)" "$(example xdpcount)"
	[[ ! -s err ]]
	lacks '^refused' out
	[[ $(grep -c '\.bpf\.o:$' out) -eq 2 ]]
	loads 0 -f patch "$(example xdpcount)"
	[[ ! -s out && ! -s err ]]
}

# values KEY INDENT FILE: what a member has, wherever it stands so deep in a document.
values()
{
	sed -n "s/^ \{$2\}\"$1\": \"\{0,1\}\([^\",]*\).*/\1/p" "$3"
}

json_has_every_program()
{
	loads 1 -f json many.bpf.o
	[[ $(values verdict 2 out) = rejected ]]
	[[ $(values code 6 out | xargs) = "SKEP-V001 SKEP-V101 SKEP-V812" ]]
	values program 6 out | xargs > found
	echo bad_null bad_packet bad_hook good_first bad_null good_middle bad_packet bad_hook \
		good_last | cmp - found
	[[ $(values verdict 6 out | xargs) = \
		"accepted rejected accepted rejected rejected accepted" ]]
	[[ $(values line 8 out | head -n 1) -eq 20 ]]
	lacks '"costs"' out
	loads 0 -f json "$(example xdpcount)"
	[[ $(values verdict 2 out) = accepted ]]
	loads 1 -f json lost.bpf.o
	[[ $(values message 6 out | tail -n 1) = "cannot create map 'skepload_lost': Invalid argument" ]]
}

other_forms_hold_all_refusals()
{
	loads 1 -f sarif many.bpf.o
	[[ $(grep -c '"ruleId": "SKEP-V' out) -eq 3 ]]
	loads 1 -f github many.bpf.o
	[[ $(grep -c '^::error ' out) -eq 3 ]]
	loads 1 -f html many.bpf.o
	grep -qi '<!doctype html' out
	# Those without a place of their own are said to people too.
	grep -q '^skep load: .*no tracepoint skepload_no_such' err
	loads 1 -v many.bpf.o
	loads 1 -vv many.bpf.o
}

# Left out programs leave slots of the table empty: that is not the fault of the others.
tables_and_replacements()
{
	loads 1 jumps.bpf.o
	grep -q '^refused refused (socket)$' out
	grep -q '^ok target (socket)' out
	grep -q '^refused replacement (freplace/deep)$' out
	[[ $(grep -c 'attach program FD is not set' out) -eq 1 ]]
	grep -q 'hint: it replaces a function of another program' out
	kernel_is_free skepload
}

an_object_as_a_whole()
{
	loads 1 lost.bpf.o
	grep -q "cannot create map 'skepload_lost'" err
	grep -q '^error\[SKEP-V901\]' out
	lacks '^(ok|refused)' out
	# The others are loaded all the same.
	loads 1 lost.bpf.o "$(example xdpcount)" /nonexistent.o
	grep -q '^ok ' out
	grep -q 'cannot open /nonexistent.o' err
}

stats_of_accepted()
{
	loads 1 --stats many.bpf.o
	grep -qE '^PROGRAM +INSNS +OF LIMIT .*STACK +TIME' out
	grep -qE '^good_last +[0-9],[0-9]{3} +0\.[0-9] %' out
	sed -n '/^The costliest lines of good_last/,$p' out > lines
	grep -q 'many.bpf.c:4[0-9] .*for (int i = 0' lines
	loads 0 --stats -p good_last -f json many.bpf.o
	# The whole log fits, and every instruction of it has its line.
	values insns 10 out | awk '{ n += $1 } END { print n }' > sum
	values insns 6 out | sort -u | cmp - sum
	[[ $(values insns_shown 6 out) = "$(cat sum)" && $(values insn_limit 6 out) = 1000000 ]]
	[[ $(values text 10 out | head -n 1) = 'for (int i = 0; i < 500; i++)' ]]
	[[ $(values stack 6 out) = 0 && $(values time_us 6 out) -gt 0 ]]
	[[ $(values bpf_bytes 6 out) -gt 0 ]]
}

stack_of_a_chain()
{
	loads 0 --stats -p target -f json jumps.bpf.o
	[[ $(values stack 6 out) = 104 ]]
}

too_complex_shows_where()
{
	local is=0

	timeout -k 5 120 /usr/bin/env time -qf %M -o peak "$skep" load --stats heavy.bpf.o > out 2> err || is=$?
	[[ $is -eq 1 ]] || { echo "status $is"; cat err; return 1; }
	grep -q '^error\[SKEP-V703\]' out
	grep -qE '^heavy \(refused\) +1,000,001 +100\.0 %' out
	sed -n '/^The costliest lines of heavy/,$p' out | sed -n 2,3p > lines
	[[ $(grep -c 'heavy.bpf.c:1[34] ' lines) -eq 2 ]] || { cat out; return 1; }
}

# Of the claim before, which takes the kernel ten seconds.
memory_is_bounded()
{
	local most

	most=$(tail -n 1 peak)
	[[ $most -lt 131072 ]] || { echo "$most KB"; return 1; }
}

explain_prints_costs_too()
{
	printf '%s\n' 'func#0 @0' '; return 0; @ x.bpf.c:9' '0: (b7) r0 = 0' '1: (95) exit' \
		'verification time 12 usec' 'stack depth 8' \
		'processed 2 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0' \
		> accepted.log
	succeeds "$skep" explain accepted.log
	grep -q '^accepted' says.out
	grep -qE '^\(program\) +2 +< 0.1 % +8 +12 us$' says.out
	grep -q 'x.bpf.c:9  return 0;' says.out
	succeeds "$skep" explain -f json accepted.log
	grep -q '"insns": 2' says.out
}

bad_input_is_one_line()
{
	: > empty.o
	echo text > text.o
	head -c 2000 many.bpf.o > cut.o
	says 1 'No such file' "$skep" load /nonexistent.o
	says 1 'is not a file' "$skep" load /
	says 1 'is not a file' "$skep" load /dev/null
	says 1 'is empty' "$skep" load empty.o
	says 1 'is not an ELF file' "$skep" load text.o
	says 1 'not BPF' "$skep" load "$skep"
	says 1 'cut' "$skep" load cut.o
	says 2 'which object' "$skep" load
	says 2 'format is' "$skep" load -f xml many.bpf.o
	says 2 'object is for logs' "$skep" load -o many.bpf.o many.bpf.o
}

without_privilege()
{
	says 1 'lacks CAP_BPF' ./as '' "$skep" load many.bpf.o
	grep -q 'hint: run it with sudo' says.err
}

claim "three of six programs are refused: a line for each of six, an explanation for each of three" \
	each_program_by_itself
claim "--program: only that one" one_of_them
claim "kfuncs, variables, configuration that are missing: only who uses them is refused" \
	what_is_missing_is_the_fault_of_its_users
claim "CO-RE: the struct and the field, at the access" fields_that_are_not_there
claim "a hook that is not there is told once" a_hook_that_is_not_there_is_told_once
claim "a source that was changed since: one line says so" sources_that_were_changed_are_told
claim "--output, -C: a file, and a line where they cannot be" output_goes_to_a_file
claim "objects of which nothing is refused: status 0, a line a program" \
	nothing_refused_is_silent_success
claim "JSON: every program, every diagnostic, errors of whole objects" json_has_every_program
claim "SARIF, annotations, the page: all refusals in one document" other_forms_hold_all_refusals
claim "tables of tail calls, and a replacement whose target nobody names" tables_and_replacements
claim "a map that cannot be made: said once, and the other objects are loaded" an_object_as_a_whole
claim "--stats: numbers, and lines whose counts add up to what the kernel counted" stats_of_accepted
claim "--stats: stack of the deepest chain of calls" stack_of_a_chain
claim "--stats of what is too complex: the refusal, and the lines that cost most" \
	too_complex_shows_where
claim "too complex: at most 128 MB of memory" memory_is_bounded
claim "explain prints the costs of an accepted log" explain_prints_costs_too
claim "what is no object: one line, status 1; a wrong command line: status 2" bad_input_is_one_line
claim "without privilege: one line for all programs, with what to do" without_privilege
finish
