#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Packets that skep builds, as tshark dissects them: each field, each length, each checksum.
# shellcheck source=../install/common.sh
. "$SKEP_SOURCE_DIR/tests/install/common.sh"
need tshark_is_there command -v tshark
cd "$work"

export HOME=$work WIRESHARK_CONFIG_DIR=$work
"$SKEP_BUILD_DIR/tests/testing/write_samples" packets.pcap > samples.tsv

dissect()
{
	tshark -n -r packets.pcap -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE \
		-o udp.check_checksum:TRUE -o ip.defragment:FALSE -o ipv6.defragment:FALSE \
		-o tcp.analyze_sequence_numbers:FALSE "$@" 2> tshark.err ||
		{ cat tshark.err; return 1; }
}

# One run for all of them: a packet's number is printed when it matches its filter.
each_is_what_was_asked_for()
{
	local filter number=0 name condition

	filter=$(awk -F'\t' '{ printf "%s(frame.number == %d && %s)", (NR > 1 ? " || " : ""), NR, $2 }' \
		samples.tsv)
	dissect -Y "$filter" -T fields -e frame.number > matched || return 1
	while IFS=$'\t' read -r name condition; do
		number=$((number + 1))
		grep -qx "$number" matched && continue
		echo "$name is not: $condition"
	done < samples.tsv
	[[ $(wc -l < matched) -eq $number ]]
}

none_is_malformed()
{
	dissect -Y "_ws.malformed || _ws.short || ip.bogus_header_length || tcp.bogus_header_length" \
		-T fields -e frame.number -e _ws.col.Info > bad || return 1
	cat bad
	[[ ! -s bad ]]
}

times_have_nanoseconds()
{
	[[ $(dissect -Y "frame.number == 3" -T fields -e frame.time_epoch) = 3.000000003 ]]
}

# As others write them: tshark's own, with nanoseconds.
others_captures_are_read()
{
	local format

	for format in pcapng nsecpcap; do
		tshark -n -r packets.pcap -F "$format" -w "other.$format" 2> tshark.err
		"$SKEP_BUILD_DIR/tests/testing/write_samples" --check "other.$format"
	done
	head -c 4 other.pcapng | od -An -tx1 | grep -q '0a 0d 0d 0a'
}

claim each_is_what_was_asked_for each_is_what_was_asked_for
claim none_is_malformed none_is_malformed
claim times_have_nanoseconds times_have_nanoseconds
claim others_captures_are_read others_captures_are_read
finish
