#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Use of the BPF side's macros: what must compile does, what must not says why.
# shellcheck source=tests/compile/common.sh
. "$SKEP_SOURCE_DIR/tests/compile/common.sh"
here=$SKEP_SOURCE_DIR/tests/compile

for compiler in clang-14 clang-19; do
	have $compiler || { skip "BPF [$compiler]" "no $compiler"; continue; }
	run_cases "$here/bpf.cases" "$here/bpf.h" $compiler $compiler "${bpf_flags[@]}"
done
finish
