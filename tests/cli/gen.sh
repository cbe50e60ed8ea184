#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# `skep gen`: what it takes and refuses, and that a header is written whole or not at all. What is in
# a header is the business of tests/compile.
# shellcheck source=common.sh
. "$SKEP_SOURCE_DIR/tests/cli/common.sh"

compile tracer.bpf.c tracer.bpf.o
compile xdp.bpf.c xdp.bpf.o

# compiles HEADER NAME: a program that includes it and opens the object.
compiles()
{
	printf '#include "%s"\nint main(void) { struct %s *a; return %s_open(&a, 0); }\n' \
		"$1" "$2" "$2" > uses.c
	cc -std=c11 -Wall -Wextra -Wpedantic -Werror -I. -I"$SKEP_SOURCE_DIR/sdk/include" \
		-fsyntax-only uses.c "${@:3}"
}

writes_a_header()
{
	succeeds "$skep" gen -q tracer.bpf.o
	mv says.out first.h
	compiles first.h tracer
	succeeds "$skep" gen -q -o second.h tracer.bpf.o
	[[ ! -s says.out ]]
	cmp first.h second.h
	[[ $(stat -c %a second.h) = $(printf '%o' $((0666 & ~$(umask)))) ]]
}

takes_names_from_files()
{
	mkdir -p dir
	cp tracer.bpf.o dir/my-tool.v2.bpf.o
	cp tracer.bpf.o dir/2nd.o
	succeeds "$skep" gen -q -o n1.h dir/my-tool.v2.bpf.o
	compiles n1.h my_tool
	succeeds "$skep" gen -q -o n2.h dir/2nd.o
	compiles n2.h _2nd
	succeeds "$skep" gen -q -n other -o n3.h dir/2nd.o
	compiles n3.h other
}

# It tells about holes in records, which user space would read as they are.
notes_padding()
{
	"$skep" gen -o noted.h tracer.bpf.o 2> notes
	[[ -s noted.h ]]
	grep -vE 'padding|hole' notes > others || true
	[[ ! -s others ]] || { cat others; return 1; }
}

joins_architectures()
{
	succeeds "$skep" gen -q -n both -o both.h x86=tracer.bpf.o arm64=tracer.bpf.o
	grep -q '^#if defined(__x86_64__)' both.h
	grep -q '^#elif defined(__aarch64__)' both.h
	[[ $(uname -m) != x86_64 && $(uname -m) != aarch64 ]] || compiles both.h both
	succeeds "$skep" gen -q -o path.h ./tracer.bpf.o
	cp tracer.bpf.o 'x86=odd.o'
	succeeds "$skep" gen -q -o odd.h './x86=odd.o'
}

refuses_what_does_not_belong_together()
{
	says 1 'differ in their maps, types or programs' \
		"$skep" gen -q -o no.h x86=tracer.bpf.o arm64=xdp.bpf.o
	says 2 "'pdp11' is no architecture" "$skep" gen -q -o no.h pdp11=tracer.bpf.o
	says 2 "hint: .*x86, arm64" "$skep" gen -q -o no.h pdp11=tracer.bpf.o
	says 2 "'' is no architecture" "$skep" gen -q -o no.h =tracer.bpf.o
	says 2 'architecture' "$skep" gen -q -o no.h tracer.bpf.o tracer.bpf.o
	says 2 'architecture' "$skep" gen -q -o no.h tracer.bpf.o x86=tracer.bpf.o
	says 2 'architecture' "$skep" gen -q -o no.h x86=tracer.bpf.o tracer.bpf.o
	says 2 'twice' "$skep" gen -q -o no.h x86=tracer.bpf.o x86=tracer.bpf.o
	says 1 'No such file' "$skep" gen -q -o no.h x86=tracer.bpf.o arm64=nowhere.o
	[[ ! -e no.h ]]
}

refuses_missing_headers()
{
	says 1 'cannot read nowhere.h: No such file' "$skep" gen -q -o no.h -H nowhere.h tracer.bpf.o
	touch closed.h && chmod 0 closed.h
	[[ $EUID -eq 0 ]] || says 1 'Permission' "$skep" gen -q -o no.h -H closed.h tracer.bpf.o
	[[ ! -e no.h ]]
}

# A struct that a header has is not written again.
uses_types_of_headers()
{
	printf 'typedef struct empty { int none; } empty;\nstruct point { int x; short y[2]; };\n' \
		> shared.h
	succeeds "$skep" gen -q -o with.h -H shared.h tracer.bpf.o
	grep -q '#include "shared.h"' with.h
	compiles with.h tracer
}

keeps_the_old_file_on_failure()
{
	echo precious > old.h
	says 1 'is not an ELF file' "$skep" gen -q -o old.h "$objects/tracer.bpf.c"
	[[ $(cat old.h) = precious ]]
	mkdir -p limited && mount -t tmpfs -o size=16k tmpfs limited
	echo precious > limited/old.h
	says 1 'cannot write limited/old.h: No space left' \
		"$skep" gen -q -o limited/old.h "$(example execsnoop)"
	[[ $(cat limited/old.h) = precious && $(ls -A limited) = old.h ]]
	rm limited/old.h
	says 1 'cannot write limited/new.h: No space left' \
		"$skep" gen -q -o limited/new.h "$(example execsnoop)"
	is_empty limited
	umount limited
}

refuses_unwritable_places()
{
	says 1 'cannot write no/x.h: No such file' "$skep" gen -q -o no/x.h tracer.bpf.o
	says 1 'cannot write .*: Is a directory' "$skep" gen -q -o . tracer.bpf.o
	says 1 'cannot write .*: No such file|cannot write : ' "$skep" gen -q -o '' tracer.bpf.o
	# A copy: a bug would cost the machine's.
	mknod full c 1 7
	says 1 'cannot write full: No space left' "$skep" gen -q -o full tracer.bpf.o
	[[ -c full ]]
	mkdir -p ro && mount -t tmpfs -o ro tmpfs ro
	says 1 'Read-only file system' "$skep" gen -q -o ro/x.h tracer.bpf.o
	umount ro
	[[ $EUID -ne 0 ]] || says 1 'Operation not supported|Permission denied|No such file' \
		"$skep" gen -q -o /proc/x.h tracer.bpf.o
}

# What is no file is written into, and stays what it is. On a copy: a bug would cost the machine's.
does_not_replace_devices()
{
	mknod null c 1 3 2>/dev/null || cp -a /dev/null null
	succeeds "$skep" gen -q -o null tracer.bpf.o
	[[ -c null ]]
	mkfifo fifo
	cat fifo > through & pids+=($!)
	succeeds "$skep" gen -q -o fifo tracer.bpf.o
	wait "$!"
	[[ -p fifo ]]
	cmp through second.h
}

# `-o /dev/stdout` with standard output in a file: a private /dev, for the same reason.
writes_to_standard_output_by_name()
{
	readlink /dev/stdout > before
	unshare -m bash -e <<- END
		mount -t tmpfs tmpfs /dev
		ln -s /proc/self/fd/1 /dev/stdout
		"$skep" gen -q -o /dev/stdout tracer.bpf.o > whole
		[[ -L /dev/stdout ]]
	END
	readlink /dev/stdout | cmp - before
	cmp whole second.h
}

# A link is followed: the file it names is what is written.
follows_links()
{
	mkdir -p real
	echo old > real/x.h
	ln -s real/x.h link.h
	succeeds "$skep" gen -q -o link.h tracer.bpf.o
	[[ -L link.h ]]
	cmp real/x.h second.h
	[[ $(ls -A real) = x.h ]]
}

claim "one object: a header on standard output, or the same in a file" writes_a_header
claim "the prefix comes from the file's name or from --name, made a C identifier" \
	takes_names_from_files
claim "notes on standard error are about padding" notes_padding
claim "x86=a.o arm64=b.o become one header, which picks" joins_architectures
claim "objects that differ, an unknown architecture, two objects for one: refused" \
	refuses_what_does_not_belong_together
claim "a header that is missing is refused" refuses_missing_headers
claim "types of a header are used" uses_types_of_headers
if [[ $EUID -eq 0 ]]; then
	claim "a failure or a full disk leaves the old file, and nothing new" keeps_the_old_file_on_failure
	claim "-o /dev/stdout writes into what standard output is, and leaves the link" \
		writes_to_standard_output_by_name
	claim "a place that cannot be written: one line, status 1" refuses_unwritable_places
fi
claim "a device or a pipe is written into, not replaced" does_not_replace_devices
claim "a symbolic link is followed, not replaced" follows_links
finish
