#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# A project of its own that tests its BPF program with an installed skep::testing: packets, captures,
# time, maps, and the gate of what verification costs.
# shellcheck disable=SC2317 source=tests/install/common.sh
. "${SKEP_SOURCE_DIR:?}/tests/install/common.sh"

[[ $(id -u) -eq 0 ]] || { echo "programs are loaded as root"; exit 77; }
dir=$work/ports

is_up()
{
	cmake -S "$dir" -B "$dir/build" "-DCMAKE_PREFIX_PATH=$work/prefix"
	cmake --build "$dir/build"
}

passes()
{
	(cd "$dir/build" && ctest --output-on-failure -R "$1")
}

gate_wants_a_record()
{
	refuses 'there is no file .*costs.tsv to compare with' passes '^ports_costs$'
	cmake --build "$dir/build" --target ports_costs_record
	grep -q '^ports.bpf.o	see	' "$dir/costs.tsv"
	passes '^ports_costs$'
}

gate_sees_growth()
{
	# Something for the verifier to walk, on every path.
	sed -i 's/	return XDP_DROP;/	for (int i = 0; i < 9; i++)\n		bpf_map_lookup_elem(\&last, \&port);\n&/' \
		"$dir/ports.bpf.c"
	cmake --build "$dir/build"
	refuses 'grown see of ports.bpf.o: insns' passes '^ports_costs$'
}

gate_arguments_are_checked()
{
	local line

	while IFS='|' read -r line says; do
		{
			printf '%s\n' 'cmake_minimum_required(VERSION 3.21)' 'project(x C)' \
				'enable_testing()' 'find_package(skep REQUIRED)' "$line"
		} > "$work/wrong/CMakeLists.txt"
		refuses "$says" cmake -S "$work/wrong" -B "$work/wrong/build" \
			"-DCMAKE_PREFIX_PATH=$work/prefix"
	done <<- 'END'
		skep_add_bpf_gate(g FILE x)|PROGRAMS and FILE must be given
		skep_add_bpf_gate(g PROGRAMS nothing FILE x)|'nothing' is no library
		skep_add_bpf_gate(g PROGRAMS skep::skep FILE x GROWTH much)|GROWTH is a number
		skep_add_bpf_gate(g PROGRAMS skep::skep FILE x)|has no BPF object
	END
}

mkdir "$dir" "$work/wrong"
cp "$here"/testing/* "$dir"
need "installs" install_skep "$work/prefix"
[[ -n $(find "$work/prefix" -name skep-testing.cmake) ]] ||
	{ skip "its test builds" "skep was built without libskep-testing"; finish; }
need "its test builds" is_up
claim "and passes, with shared and with static libraries" passes '^ports(_static)?$'
claim "the gate wants a record, makes one, and passes" gate_wants_a_record
claim "the gate fails when the program costs more" gate_sees_growth
claim "wrong arguments of skep_add_bpf_gate() are named" gate_arguments_are_checked
finish
