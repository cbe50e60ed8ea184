#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# docs/guides/adopt.md: the program of libbpf alone and the one with a typed map say the same, and five
# lines are between them; and the tools whose difference it shows are those of tests/adopt.
# shellcheck source=tests/compile/common.sh
. "$SKEP_SOURCE_DIR/tests/compile/common.sh"
guide=$SKEP_SOURCE_DIR/docs/guides/adopt.md

# The block that begins with the comment /* NAME */, or the one of that language.
block() # NAME | LANGUAGE
{
	awk -v name="/* $1 */" -v fence="\`\`\`$1" '
		/^```/ && inside { exit }
		$0 == name || $0 == fence { inside = 1; if ($0 == fence) next }
		inside' "$guide"
}

build() # SOURCE PROGRAM
{
	gcc -std=gnu11 -Wall -Wextra -Werror -I "$include" -I "$work" "$1" -o "$2" \
		"$SKEP_BUILD_DIR/sdk/src/libskep.a" -lbpf -lelf -lz -pthread
}

says() # TEXT COMMAND...
{
	local text=$1 said
	shift
	said=$("$@" 2>&1) || return
	[[ $said = "$text" ]] || { echo "it said '$said', not '$text'"; return 1; }
}

five_lines() # DIFF
{
	[[ $(grep -c '^+[^+]' "$1") = 5 ]]
}

# The guide shows what is between the files.
is_shown() # DIFF
{
	diff -U1 --label before.c --label after.c "$SKEP_SOURCE_DIR/tests/adopt/before.c" \
		"$SKEP_SOURCE_DIR/tests/adopt/after.c" > "$work/is" || [[ $? = 1 ]]
	diff "$work/is" "$1"
}

for name in calls.h calls.bpf.c calls.c; do
	block $name > "$work/$name"
done
block diff > "$work/diff"
compiles "the BPF side compiles without skep" "$(any_clang)" -target bpf -g -O2 \
	-idirafter "/usr/include/$(gcc -print-multiarch)" -c "$work/calls.bpf.c" -o "$work/calls.bpf.o"
compiles "the program of libbpf alone is built" build "$work/calls.c" "$work/stock"
compiles "the change adds five lines" five_lines "$work/diff"
compiles "it applies" patch -s "$work/calls.c" "$work/diff"
compiles "the program with a typed map is built" build "$work/calls.c" "$work/typed"
for program in stock typed; do
	if [[ $EUID = 0 ]]; then
		compiles "the $program program counts 100 calls" says "getppid: 100" \
			"$work/$program" "$work/calls.bpf.o"
	else
		skip "the $program program counts 100 calls" "needs root"
	fi
done
block 'diff ring' > "$work/ring-diff"
compiles "the guide shows how the two tools with rings differ" is_shown "$work/ring-diff"
compiles "that is five lines too" five_lines "$work/ring-diff"
finish
