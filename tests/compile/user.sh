#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Use of the user side's macros: what must compile does, what must not says why.
# shellcheck source=tests/compile/common.sh
. "$SKEP_SOURCE_DIR/tests/compile/common.sh"
here=$SKEP_SOURCE_DIR/tests/compile

compiles "a header is generated" \
	generate "$(any_clang)" "$hard/hard.bpf.c" "$work" --header "$hard/hard.h"

# The newer clang says what the older one does: it is tried in the full run.
newer=
[[ -z ${SKEP_TEST_FULL:-} ]] || newer=1

for compiler in gcc clang-14 ${newer:+clang-19}; do
	have "$compiler" || { skip "C11 [$compiler]" "no $compiler"; continue; }
	run_cases "$here/user.cases" "$here/user.h" "$compiler" \
		"$compiler" "${c_flags[@]}" -I "$work" -I "$hard"
	for cases in user_maps user_rings; do
		run_cases "$here/$cases.cases" "$here/user.h" "$compiler" \
			"$compiler" "${c_flags[@]}" -I "$work" -I "$hard"
	done
done
for compiler in g++ clang++-14 ${newer:+clang++-19}; do
	have "$compiler" || { skip "C++17 [$compiler]" "no $compiler"; continue; }
	run_cases "$here/cpp.cases" "$here/cpp.hpp" "$compiler" \
		"$compiler" "${cpp_flags[@]}" -I "$work" -I "$hard" -I "$here"
done
finish
