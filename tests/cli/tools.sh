#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# skep tools, in a build tree: each tool is listed once, by its topic, and run with its own arguments.
# What is installed is looked at by tests/examples/alone.sh.
# shellcheck source=common.sh
. "$SKEP_SOURCE_DIR/tests/cli/common.sh"

lists_each_once()
{
	local about name

	succeeds "$skep" tools
	cp says.out list
	for about in "$SKEP_SOURCE_DIR"/examples/*/*/.about; do
		name=$(basename "${about%/.about}")
		[[ $(grep -cE "^  $name +([0-9]+\.[0-9]+|any) +(yes|no|\?) " list) -eq 1 ]] ||
			{ echo "$name is not there once"; cat list; return 1; }
		grep -F "$(head -n 1 "$about")" list | grep -q "^  $name " ||
			{ echo "$name is not told"; return 1; }
	done
	[[ $(grep -c '^[a-z].*KERNEL' list) -eq 3 ]]
}

lists_json()
{
	succeeds "$skep" tools --format json
	python3 -c '
import json, pathlib, sys
tools = json.load(open("says.out"))
there = sorted(p.parent.name for p in pathlib.Path(sys.argv[1]).glob("examples/*/*/.about"))
assert sorted(t["name"] for t in tools) == there, tools
for t in tools:
    assert t["topic"] in ("tracing", "networking", "security"), t
    assert t["runs_here"] in (True, False, None), t
    assert (t["why_not"] is not None) == (t["runs_here"] is False), t
' "$SKEP_SOURCE_DIR"
}

says_why_one_cannot_run()
{
	# What needs privileges, asked by who has none.
	[[ $EUID -eq 0 ]] || return 0
	chmod 755 "$work"
	setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all \
		"$skep" tools > unprivileged
	grep -qE '^  execsnoop +[0-9.]+ +sudo ' unprivileged
}

runs_one_with_its_arguments()
{
	succeeds "$skep" tools execsnoop --version
	grep -q '^execsnoop (skep ' says.out
	succeeds "$skep" tools execsnoop --help
	grep -q -- '--exits' says.out
	succeeds "$skep" tools -- execsnoop --help
	grep -q '^Usage: execsnoop' says.out
	succeeds "$skep" tools skep-execsnoop -V
	timeout 10 "$skep" tools xdpcount -i x lo > one.out 2> one.err && return 1
	[[ $? -eq 2 && ! -s one.out ]]
	grep -q "^xdpcount: not a number of seconds: 'x'" one.err
}

refuses_what_is_not_there()
{
	says 2 "there is no tool 'no-such-tool'" "$skep" tools no-such-tool
	says 2 "there is no tool 'skep-execsnop'" "$skep" tools skep-execsnop
	grep -q 'hint: did you mean execsnoop? ' says.err
	says 2 "there is no tool '../../bin/sh'" "$skep" tools ../../bin/sh
	says 2 "there is no tool ''" "$skep" tools ''
	says 2 "text or json, not 'xml'" "$skep" tools --format xml
	says 1 'cannot write to standard output: No space left' bash -c "'$skep' tools > /dev/full"
	# On its own it has none.
	cp -L "$skep" alone
	says 1 'there are no tools beside this program' ./alone tools
}

[[ -d $SKEP_BUILD_DIR/share/skep/tools ]] || { echo "the examples were not built"; exit 77; }
claim "each tool is listed once, under its topic" lists_each_once
claim "as JSON too" lists_json
claim "one that cannot run says why" says_why_one_cannot_run
claim "a tool is run with its own arguments" runs_one_with_its_arguments
claim "what is not there is refused" refuses_what_is_not_there
finish
