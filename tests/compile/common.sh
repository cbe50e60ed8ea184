# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=bash disable=SC2034 # what is set here is used where this is sourced
# Sourced by the tests here: what compiles and what does not, as TAP.
# Wants SKEP_SOURCE_DIR; uses the compilers that are there, and says which are not.
set -u

include=$SKEP_SOURCE_DIR/sdk/include
bpf_include=$SKEP_SOURCE_DIR/bpf-headers
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0

# To assembly: gcc looks at ignored results only when it makes code.
c_flags=(-std=c11 -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Werror
	-S -o /dev/null -I "$include")
cpp_flags=(-x c++ -std=c++17 -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Werror
	-fsyntax-only -I "$include")
# -O2, because the helpers of BPF must be inlined; to assembly, because nothing is kept.
bpf_flags=(-target bpf -g -O2 -std=gnu11 -mcpu=v3 -DSKEP_BPF_CPU_V3 -Wall -Wextra
	-Wno-unused-parameter -Werror -S -o /dev/null -I "$bpf_include" -I "$include"
	-idirafter "/usr/include/$(gcc -print-multiarch)")

# Prints "ok" or "not ok" with the next number; of a failure the output too.
result() # STATUS CLAIM [OUTPUT]
{
	count=$((count + 1))
	if [[ $1 = 0 ]]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		awk 'NR <= 30 { print "# " $0 }' <<< "${3-}"
	fi
}

skip() # CLAIM WHY
{
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

have() # COMPILER
{
	command -v "$1" > /dev/null
}

# What the compiler says without quotes and colours that differ between locales and versions.
export LC_ALL=C

compiles() # CLAIM COMMAND...
{
	local claim=$1 output
	shift
	output=$("$@" 2>&1)
	result $? "$claim" "$output"
}

# Must fail, and say the sentence in an error: sources that are shown have it too. gcc writes \' in it for an apostrophe.
fails_saying() # SENTENCE CLAIM COMMAND...
{
	local sentence=$1 claim=$2 output errors
	shift 2
	if output=$("$@" 2>&1); then
		result 1 "$claim" "it compiled"
		return
	fi
	errors=$(grep -E 'error|^skep gen:' <<< "$output" || true)
	if [[ ${errors//\\\'/\'} != *"$sentence"* ]]; then
		result 1 "$claim" "no '$sentence' in: $output"
	elif [[ $sentence = skep:* && $* != *"-x c++"* ]] && ! grep -qE "error:.{0,140}skep:" <<< "$errors"; then
		result 1 "$claim" "the sentence is behind too much else: $errors"
	else
		result 0 "$claim"
	fi
}

# What is in front of every case is compiled once: PRELUDE, for COMMAND, which makes C or C++. The
# command is then the one for the cases, and the prelude that is left is empty. A prelude that does not
# compile is left as it is, for the cases to say so.
precompile() # COMMAND...
{
	local made=("$1") header=$work/prelude.h language=c-header
	shift
	[[ $* != *"-x c++"* ]] || language=c++-header
	while [[ $# -gt 0 ]]; do
		case $1 in
		-S | -fsyntax-only) ;;
		-o | -x) shift ;;
		*) made+=("$1") ;;
		esac
		shift
	done
	cp "$prelude" "$header"
	if [[ ${command[0]} = clang* ]]; then
		"${made[@]}" -x $language "$header" -o "$header.pch" 2> /dev/null || return 0
		command+=(-include-pch "$header.pch")
	else
		"${made[@]}" -x $language "$header" -o "$header.gch" 2> /dev/null || return 0
		command+=(-include "$header")
	fi
	prelude=/dev/null
}

# Each case of a file: a title line "== claim | sentence" and the lines up to the next, which become
# the body of a function behind the prelude. Without a sentence it must compile.
run_cases() # FILE PRELUDE NAME COMMAND...
{
	local cases=$1 prelude=$2 name=$3 line claim="" sentence="" body=""
	shift 3
	local command=("$@")
	rm -f "$work"/prelude.h.*
	[[ ${command[*]} = *"-target bpf"* ]] || precompile "${command[@]}"
	while IFS= read -r line || [[ -n $line ]]; do
		if [[ $line = "== "* ]]; then
			run_case
			claim=${line#== }
			sentence=""
			[[ $claim != *" | "* ]] || sentence=${claim#* | }
			claim=${claim%% | *}
			body=""
		elif [[ -n $claim ]]; then
			body+=$line$'\n'
		fi
	done < "$cases"
	run_case
}

run_case()
{
	local source=$work/case.c

	[[ -n $claim ]] || return 0
	printf '%s\nvoid tested(void)\n{\n%s}\n' "$(cat "$prelude")" "$body" > "$source"
	if [[ -n $sentence ]]; then
		fails_saying "$sentence" "$claim [$name]" "${command[@]}" "$source"
	else
		compiles "$claim [$name]" "${command[@]}" "$source"
	fi
}

skep=$SKEP_BUILD_DIR/sdk/cli/skep
hard=$SKEP_SOURCE_DIR/tests/compile/hard

# STEM.skep.h in DIR, from STEM.bpf.c; further words go to `skep gen`.
generate() # COMPILER SOURCE DIR GEN_OPTIONS...
{
	local compiler=$1 source=$2 dir=$3 stem
	shift 3
	stem=$(basename "$source" .bpf.c)
	mkdir -p "$dir"
	"$compiler" "${bpf_flags[@]/#-S/-c}" -I "$(dirname "$source")" "$source" -o "$dir/$stem.bpf.o" &&
		"$skep" gen "$dir/$stem.bpf.o" --quiet "$@" -o "$dir/$stem.skep.h"
}

# The first of the compilers for BPF that is there.
any_clang()
{
	local compiler
	for compiler in clang-14 clang-19 clang; do
		have $compiler && { echo $compiler; return; }
	done
	echo "no clang" >&2
	exit 1
}

finish()
{
	echo "1..$count"
}
