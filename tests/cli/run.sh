#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# `skep run`: the right events, each once; the end; what stays in the kernel.
# shellcheck source=run_common.sh
. "$SKEP_SOURCE_DIR/tests/cli/run_common.sh"

compile tracer.bpf.c tracer.bpf.o
compile xdp.bpf.c xdp.bpf.o
compile numbers.bpf.c numbers.bpf.o

each_event_once()
{
	start events -f json tracer.bpf.o
	mark 300
	stop INT 0
	"$jsonl" record.pid record.number ring < events.out > found
	awk '{ printf "%s\t%d\t\"skepmark_ring\"\n", $1, 1 - NR }' marked | cmp - found
	reports events.err 300
}

members_are_decoded()
{
	start members --format=json tracer.bpf.o
	mark 1
	stop TERM 0
	"$jsonl" record.huge record.small record.yes record.color record.unknown record.three \
		record.minus record.point.x record.point.y record.address record.bytes record.comm \
		record.text record.raw record.either record.or < members.out | tr '\t' '\n' > found
	cat > wanted <<- 'END'
		"18446744073709551615"
		-5
		true
		"BLUE"
		5
		5
		-7
		-1
		[2,-3]
		"0xffff888000000001"
		[1,2,255]
		"skepmark"
		"\u001B[31mred\u0007\nx\t\"\\"
		"a\\xff\\xfe"
		67305985
		[1,2,3,4]
	END
	diff wanted found
}

# Each column begins where its name stands, in each line up to the first that is too wide.
text_is_aligned()
{
	start text tracer.bpf.o
	mark 20
	stop INT 0
	[[ $(grep -c '^skepmark_ring ' text.out) -eq 20 ]]
	awk '
		/^RING / {
			n = 0
			for (at = 2; at <= length($0); at++)
				if (substr($0, at - 1, 2) ~ /^ [^ ]/)
					column[++n] = at
			next
		}
		{
			for (i = 1; i <= 12; i++)
				if (substr($0, column[i] - 1, 2) !~ /^ [^ ]/) {
					print "column " i " of: " $0
					exit 1
				}
			lines++
		}
		END { exit lines != 20 }' text.out || { head -n 4 text.out; return 1; }
}

text_has_no_control_characters()
{
	lacks '[^[:print:]]' text.out
	grep -q '\\x1b\[31mred\\x07\\x0ax\\x09"' text.out
	lacks 'u001[bB]' text.out
}

ends_by_itself()
{
	local status=0

	timeout 20 "$skep" run -d 0.3 tracer.bpf.o > itself.out 2> itself.err || status=$?
	[[ $status -eq 0 && ! -s itself.out ]]
	grep -q '^skep run: 1 program attached; Ctrl-C ends$' itself.err
	reports itself.err 0
	[[ $(tail -n 1 itself.err) =~ in\ 0\.[3-9]\ s ]] || { cat itself.err; return 1; }
}

sizes_rings()
{
	local bytes=1048576

	start sized -s skepmark_ring="$bytes" tracer.bpf.o
	bpftool map show name skepmark_ring > shown
	grep -q "max_entries $bytes" shown
	stop INT 0
	says 1 'not a power of two' "$skep" run -s skepmark_ring=5000 tracer.bpf.o
	says 1 'not a power of two' "$skep" run -s skepmark_ring=2048 tracer.bpf.o
	says 1 'not a power of two' "$skep" run -s skepmark_ring=0 tracer.bpf.o
	says 2 'is not a number of bytes' "$skep" run -s skepmark_ring=4k tracer.bpf.o
	says 2 'is not a number of bytes' "$skep" run -s skepmark_ring=-4096 tracer.bpf.o
	says 2 'is not a number of bytes' "$skep" run -s skepmark_ring=4294967296 tracer.bpf.o
	says 1 "no map 'nothing'" "$skep" run -s nothing=4096 tracer.bpf.o
}

# A small ring loses nothing while somebody reads; what does not fit is counted where the program
# counts, and here it does not: the line says so.
counts_of_others_are_not_made_up()
{
	start small -s skepmark_ring=4096 -f json tracer.bpf.o
	mark 100
	stop INT 0
	[[ $(wc -l < small.out) -eq 100 ]]
	grep -q 'not counted' small.err
}

decodes_as_asked()
{
	start asked -f json -r skepmark_ring=point tracer.bpf.o
	mark 1
	stop INT 0
	[[ $("$jsonl" record.x record.pid < asked.out) =~ ^-?[0-9]+$'\t'-$ ]] || { cat asked.out; return 1; }
	says 1 "has no struct 'nothing'" "$skep" run -r skepmark_ring=nothing tracer.bpf.o
	says 1 "has no ring 'nothing'" "$skep" run -d 0.1 -r nothing=point tracer.bpf.o
}

# A network of its own, with nothing in it but loopback.
attaches_to_an_interface()
{
	cat > inside <<- 'END'
		. "$SKEP_SOURCE_DIR/tests/cli/run_common.sh"
		cd "$1"
		ip link set lo up
		start udp -f json -i lo xdp.bpf.o
		ip -d link show lo > shown
		grep -q "prog/xdp" shown
		for ((i = 0; i < 50; i++)); do
			printf '%*s' $i '' > /dev/udp/127.0.0.1/9
		done
		echo other > /dev/udp/127.0.0.1/10
		sleep 0.3
		stop INT 0
		ip -d link show lo > shown
		lacks 'prog/xdp' shown
	END
	unshare -n bash -e inside "$work"
	# Of nothing at all, the shell sends no datagram.
	"$jsonl" record.bytes record.port < udp.out > found
	for ((i = 1; i < 50; i++)); do printf '%d\t9\n' $((14 + 20 + 8 + i)); done > wanted
	diff wanted found
	reports udp.err 49
	status=0
	"$skep" run -d 0.1 -i nothing0 xdp.bpf.o 2> nothing.err || status=$?
	[[ $status -eq 1 ]]
	grep -q "there is no network interface 'nothing0'" nothing.err
	kernel_is_free skepmark
}

ends_with()
{
	start "$1" tracer.bpf.o
	mark 3
	bpftool prog show name skepmark_exec > shown
	grep -q skepmark shown
	stop "$1" "$2"
	[[ $2 -ne 0 ]] || reports "$1.err" 3
	kernel_is_free skepmark
}

# The second signal ends the process at once, unless it is through with ending by itself.
ends_on_second_interrupt_too()
{
	local status=0

	start twice tracer.bpf.o
	kill -INT "$pid"
	kill -INT "$pid" 2>/dev/null || true
	wait "$pid" || status=$?
	[[ $status -eq 0 || $status -eq 130 ]] || { echo "status $status"; return 1; }
	kernel_is_free skepmark
}

numbers_are_records_too()
{
	start numbers -f json numbers.bpf.o
	mark 5
	stop INT 0
	"$jsonl" record < numbers.out > found
	[[ $(wc -l < found) -eq 5 ]] || { cat numbers.out; return 1; }
	cut -d' ' -f1 marked | sort | cmp - <(sort found)
}

interface_without_xdp_is_a_mistake()
{
	says 2 'has none' "$skep" run -i lo tracer.bpf.o
}

two_at_once()
{
	start one -f json tracer.bpf.o
	local first=$pid

	start two -f json tracer.bpf.o
	mark 20
	stop INT 0
	pid=$first
	stop INT 0
	[[ $(wc -l < one.out) -eq 20 && $(wc -l < two.out) -eq 20 ]]
}

ends_with_its_reader()
{
	timeout 20 "$skep" run -f json tracer.bpf.o 2> reader.err | head -n 1 > reader.out &
	for _ in {1..200}; do
		! grep -q 'attached' reader.err || break
		sleep 0.05
	done
	mark 5
	# It notices without another record.
	kernel_is_free skepmark
	[[ $(wc -l < reader.out) -eq 1 ]]
}

notices_a_full_output()
{
	"$skep" run tracer.bpf.o > /dev/full 2> full.err &
	pid=$!
	pids+=("$pid")
	for _ in {1..200}; do
		! grep -q 'attached' full.err || break
		sleep 0.05
	done
	for _ in {1..100}; do
		kill -0 "$pid" 2>/dev/null || break
		mark 2
		sleep 0.1
	done
	status=0
	wait "$pid" || status=$?
	[[ $status -eq 1 ]] || { echo "status $status"; return 1; }
	grep -q 'cannot write to standard output: No space left' full.err
	kernel_is_free skepmark
}

failures_leave_nothing()
{
	compile refused.bpf.c refused.bpf.o
	status=0
	timeout 20 "$skep" run -d 0.1 refused.bpf.o > refused.out 2> refused.err || status=$?
	[[ $status -eq 1 && ! -s refused.out ]]
	grep -q "verifier refused program 'skepmark_refused'" refused.err || { cat refused.err; return 1; }
	compile nowhere.bpf.c nowhere.bpf.o
	timeout 20 "$skep" run -d 0.1 nowhere.bpf.o > nowhere.out 2> nowhere.err || status=$((status + $?))
	[[ $status -eq 2 && ! -s nowhere.out ]]
	[[ $(grep -vc '^  hint: ' nowhere.err) -eq 1 ]] || { cat nowhere.err; return 1; }
	kernel_is_free skepmark
}

# Messages stand beside records: on standard error as text, on standard output as JSON.
messages_are_shown()
{
	compile talk.bpf.c talk.bpf.o -I"$SKEP_SOURCE_DIR/bpf-headers" -I"$SKEP_SOURCE_DIR/sdk/include"
	start talk talk.bpf.o
	mark 2
	stop INT 0
	[[ ! -s talk.out ]]
	[[ $(grep -c '^warn: talk.bpf.c:[0-9]*: skepmark$' talk.err) -eq 2 ]] || { cat talk.err; return 1; }
	[[ $(grep -c '^info: talk.bpf.c:[0-9]*: (null) of [0-9]*$' talk.err) -eq 2 ]]
	lacks "^debug" talk.err
	start debug -l debug -f json talk.bpf.o
	mark 1
	stop TERM 0
	"$jsonl" log message < debug.out | sed 's/of [0-9]*/of N/' > found
	printf '"%s"\t"%s"\n' warn skepmark info '(null) of N' debug details | diff - found
	start off --log-level=off talk.bpf.o
	mark 1
	stop INT 0
	lacks "^warn" off.err
	status=0
	timeout 20 "$skep" run -l loud talk.bpf.o 2> loud.err || status=$?
	[[ $status -eq 2 ]]
	grep -q "not 'loud'" loud.err
	kernel_is_free skepmark
}

claim "300 programs are 300 JSON lines, in order, each once, none lost" each_event_once
claim "members of every kind have their values in JSON" members_are_decoded
claim "messages are shown up to the level asked for, as text and as JSON" messages_are_shown
claim "text stands in columns under their names" text_is_aligned
claim "text has no control characters, whatever a record holds" text_has_no_control_characters
claim "--duration ends it, with status 0 and a report on standard error" ends_by_itself
claim "--ring makes a ring larger, and refuses what is no size for one" sizes_rings
claim "drops that a program does not count are not reported as none" counts_of_others_are_not_made_up
claim "--record decodes as another struct, and refuses what is not there" decodes_as_asked
claim "--interface attaches XDP, sees each datagram with its size, and detaches" \
	attaches_to_an_interface
claim "Ctrl-C: status 0, a report, nothing left in the kernel" ends_with INT 0
claim "SIGTERM: status 0, a report, nothing left in the kernel" ends_with TERM 0
claim "kill -9: nothing left in the kernel" ends_with KILL 137
claim "Ctrl-C twice: it ends, nothing left in the kernel" ends_on_second_interrupt_too
claim "a ring of plain numbers is decoded" numbers_are_records_too
claim "--interface without an XDP program: status 2" interface_without_xdp_is_a_mistake
claim "two that run the same object see everything each" two_at_once
claim "it ends with the reader of its output, nothing left in the kernel" ends_with_its_reader
claim "a full standard output: one line, status 1, nothing left in the kernel" notices_a_full_output
claim "a refused program and a hook that is not there: status 1, nothing left in the kernel" \
	failures_leave_nothing
finish
