#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# The explainer's figures on the recorded logs, with and without the objects.
set -euo pipefail
exec "$SKEP_TEST_FILES/corpus_measure" -v "$SKEP_TEST_FILES" "$SKEP_BUILD_DIR/tests/corpus/objects/programs"
