#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# `skep run` with objects that were not made for it: without hints, without BTF, with other maps,
# with programs that cannot be attached; and with ours.
# shellcheck source=run_common.sh
. "$SKEP_SOURCE_DIR/tests/cli/run_common.sh"

unknown_records_are_hexadecimal()
{
	compile tracer.bpf.c bare.bpf.o -DNO_HINT
	start bare -f json bare.bpf.o
	mark 2
	stop INT 0
	"$jsonl" record < bare.out > found
	[[ $(wc -l < found) -eq 2 ]]
	[[ $(grep -cE '^"([0-9a-f]{2})+"$' found) -eq 2 ]]
	grep -q "$(printf 'skepmark' | od -An -tx1 | tr -d ' ')" found
	start bare_text bare.bpf.o
	mark 2
	stop INT 0
	[[ $(grep -cE '^skepmark_ring +([0-9a-f]{2})+$' bare_text.out) -eq 2 ]]
}

record_names_the_type_of_any_ring()
{
	start named -f json -r skepmark_ring=report bare.bpf.o
	mark 2
	stop INT 0
	[[ $("$jsonl" record.pid < named.out) = "$(cat marked)" ]]
	start named2 -f json -r 'skepmark_ring=struct report' bare.bpf.o
	mark 1
	stop INT 0
	[[ $("$jsonl" record.comm < named2.out) = '"skepmark"' ]]
}

runs_without_btf()
{
	compile nobtf.bpf.c nobtf.bpf.o -g0
	readelf -S nobtf.bpf.o > sections
	lacks '\.BTF' sections
	start nobtf nobtf.bpf.o
	bpftool prog show name skepmark_nobtf > shown
	grep -q skepmark_nobtf shown
	stop INT 0
	reports nobtf.err 0
	kernel_is_free skepmark
	says 1 "has no ring 'events'" "$skep" run -d 0.1 -r events=event nobtf.bpf.o
}

reads_a_perf_buffer()
{
	compile perf.bpf.c perf.bpf.o
	start perf -f json perf.bpf.o
	mark 3
	stop INT 0
	[[ $(wc -l < perf.out) -ge 3 ]] || { cat perf.err; return 1; }
	# A number that counts up, of 8 bytes and of 4 that perf adds; nobody knows its type.
	[[ $("$jsonl" record < perf.out | head -n 1) =~ ^\"00000000000000000000000[0-9a-f]\"$ ]] ||
		{ head -n 2 perf.out; return 1; }
	start counted -f json -r skepmark_perf=point perf.bpf.o 2>/dev/null &&
		{ echo "a type that is not there"; return 1; }
	grep -q "has no struct 'point'" counted.err
}

# Each processor's own ring: programs are sent to one after the other.
mark_everywhere()
{
	local last

	cp /bin/true skepmark
	last=$(($(nproc) - 1))
	for ((i = 0; i < $1; i++)); do
		for ((cpu = 0; cpu <= last; cpu++)); do
			taskset -c "$cpu" ./skepmark
		done
	done
}

many_rings_are_printed_by_type_and_in_order()
{
	compile many.bpf.c many.bpf.o -I"$SKEP_SOURCE_DIR/bpf-headers" -I"$SKEP_SOURCE_DIR/sdk/include"
	start many -f json many.bpf.o
	mark_everywhere 20
	stop INT 0
	local each=$((20 * $(nproc)))
	[[ $(grep -c '^{"ring":"skepmark_many","type":"MARK_PID","record":{"pid":' many.out) -eq $each ]]
	[[ $(grep -c '"type":"MARK_NAME","record":{"time":' many.out) -eq $each ]]
	grep -q '"comm":"skepmark"' many.out
	"$jsonl" record.time < many.out > stamps
	[[ $(wc -l < stamps) -eq $((2 * each)) ]]
	sort -nc stamps
	[[ $("$jsonl" record.cpu < many.out | grep -v '^-' | sort -u | wc -l) -eq $(nproc) ]]
	grep -qE "^skep run: $((2 * each)) events, 0 dropped, 0 discarded in" many.err || { cat many.err; return 1; }
	start many_text many.bpf.o
	mark_everywhere 1
	stop INT 0
	[[ $(grep -cE '^skepmark_many:MARK_PID +[0-9]+ +[0-9]+$' many_text.out) -eq $(nproc) ]]
	grep -qE '^RING +TIME +COMM +CPU$' many_text.out
	kernel_is_free skepmark
}

ring_becomes_perf_buffers_when_asked()
{
	local way

	compile many.bpf.c both.bpf.o -DAS_PERF -I"$SKEP_SOURCE_DIR/bpf-headers" \
		-I"$SKEP_SOURCE_DIR/sdk/include"
	for way in --perf=skepmark_many --format=json; do
		start both -f json "$way" both.bpf.o
		bpftool map show name skepmark_many > shown
		mark 10
		stop INT 0
		grep -q "$([[ $way = --perf* ]] && echo perf_event_array || echo ringbuf)" shown
		[[ $("$jsonl" record.pid < both.out | grep -v '^-') = "$(cat marked)" ]]
		[[ $(grep -c '"type":"MARK_NAME".*"comm":"skepmark"' both.out) -eq 10 ]]
		grep -qE '^skep run: 20 events, 0 dropped, 0 discarded in' both.err
	done
	says 1 "has no map 'nothing'|no map 'nothing'|no ring 'nothing'" "$skep" run -p nothing both.bpf.o
	compile tracer.bpf.c tracer.bpf.o
	says 1 'cannot be perf buffers' "$skep" run -p skepmark_ring tracer.bpf.o
	kernel_is_free skepmark
}

attaches_what_it_can()
{
	compile nowhere.bpf.c some.bpf.o -DONE_IS_FOUND
	start some some.bpf.o
	grep -q '^skep run: 1 program attached' some.err
	grep -q 'skepmark_nowhere.*skep_no_such_tracepoint' some.err || { cat some.err; return 1; }
	grep -q 'skepmark_lost.*skep_neither_this_one' some.err
	stop INT 0
	kernel_is_free skepmark
}

reads_two_rings()
{
	compile two.bpf.c two.bpf.o
	start two -f json two.bpf.o
	mark 50
	stop INT 0
	reports two.err 100
	[[ $(grep -c '"ring":"skepmark_a"' two.out) -eq 50 ]]
	[[ $(grep -c '"ring":"skepmark_b"' two.out) -eq 50 ]]
	start two_text two.bpf.o
	mark 2
	stop INT 0
	lacks '[^[:print:]]' two_text.out
}

# The examples' objects: with their own types, and their own counts of what was lost.
runs_ours()
{
	start ours -f json "$(example execsnoop)"
	mark 100
	stop INT 0
	"$jsonl" record.pid record.comm < ours.out | awk '$2 == "\"skepmark\"" { print $1 }' > found
	cmp marked found
	lacks 'not counted' ours.err
	grep -qE '^skep run: [0-9]+ events, 0 dropped, 0 discarded in' ours.err
}

counts_drops_of_ours()
{
	local line events dropped

	start full -f json -s events=4096 "$(example execsnoop)"
	kill -STOP "$pid"
	mark 400
	kill -CONT "$pid"
	sleep 0.2
	stop INT 0
	line=$(tail -n 1 full.err)
	[[ $line =~ ([0-9]+)\ events,\ ([0-9]+)\ dropped ]]
	events=${BASH_REMATCH[1]} dropped=${BASH_REMATCH[2]}
	[[ $events -eq $(wc -l < full.out) ]]
	# Others' programs may be among them.
	((dropped > 0 && events + dropped >= 400)) || { echo "$line"; return 1; }
	"$jsonl" record.pid record.comm < full.out | awk '$2 == "\"skepmark\"" { print $1 }' > found
	[[ -z $(sort found | uniq -d) ]]
	[[ -z $(sort found | comm -23 - <(sort marked)) ]]
}

claim "records of an unknown type are hexadecimal, all of them" unknown_records_are_hexadecimal
claim "--record tells their type" record_names_the_type_of_any_ring
claim "an object without BTF runs" runs_without_btf
claim "a perf buffer of anybody is read" reads_a_perf_buffer
claim "rings of each processor, of several types: each by its type, in the order of time" \
	many_rings_are_printed_by_type_and_in_order
claim "--perf: perf buffers in the place of a ring, where it can be both" \
	ring_becomes_perf_buffers_when_asked
claim "what cannot be attached is said, and the rest runs" attaches_what_it_can
claim "two rings are both read to their ends" reads_two_rings
claim "an example's object: every program, none lost" runs_ours
claim "with a ring too small, what came and what was dropped is all" counts_drops_of_ours
finish
