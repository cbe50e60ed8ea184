#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# The way in which a reader of a ring goes to sleep loses no wake-up, and each part of it is needed.
. "$(dirname "${BASH_SOURCE[0]}")/../check/lib.sh"

need spin gcc

# search FLAGS...: what spin finds when it tries all orders of events, in $work/found.
search()
{
	local folder=$work/spin

	rm -rf "$folder" && mkdir "$folder" && cd "$folder"
	spin "$@" -a "$root/tests/model/ring.pml" > spin.log || cat spin.log
	gcc -O2 -DSAFETY -w -o pan pan.c
	./pan -m100000 > "$work/found" 2>&1 || true
	grep -q '^State-vector' "$work/found" || cat "$work/found"
}

finds_nothing()
{
	search
	grep -q 'errors: 0' "$work/found" || cat "$work/found"
	# All of it was searched, and there was something to search.
	! grep -q 'Search not completed' "$work/found" || cat "$work/found"
	awk '/states, stored/ && $1 > 10000 { many = 1 } END { exit !many }' "$work/found"
}

finds_a_reader_that_sleeps_for_ever()
{
	search "$1"
	grep -q 'invalid end state' "$work/found" || echo "nothing was found: $(cat "$work/found")"
}

claim no_wakeup_is_lost finds_nothing
claim without_the_fence_one_is finds_a_reader_that_sleeps_for_ever -DNO_FENCE
claim without_looking_again_one_is finds_a_reader_that_sleeps_for_ever -DNO_LOOK
claim without_publishing_all_one_is finds_a_reader_that_sleeps_for_ever -DNO_PUBLISH
finish
