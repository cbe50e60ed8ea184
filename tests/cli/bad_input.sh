#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Files that are no BPF object, or only the beginning of one: one line, status 1, nothing left.
# shellcheck source=common.sh
. "$SKEP_SOURCE_DIR/tests/cli/common.sh"

# What a user would type; nothing of it is to be reached.
run=("$skep" run -d 0.01)
gen=("$skep" gen -q -n never -o never.h)

both_say()
{
	says 1 "$1" "${run[@]}" "$2"
	says 1 "$1" "${gen[@]}" "$2"
	[[ ! -e never.h ]] || { echo "wrote a header of $2"; return 1; }
}

refuses_what_is_no_file()
{
	both_say "cannot open /nonexistent/x.o: No such file" /nonexistent/x.o
	both_say "is not a file" "$work"
	both_say "is not a file" /dev/null
	mkfifo pipe
	both_say "is not a file" pipe
	ln -s loop loop
	both_say "Too many levels" loop
	both_say "Not a directory" "$objects/tracer.bpf.c/x.o"
	both_say "No such file|cannot open" ''
}

refuses_other_contents()
{
	echo "just text" > text.o
	both_say 'text.o is not an ELF file \(it begins with "just' text.o
	: > empty.o
	both_say 'empty.o is empty' empty.o
	printf '\033[31m\001\377' > binary.o
	both_say 'is not an ELF file' binary.o
	lacks $'\033' says.err
	head -c 100000 /dev/zero > zero.o
	both_say 'is not an ELF file' zero.o
	truncate -s 100G sparse.o
	both_say 'is not an ELF file|too large|larger' sparse.o
}

refuses_other_machines()
{
	both_say 'x86-64 object, not BPF|not BPF' "$skep"
	clang -target aarch64-linux-gnu -c -x c /dev/null -o arm.o
	both_say 'not BPF' arm.o
	clang -target i386-linux-gnu -c -x c /dev/null -o 32.o
	both_say '32.bit|not BPF' 32.o
	compile tracer.bpf.c big.o -target bpfeb
	both_say 'big.endian' big.o
}

# Cut after each 512 bytes: refused, and with words.
refuses_truncated()
{
	local object=$1 bytes at

	bytes=$(stat -c %s "$object")
	for ((at = 512; at < bytes; at += 512)); do
		head -c "$at" "$object" > cut.o
		echo "cut at $at of $bytes"
		both_say 'cut' cut.o
	done
}

claim "a missing file, a folder, a device, a pipe, a loop of links: one line, status 1" \
	refuses_what_is_no_file
claim "text, nothing, zeros, binary rubbish: one line, status 1" refuses_other_contents
claim "objects for x86, arm64, i386 and big-endian BPF: one line, status 1" refuses_other_machines
for name in execsnoop xdpcount; do
	claim "$name.bpf.o cut at every 512 bytes: one line, status 1, each time" \
		refuses_truncated "$(example "$name")"
done
finish
