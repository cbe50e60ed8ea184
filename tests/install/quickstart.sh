#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# scripts/quickstart on a machine that has the packages, and the lines that it says to type next.
# shellcheck disable=SC2317 source=tests/install/common.sh
. "${SKEP_SOURCE_DIR:?}/tests/install/common.sh"

if [[ $EUID -ne 0 ]]; then
	echo "quickstart shows events of the kernel, which needs root"
	exit 77
fi

quickstart=$SKEP_SOURCE_DIR/scripts/quickstart
place="$work/some where"

run_quickstart()
{
	cd "$place"
	"$quickstart" --prefix "$work/prefix" "$@" | tee "$work/said"
}

says()
{
	grep -E -- "$1" "$work/said" || { cat "$work/said"; return 1; }
}

# The lines after "Now type:", but not for ever: the last is the program, which runs till Ctrl-C.
type_next_lines()
{
	local lines

	cd "$place"
	lines=$(sed -n '/^Now type:/,/^Or /p' "$work/said" | sed '1d; $d')
	echo "$lines"
	env -i HOME="$work" PATH="$PATH" bash -ec "${lines%$'\n'*}"
	cd mine
	timeout --preserve-status 2 bash -ec "exec $(tail -n 1 <<< "$lines")" > "$work/mine.log" &
	sleep 1
	/bin/true
	wait "$!"
	grep -w 'true' "$work/mine.log"
}

mkdir "$place"
need "builds, scaffolds and runs, from any folder" run_quickstart
claim "shows the programs that it started itself" says '^ .*\btrue\b'
claim "the project is in that folder" test -d "$place/hello"
claim "the finished tools are there" eval '"$work/prefix/bin/skep" tools | grep -w opensnoop'
claim "a second run goes on from what is there" run_quickstart
claim "and says so" says 'there from before'
claim "the lines it ends with work when typed" type_next_lines
mkdir -p "$place/other"
claim "a folder that is no project is left alone" \
	refuses 'other exists and is no project' run_quickstart --project other
claim "an unknown argument is refused" refuses 'scripts/quickstart \[--prefix DIR\]' \
	"$quickstart" --honey
finish
