#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Damaged objects beside their logs: 5 CPU seconds, five minutes in the full run.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
seconds=5
[[ -z ${SKEP_TEST_FULL:-} ]] || seconds=300

if "$SKEP_TEST_FILES/fuzz_object" -t "$seconds" -s "${SKEP_TEST_SEED:-1}" \
	"$SKEP_BUILD_DIR/tests/corpus/objects/programs" "$SKEP_SOURCE_DIR/tests/corpus/logs/6.1" \
	> "$work/out" 2> "$work/log"; then
	sed 's/^/# /' "$work/out"
	echo "ok - damaged objects do the explainer no harm"
else
	tail -n 40 "$work/log" | sed 's/^/# /'
	echo "not ok - damaged objects do the explainer no harm"
	exit 1
fi
