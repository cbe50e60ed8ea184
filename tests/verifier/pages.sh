#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# docs/verifier is what make-pages writes now.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pages=$SKEP_SOURCE_DIR/docs/verifier

"$pages/make-pages" "$SKEP_BUILD_DIR/sdk/cli/skep" "$work"
if diff -r -U0 -x make-pages "$pages" "$work" > "$work.diff"; then
	echo "ok - pages of the catalogue are those of the catalogue"
else
	head -n 20 "$work.diff" | sed 's/^/# /'
	echo "# docs/verifier/make-pages BUILD/sdk/cli/skep writes them again"
	echo "not ok - pages of the catalogue are those of the catalogue"
fi
rm -f "$work.diff"
