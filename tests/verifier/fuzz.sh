#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Mutated and spliced logs: 8 CPU seconds, ten minutes in the full run.
set -euo pipefail

files=$SKEP_TEST_FILES
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
seconds=8
[[ -z ${SKEP_TEST_FULL:-} ]] || seconds=600

if "$files/fuzz_explain" -t "$seconds" -s "${SKEP_TEST_SEED:-1}" "$files"/logs/*/*.log \
	> "$work/out" 2> "$work/log"; then
	sed 's/^/# /' "$work/out"
	echo "ok - mutated logs neither crash nor hang the explainer"
else
	tail -n 40 "$work/log" | sed 's/^/# /'
	echo "not ok - mutated logs neither crash nor hang the explainer"
	exit 1
fi
