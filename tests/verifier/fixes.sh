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
claim a_changed_source_is_left_alone changed
claim json_has_the_change names_and_places
finish
