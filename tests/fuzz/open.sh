#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# 40,000 damaged objects (a million in the full run) through the check and libbpf: none crashes.
set -euo pipefail

files=$SKEP_TEST_FILES
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cases=40000
[[ -z ${SKEP_TEST_FULL:-} ]] || cases=1000000

if "$files/fuzz_open" -n "$cases" -s 1 -j 2 -k "$work" "$files"/*/elf/*.o > "$work/log" 2>&1; then
	sed 's/^/# /' "$work/log"
	echo "ok - $cases damaged objects neither crash nor hang"
else
	sed 's/^/# /' "$work/log"
	cp -r "$work" "${SKEP_BUILD_DIR:-/tmp}/fuzz-found" && echo "# inputs: build folder, fuzz-found"
	echo "not ok - $cases damaged objects neither crash nor hang"
	exit 1
fi
