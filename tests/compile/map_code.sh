#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# What the typed layer costs, by disassembly: nothing over the raw call; and the raw call at most
# five instructions more than libbpf's call on a file descriptor.
# shellcheck source=tests/compile/common.sh
. "$SKEP_SOURCE_DIR/tests/compile/common.sh"
here=$SKEP_SOURCE_DIR/tests/compile

# The instructions of a function, without addresses: up to the next function.
code_of() # OBJECT FUNCTION
{
	objdump -dr --no-show-raw-insn "$1" | awk -v name="<$2>:" '
		$2 == name { inside = 1; next }
		/^[0-9a-f]+ <.*>:$/ { inside = 0 }
		inside && NF && !/\t(nop|data16|xchg +%ax,%ax|cs nopw)/ {
			sub(/^[ \t]*[0-9a-f]+:[ \t]*/, "")
			gsub(/[0-9a-f]+ <[^>]*>/, "")
			sub(/^[0-9a-f]+: +R_/, "R_")
			print
		}'
}

same_code() # OBJECT FUNCTION
{
	local typed raw
	typed=$(code_of "$1" "typed_$2")
	raw=$(code_of "$1" "raw_$2")
	[[ -n $raw ]] && diff <(echo "$raw") <(echo "$typed")
}

# Of a call that succeeds: from the first instruction to the first return, which both compilers
# and both libraries lay out without a jump that is taken, but for the one over libbpf's errno.
straight() # FILE FUNCTION
{
	objdump -d --no-show-raw-insn "$1" | awk -v name="^<$2(@@.*)?>:$" '
		$2 ~ name { inside = 1; next }
		!inside || NF < 2 { next }
		skip_to != "" { if ($1 != skip_to ":") next; skip_to = "" }
		{ count++ }
		$2 == "jns" { skip_to = $3 }
		$2 ~ /^ret/ { print count; exit }'
}

# libbpf's own: the shared one that this machine has.
libbpf=$(ldconfig -p | awk '/libbpf\.so\.1 / { print $NF; exit }')
ours=$work/ops.o

within_five() # FUNCTION LIBBPF-FUNCTION
{
	local mine theirs
	mine=$(straight "$ours" "$1")
	theirs=$(straight "$libbpf" "$2")
	echo "# $1: $mine instructions, $2: $theirs"
	[[ -n $mine && -n $theirs && $mine -gt 5 && $theirs -gt 5 && $mine -le $((theirs + 5)) ]]
}

for compiler in gcc clang-14 clang-19; do
	have $compiler || { skip "nothing over the raw call [$compiler]" "no $compiler"; continue; }
	compiles "map_code.c compiles [$compiler]" $compiler -std=c11 -O2 -Wall -Wextra -Wpedantic \
		-Wconversion -Werror -I "$include" -c -o "$work/code.o" "$here/map_code.c"
	for call in get put del take; do
		compiles "typed $call is the raw call and nothing more [$compiler]" \
			same_code "$work/code.o" $call
	done
	for call in memory memory_sum; do
		compiles "typed $call is a plain array's and nothing more [$compiler]" \
			same_code "$work/code.o" $call
	done
	if [[ $(uname -m) != x86_64 || -z $libbpf ]]; then
		skip "the raw call beside libbpf's [$compiler]" "needs x86_64 and a shared libbpf"
		continue
	fi
	compiles "ops.c compiles [$compiler]" $compiler -std=gnu17 -O2 -D_GNU_SOURCE -I "$include" \
		-I "$SKEP_SOURCE_DIR/sdk/src" -c -o "$ours" "$SKEP_SOURCE_DIR/sdk/src/map/ops.c"
	for call in get:lookup put:update del:delete; do
		claim="raw ${call%:*} is within five instructions of libbpf's [$compiler]"
		output=$(within_five "skep_map_${call%:*}_raw" "bpf_map_${call#*:}_elem")
		result $? "$claim" "$output"
		echo "$output"
	done
done
finish
