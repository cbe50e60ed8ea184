#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Fixes as patches: for the recorded logs, what `-f patch` prints is taken by patch and by git.
# shellcheck source=../cli/common.sh
. "$SKEP_SOURCE_DIR/tests/cli/common.sh"

corpus=$SKEP_SOURCE_DIR/tests/corpus

# patched NAME: the program, with the fix made, is src/NAME.bpf.c.
patched()
{
	rm -rf src
	mkdir src
	cp "$corpus/programs/$1.bpf.c" src/
	"$skep" explain -f patch -C src "$corpus/logs/6.18/$1.log" > "$1.patch" 2> err || true
	[[ -s $1.patch ]] || { echo "$1: no patch"; cat err; return 1; }
	(cd src && git apply -p0 --check "../$1.patch") || return 1
	patch -s -p0 -d src < "$1.patch"
}

patch_and_git_take_it()
{
	local name

	for name in null_lookup packet_short_check index_off_by_one reference_leak license \
		lock_not_released size_zero packet_stale endless_loop return_range; do
		patched "$name" || return 1
	done
}

made()
{
	patched index_off_by_one && grep -q 'if (slot < 16)' src/index_off_by_one.bpf.c &&
		patched reference_leak && grep -B1 'return 0;' src/reference_leak.bpf.c |
		grep -q 'bpf_ringbuf_discard(e, 0);' &&
		patched license && grep -q 'SEC("license") = "GPL";' src/license.bpf.c
}

# A helper that wants a licence, called by a header: that is somebody else's, and the program says it.
says_it_in_the_program()
{
	rm -rf src
	mkdir -p src/include
	cat > src/include/reads.h <<-'END'
		static long (*reads)(void *to, unsigned size, const void *from) = (void *)112;
		static inline __attribute__((always_inline)) int first_byte(const void *from)
		{
			char byte = 0;

			reads(&byte, 1, from);
			return byte;
		}
	END
	cat > src/go.bpf.c <<-'END'
		#include "include/reads.h"

		__attribute__((section("raw_tp"), used)) int go(const void **ctx)
		{
			return first_byte(ctx[0]);
		}
	END
	(cd src && clang -g -O2 -target bpf -c go.bpf.c -o go.bpf.o)
	cat > go.log <<-'END'
		0: R1=ctx(off=0,imm=0) R10=fp0
		; reads(&byte, 1, from); @ include/reads.h:6
		0: (85) call bpf_probe_read_user#112
		cannot call GPL-restricted function from non-GPL compatible program
		processed 1 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
	END
	"$skep" explain -f patch -C src -o src/go.bpf.o -p go go.log > go.patch 2> err || true
	cp src/include/reads.h before
	patch -s -p0 -d src < go.patch
	cmp before src/include/reads.h
	grep -q '^char LICENSE\[\] SEC("license") = "GPL";' src/go.bpf.c
	# By skep's macro, where its headers are; and what is there is changed.
	sed -i -e '/LICENSE/d' -e '1i#include <skep/bpf/core.h>' src/go.bpf.c
	"$skep" explain -f patch -C src -o src/go.bpf.o -p go go.log > go.patch 2> err || true
	patch -s -p0 -d src < go.patch
	grep -q '^SKEP_LICENSE("GPL");' src/go.bpf.c
	sed -i 's/^SKEP_LICENSE.*/SKEP_LICENSE("MIT");/' src/go.bpf.c
	"$skep" explain -f patch -C src -o src/go.bpf.o -p go go.log > go.patch 2> err || true
	patch -s -p0 -d src < go.patch
	[[ $(grep -c 'LICENSE' src/go.bpf.c) -eq 1 ]]
	grep -q '^SKEP_LICENSE("GPL");' src/go.bpf.c
}

# The file has changed since: no patch, and a word about it.
changed()
{
	rm -rf src
	mkdir src
	sed 's/c->hits++/c->bytes++/' "$corpus/programs/null_lookup.bpf.c" > src/null_lookup.bpf.c
	! "$skep" explain -f patch -C src "$corpus/logs/6.18/null_lookup.log" > out 2> err &&
		[[ ! -s out ]] && grep -q 'no fix here may be applied by a machine' err
}

names_and_places()
{
	"$skep" explain -f json -C "$corpus/programs" "$corpus/logs/6.18/null_lookup.log" > out || true
	python3 -c 'if True:
		import json, sys
		fix = json.load(open("out"))["diagnostics"][0]["fixes"][0]
		assert fix["code"] == "if (!c)\n\treturn 0;", fix
		assert "+\tif (!c)\n" in json.dumps(fix).encode().decode("unicode_escape"), fix'
}

claim a_patch_is_taken_by_patch_and_git patch_and_git_take_it
claim the_patch_makes_what_it_says made
claim a_licence_is_said_in_the_program_and_not_in_a_header says_it_in_the_program
claim a_changed_source_is_left_alone changed
claim json_has_the_change names_and_places
finish
