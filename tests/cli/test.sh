#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# `skep test`: a foreign project's tests here and in a virtual machine, every way in which they end,
# wrong calls, and that nothing is left behind.
# shellcheck source=common.sh
. "$SKEP_SOURCE_DIR/tests/cli/common.sh"

project="$work/a project"
cp -r "$SKEP_SOURCE_DIR/tests/cli/project" "$project"
mkdir "$project/extra" tmp
echo > "$project/extra/file"
export TMPDIR=$work/tmp
cache=${SKEP_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/skep}

builds()
{
	cmake -S "$project" -B "$project/build"
	cmake --build "$project/build"
}

cat > is.py << 'END'
import json, sys
kernel, result, test, case, reason = (sys.argv[1:] + ["", ""])[:5]
rows = [r for r in json.load(open("report.json"))["results"]
        if r["kernel"] == kernel and r["test"] == test and case in ("", r.get("case"))]
if [r["result"] for r in rows] != [result] or reason not in rows[0].get("reason", ""):
    sys.exit(f"{test} on {kernel}: {rows}")
END

# is KERNEL RESULT TEST [CASE [REASON]]: as the JSON says it.
is()
{
	python3 is.py "$@"
}

# as_they_end KERNEL SECONDS: everything that is the same on all kernels.
as_they_end()
{
	is "$1" pass 'cases of it' is_42
	is "$1" fail 'cases of it' is_43 '0x2a != 0x2b'
	is "$1" skip 'cases of it' is_skipped
	is "$1" fail says_why '' 'exit status 3: because of 3'
	is "$1" skip skips '' 'because of 77'
	is "$1" skip skips_by_5
	is "$1" fail aborts '' 'signal 6'
	is "$1" fail hangs '' "timed out after $2 s"
	is "$1" pass is_to_fail
	is "$1" pass says
	is "$1" fail says_not '' PASS_REGULAR_EXPRESSION
	is "$1" pass reads
	is "$1" pass reads_here
	is "$1" pass environment
	is "$1" pass script
	is "$1" skip is_off '' DISABLED
	is "$1" fail is_not_built '' 'build it first'
}

# reports KERNEL: to report.json; some tests fail.
reports()
{
	local is=0

	timeout -k 5 250 "$skep" test --kernels "$1" --format json --file "$project/extra" \
		--logs logs "$project/build" > report.json 2> errors || is=$?
	cat errors
	[[ $is -eq 1 && ! -s errors ]]
	is_empty tmp
}

reads_every_end_here()
{
	reports host
	as_they_end host 1
	is host pass other_script
	grep -q hanging logs/host-hangs.log
}

reads_every_end_in_a_machine()
{
	reports 6.1
	as_they_end 6.1 5
	is 6.1 skip other_script '' python3
	grep '^6\.1\.' logs/6.1-script.log
	[[ -s logs/6.1-console.log ]]
}

draws_a_table()
{
	local is=0

	(cd "$project" && "$skep" test --filter 'it$|^says_why' > "$work/table") || is=$?
	cat table
	[[ $is -eq 1 ]]
	grep -Eqx 'test +host' table
	grep -Eqx 'cases of it +1 FAIL 1 pass 1 skip' table
	grep -q -- '---- says_why on host' table
	grep -qx '1 passed, 2 failed, 1 skipped' table
	"$skep" test "$project/build/ends" "$project/script" > table || true
	grep -Eqx 'ends +1 FAIL 1 pass 1 skip' table
	"$skep" test -R 'reads$' "$project/build" > table
	grep -qx '1 passed, 0 failed, 0 skipped' table
}

# The same project twice: rows of the same name say which folder they are from.
tells_folders_apart()
{
	ln -sfn "$project/build" second
	"$skep" test -f json -R '^says$' "$project/build" second > report.json || true
	python3 - "$project/build" second <<- 'END'
		import json, sys
		rows = json.load(open("report.json"))["results"]
		if [(r["test"], r["from"], r["result"]) for r in rows] != \
		   [("says", folder, "pass") for folder in sys.argv[1:]]:
		    sys.exit(f"rows: {rows}")
	END
}

# What was skipped everywhere shows nothing.
skips_alone_are_no_success()
{
	local is=0

	"$skep" test -R '^skips' "$project/build" > table 2> errors || is=$?
	[[ $is -eq 1 ]]
	is_plain errors
	grep -q '2 skipped' table
}

refuses_wrong_calls()
{
	mkdir -p empty
	says 2 "no kernel is called '6.5'" "$skep" test -k 6.1,6.5 "$project/build"
	says 2 "no kernel is called ''" "$skep" test -k 6.1, "$project/build"
	says 1 'no kernel image that can be booted' "$skep" test -k /etc/passwd "$project/build"
	says 1 'there is no /nowhere/vmlinuz' "$skep" test -k /nowhere/vmlinuz "$project/build"
	says 1 'no build folder with tests' "$skep" test empty
	says 1 'there is no nowhere' "$skep" test nowhere
	says 1 'cannot run .*: Permission denied' "$skep" test "$project/own.c"
	says 1 "no test's name matches 'xyzzy'" "$skep" test -R xyzzy "$project/build"
	says 1 'no regular expression' "$skep" test -R '(' "$project/build"
	says 1 'cannot take the file nowhere' "$skep" test --file nowhere "$project/build"
	says 2 'a number from 1 to' "$skep" test --timeout 0 "$project/build"
	says 2 'a number from 1 to' "$skep" test -j x "$project/build"
	says 1 'no test is built for arm64' "$skep" test -k 6.1-arm64 -R says "$project/build"
	says 1 'there is no sysroot nowhere' "$skep" test --sysroot nowhere "$project/script"
	is_empty tmp
}

# Without tools, or off-line, in one line that names packages.
says_what_is_missing()
{
	mkdir -p bin
	for tool in awk timeout bash modprobe setpriv flock readelf busybox; do
		ln -sf "$(PATH=$PATH:/sbin:/usr/sbin command -v "$tool" || echo /bin/true)" bin/
	done
	[[ ! -e /sbin/cpio && ! -e /usr/sbin/cpio ]]
	says 1 'lacks .*cpio, qemu-system-x86_64' env "PATH=$work/bin" \
		"$skep" test -k 6.1 "$project/build/ends"
	grep -q 'apt install cpio qemu-system-x86' says.err
	printf '#!/bin/sh\nexit 100\n' > bin/apt-get
	chmod +x bin/apt-get
	SKEP_CACHE=$work/cache PATH=$work/bin:$PATH "$skep" test -k 6.12 "$project/build/ends" \
		> says.out 2> says.err && return 1
	[[ ! -s says.out ]]
	grep 'fetching kernel 6.12' says.err
	tail -n +2 says.err > errors
	is_plain errors
	grep -E 'off-line' errors
	is_empty tmp
}

# below PID: the names of all that runs below it.
below()
{
	pgrep -P "$1" | while read -r child; do
		cat "/proc/$child/comm" 2>/dev/null || true
		below "$child"
	done
}

# interrupted SIGNAL KERNEL WHAT: ended while WHAT runs below it.
interrupted()
{
	local is=0 pid tries started=''

	env --default-signal=INT "$skep" test -k "$2" --timeout 60 -R '^hangs$' "$project/build" \
		> says.out 2> says.err &
	pid=$!
	for tries in {1..600}; do
		started=$(below "$pid" | grep -E "^$3" || true)
		[[ -z $started ]] || break
		sleep 0.05
	done
	[[ -n $started ]]
	child=$(pgrep -P "$pid")
	kill "-$1" "$pid"
	{ wait "$pid"; } 2> /dev/null || is=$?
	[[ $is -eq $((128 + $(kill -l "$1"))) ]] || { echo "status $is after $tries"; return 1; }
	[[ ! -e /proc/$child ]] || { echo "$child is left"; return 1; }
	is_empty tmp
}

# From a prefix, by its own folder and with nothing in the environment.
works_installed()
{
	install_skep "$work/a prefix" > install.log 2>&1
	env -u SKEP_CACHE "$work/a prefix/bin/skep" test -R '^reads$' "$project/build" > table
	grep -qx '1 passed, 0 failed, 0 skipped' table
	[[ -x "$work/a prefix/share/skep/vm/fetch-kernel" ]]
	[[ -n $(find "$work/a prefix" -path '*/cmake/skep/aarch64-linux-gnu.cmake') ]]
}

lists_kernels()
{
	succeeds "$skep" test --list
	grep -E '^6\.1 +amd64' says.out
	succeeds "$skep" test --list -f json
	python3 -c 'import json; assert {k["name"] for k in json.load(open("says.out"))["kernels"]} >= \
		{"6.1", "6.12", "newest", "6.1-arm64"}'
}

need "the project builds" builds
claim "every way in which a test ends is told, here" reads_every_end_here
claim "a table for people, of a folder, programs, or what a name matches" draws_a_table
claim "tests of the same name in two folders are told apart" tells_folders_apart
claim "skips alone are no success" skips_alone_are_no_success
claim "wrong calls are refused in a line" refuses_wrong_calls
claim "what a machine lacks is told with its package" says_what_is_missing
claim "the kernels that there are are listed" lists_kernels
claim "an installed skep finds what it needs" works_installed
claim "interrupted here, nothing is left" interrupted INT host ends
if [[ $(uname -m) = x86_64 && -s $cache/kernels/6.1/version ]]; then
	claim "every way in which a test ends is told, in a machine" reads_every_end_in_a_machine
	claim "interrupted in a machine, nothing is left" interrupted TERM 6.1 qemu-system
else
	skip "every way in which a test ends is told, in a machine" "kernel 6.1 is not in the cache"
	skip "interrupted in a machine, nothing is left" "kernel 6.1 is not in the cache"
fi
finish
