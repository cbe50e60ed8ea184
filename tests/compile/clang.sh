#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Library, command and examples under clang, whose warnings are others than gcc's, and do not need
# that it optimizes.
set -euo pipefail

build=$SKEP_BUILD_DIR/compile-clang
if CC=$(command -v clang-14 || command -v clang) && export CC &&
	cmake -S "$SKEP_SOURCE_DIR" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DSKEP_WERROR=ON \
		-DCMAKE_C_FLAGS_RELEASE=-O0 \
		> "$build.log" 2>&1 &&
	cmake --build "$build" -j 2 >> "$build.log" 2>&1; then
	echo "ok 1 - $(basename "$CC") builds everything without a warning"
else
	grep -E 'error|warning' "$build.log" | head -n 20 | sed 's/^/# /'
	echo "not ok 1 - clang builds everything without a warning"
	exit 1
fi
echo 1..1
