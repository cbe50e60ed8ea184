#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# The tests once more under AddressSanitizer and UndefinedBehaviorSanitizer, leaks included: those
# that need no privilege; with SKEP_TEST_FULL those of the kernel as well.
set -euo pipefail

build=$SKEP_BUILD_DIR/sanitized
number=0
failed=0

cmake -S "$SKEP_SOURCE_DIR" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Debug \
	"-DCMAKE_C_FLAGS_DEBUG=-O0 -g1" -DSKEP_SANITIZE=ON \
	-DSKEP_BUILD_TESTS=ON -DSKEP_BUILD_EXAMPLES=ON > "$build.log" 2>&1 ||
	{ tail -n 20 "$build.log"; exit 1; }

# run KIND NAME PROGRAM FILES: one test binary.
run()
{
	local log=$build/$1-$2.out status=0

	number=$((number + 1))
	SKEP_TEST_FILES=$4 "$3" > "$log" 2>&1 || status=$?
	if [[ $status -eq 0 || $status -eq 77 ]] && ! grep -qE 'Sanitizer|runtime error' "$log"; then
		echo "ok $number - $1/$2 is clean"
	else
		grep -vE '^(ok|# start)' "$log" | head -n 30 | sed 's/^/# /'
		echo "not ok $number - $1/$2 is clean"
		failed=1
	fi
}

# run_all KIND: as the manifest lists them.
run_all()
{
	local kind=$1 name is program files rest

	while IFS=$'\t' read -r name is program files rest; do
		[[ $is != "$kind" ]] || run "$kind" "$name" "$program" "$files"
	done < "$build/tests/manifest.tsv"
}

# The targets of unit tests, and of the files that they read.
unit_targets()
{
	awk -F'\t' '$2 == "unit" { print "test_unit_" $1 "\ntest_unit_" $1 "_files" }' \
		"$build/tests/manifest.tsv"
}

if [[ -n ${SKEP_TEST_FULL:-} ]]; then
	targets=(all)
else
	mapfile -t targets < <(unit_targets)
fi
cmake --build "$build" -j 2 --target help > "$build.targets"
# A test that reads no files has no target for them.
for i in "${!targets[@]}"; do
	[[ ${targets[i]} != *_files ]] || grep -qw "${targets[i]}" "$build.targets" ||
		unset "targets[$i]"
done
cmake --build "$build" -j 2 --target "${targets[@]}" >> "$build.log" 2>&1 ||
	{ tail -n 20 "$build.log"; exit 1; }

run_all unit
[[ -z ${SKEP_TEST_FULL:-} ]] || run_all kernel
echo "1..$number"
exit "$failed"
