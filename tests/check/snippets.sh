#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Code in documentation works: each block of C compiles, each block of shell is at least shell.
# docs/guides/testing-skep.md says how blocks are written.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

: "${SKEP_CLANG:=clang}"
: "${CC:=cc}"
: "${CXX:=c++}"
warnings=(-Wall -Wextra -Werror -Wno-unused -Wno-unused-parameter)

compile_user()
{
	"$CC" -std=gnu11 -O1 "${warnings[@]}" -I "$2" -I "$work/prelude" -I sdk/include -I tests \
		-c -o "$work/block.o" -x c "$1"
}

compile_cpp()
{
	"$CXX" -std=c++17 -O1 "${warnings[@]}" -I "$2" -I "$work/prelude" -I sdk/include -c \
		-o "$work/block.o" "$1"
}

# As skep_add_bpf_program() has it: programs that look at registers must know the processor.
case $(uname -m) in
aarch64) arch=arm64 ;;
*) arch=x86 ;;
esac

compile_bpf()
{
	"$SKEP_CLANG" -target bpf -O2 -g -std=gnu11 -mcpu=v3 -DSKEP_BPF_CPU_V3 \
		"-D__TARGET_ARCH_$arch" "${warnings[@]}" \
		-I "$2" -I "$work/prelude" -I bpf-headers -I sdk/include \
		-idirafter "/usr/include/$(gcc -print-multiarch)" -c -o "$3" "$1"
}

# generate FOLDER NAME.bpf.c HEADER...: NAME.skep.h, as skep_add_bpf_program() makes it.
generate()
{
	local folder=$1 name=${2%.bpf.c} arguments=() header

	shift 2
	for header in "$@"; do
		arguments+=(--header "$header")
	done
	compile_bpf "$folder/$name.bpf.c" "$folder" "$folder/$name.bpf.o"
	"$build/sdk/cli/skep" gen "$folder/$name.bpf.o" --name "$name" "${arguments[@]}" \
		-o "$folder/$name.skep.h"
}

# headers_of SOURCE FOLDER...: the headers that it includes from the folders.
headers_of()
{
	local source=$1 name folder

	shift
	sed -n 's/^#include "\([^"]*\)".*/\1/p' "$source" | while IFS= read -r name; do
		for folder in "$@"; do
			[[ ! -f $folder/$name ]] || printf '%s\n' "$folder/$name"
		done
	done
}

# What fragments stand on: tests/check/prelude and what is made of it.
make_prelude()
{
	local source headers

	cp -r "$here/prelude" "$work/prelude"
	for source in "$work"/prelude/*.bpf.c; do
		mapfile -t headers < <(headers_of "$source" "$work/prelude")
		generate "$work/prelude" "$(basename "$source")" "${headers[@]}"
	done
}

cut_out()
{
	mkdir "$work/blocks"
	: > "$work/blocks/list"
	files "$1" | over awk -v dir="$work/blocks" -f "$here/snippets.awk"
}

# Blocks that are files are there for the others of the same guide.
place_files()
{
	local number side at name folder headers

	while IFS=$'\t' read -r number _ side at name _; do
		folder=$work/of/${at%:*}
		mkdir -p "$folder"
		[[ $name != - ]] || continue
		cp "$work/blocks/$number.c" "$folder/$name"
		[[ $name = *.bpf.c ]] || continue
		mapfile -t headers < <(headers_of "$folder/$name" "$folder" "$work/prelude")
		generate "$folder" "$name" "${headers[@]}"
	done < "$work/blocks/list"
}

run_block()
{
	local script=$1

	mkdir -p "$work/run"
	(
		cd "$work/run"
		PATH=$build/sdk/cli:$PATH timeout 60 bash -euo pipefail "$script" < /dev/null
	)
}

check_block()
{
	local number=$1 lang=$2 side=$3 at=$4 mark=$5

	case $lang-$side-$mark in
	sh-*-run) run_block "$work/blocks/$number.sh" ;;
	sh-*) bash -n "$work/blocks/$number.sh" ;;
	cpp-*) compile_cpp "$work/blocks/$number.cpp" "$work/of/${at%:*}" ;;
	c-bpf-*) compile_bpf "$work/blocks/$number.c" "$work/of/${at%:*}" "$work/block.o" ;;
	c-user-*) compile_user "$work/blocks/$number.c" "$work/of/${at%:*}" ;;
	esac > "$work/block.log" 2>&1 && return
	# The compiler names the file and line of the guide.
	sed "s,^$root/,," "$work/block.log" |
		grep -E '^[^ ]+:[0-9]+(:[0-9]+)?: (fatal )?(error|warning)' | head -n 3 \
		> "$work/block.short" || true
	if [[ -s $work/block.short ]]; then
		cat "$work/block.short"
	else
		echo "$at: $(grep -v '^$' "$work/block.log" | head -n 1)"
	fi
}

bad_blocks()
{
	local number lang side at mark

	cut_out "$1"
	place_files
	while IFS=$'\t' read -r number lang side at _ mark; do
		case $mark in
		'not compiled: '?*) echo "note: $at: $mark" ;;
		*) check_block "$number" "$lang" "$side" "$at" "$mark" ;;
		esac
	done < "$work/blocks/list"
	echo "note: $(wc -l < "$work/blocks/list") blocks"
	rm -rf "$work/blocks" "$work/of"
}

need "$SKEP_CLANG" gcc
need_build
make_prelude
claim code_blocks_in_guides_work bad_blocks '^[^/]*\.md$|^docs/.*\.md$|^(examples|templates)/.*\.md$'
claim code_blocks_in_headers_compile bad_blocks '^(sdk/include|bpf-headers)/.*\.h(pp)?$'
finish
