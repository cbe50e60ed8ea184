#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# What clang says of programs that it does not compile, and what `skep explain` makes of that.
set -uo pipefail
skep=$SKEP_BUILD_DIR/sdk/cli/skep
corpus=$SKEP_SOURCE_DIR/tests/corpus
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
machine=$(gcc -print-multiarch)
number=0

# ok STATUS CLAIM
ok()
{
	number=$((number + 1))
	if [[ $1 -eq 0 ]]; then echo "ok $number - $2"; else echo "not ok $number - $2"; fi
}

# is_explained CLANG NAME CODE LINE
is_explained()
{
	local status=0

	(cd "$corpus/compiler" && "$1" -g -O2 -target bpf -mcpu=v3 -idirafter "/usr/include/$machine" \
		-c "$2.bpf.c" -o "$tmp/out.o") > "$tmp/said" 2>&1 && { echo "# it compiles"; return 1; }
	"$skep" explain -f json "$tmp/said" > "$tmp/json" 2> "$tmp/err" || status=$?
	if [[ $status -ne 1 ]] || ! grep -q "\"code\": \"$3\"" "$tmp/json" ||
		! grep -q '"fixes": \[$' "$tmp/json"; then
		sed 's/^/# /' "$tmp/said" "$tmp/json" "$tmp/err"
		return 1
	fi
	# The first place is the first that clang names.
	[[ $4 = - ]] || grep -q "\"line\": $4," "$tmp/json" || { sed 's/^/# /' "$tmp/json"; return 1; }
}

for clang in clang-14 clang-19; do
	command -v "$clang" > /dev/null || continue
	while IFS=$'\t' read -r name code line; do
		[[ $name != \#* ]] || continue
		is_explained "$clang" "$name" "$code" "$line"
		ok $? "${name}_of_${clang/-/_}_is_explained"
	done < "$corpus/labels-compiler.tsv"
done
if [[ $number -eq 0 ]]; then
	echo "neither clang-14 nor clang-19 is there"
	exit 77
fi
echo "1..$number"
