# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# What the scripts of this folder share; sourced.
# shellcheck source=../install/common.sh
. "$SKEP_SOURCE_DIR/tests/install/common.sh"

# shellcheck disable=SC2034  # for those who source this
skep=$SKEP_BUILD_DIR/sdk/cli/skep
objects=$SKEP_SOURCE_DIR/tests/cli/objects
pids=()
trap 'kill -KILL "${pids[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"

# compile FILE OBJECT [FLAG...]: a BPF object as stock libbpf users make it, without skep.
compile()
{
	local from=$1 to=$2

	shift 2
	clang -O2 -g -target bpf -I"/usr/include/$(gcc -dumpmachine)" -Wall -Werror "$@" \
		-c "$objects/$from" -o "$to"
}

# example NAME: the object of one of the examples.
example()
{
	find -H "$SKEP_BUILD_DIR/examples" -name "$1.bpf.o" | head -n 1
}

# lacks PATTERN FILE: no line matches; those that do are printed. (`! grep` does not end a claim.)
lacks()
{
	if LC_ALL=C grep -nE -- "$1" "$2"; then return 1; fi
}

# is_plain FILE: what went to standard error is one line that says who speaks, and at most one more
# that helps.
is_plain()
{
	local lines

	lines=$(wc -l < "$1")
	[[ $lines -eq 1 || $lines -eq 2 ]] || { echo "$lines lines on stderr:"; cat "$1"; return 1; }
	head -n 1 "$1" | grep -qE '^skep( [a-z]+)?: [^ ]' ||
		{ echo "not an error line:"; cat "$1"; return 1; }
	# shellcheck disable=SC2016  # the backquote is argp's
	[[ $lines -eq 1 ]] || tail -n 1 "$1" | grep -qE '^(  hint: |Try `skep )' ||
		{ echo "not a hint:"; cat "$1"; return 1; }
}

# says STATUS PATTERN COMMAND...: COMMAND ends with STATUS, prints nothing on standard output, and
# its one line (with its hint) on standard error has PATTERN.
says()
{
	local status=$1 pattern=$2 is=0

	shift 2
	timeout -k 5 30 "$@" > says.out 2> says.err || is=$?
	[[ $is -eq $status ]] || { echo "status $is, not $status: $*"; cat says.err; return 1; }
	[[ ! -s says.out ]] || { echo "printed: $*"; head -n 5 says.out; return 1; }
	is_plain says.err || { echo "by: $*"; return 1; }
	grep -qE -- "$pattern" says.err || { echo "does not say '$pattern': $*"; cat says.err; return 1; }
}

# succeeds COMMAND...: status 0 and nothing on standard error; standard output goes to says.out.
succeeds()
{
	local is=0

	timeout -k 5 60 "$@" > says.out 2> says.err || is=$?
	[[ $is -eq 0 && ! -s says.err ]] || { echo "status $is: $*"; cat says.err; return 1; }
}

# is_empty FOLDER
is_empty()
{
	local inside

	inside=$(ls -A "$1")
	[[ -z $inside ]] || { echo "left in $1: $inside"; return 1; }
}

# kernel_is_free PREFIX: no program or map whose name begins so; a link holds its program. The
# kernel frees after a grace period.
kernel_is_free()
{
	local tries left

	for tries in {1..40}; do
		left=$({ bpftool prog show; bpftool map show; } | grep -oE "name $1[^ ]*" || true)
		[[ -n $left ]] || return 0
		sleep 0.05
	done
	echo "left in the kernel after $tries tries: $left"
	return 1
}

# ./as CAPABILITIES COMMAND...: as nobody, with these alone ('' or bpf,perfmon).
cat > as << 'END'
#!/bin/sh
caps=$1
shift
[ -z "$caps" ] || set -- --ambient-caps "+$(echo "$caps" | sed 's/,/,+/g')" \
	--inh-caps "+$(echo "$caps" | sed 's/,/,+/g')" "$@"
exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
END
chmod 755 as

# Ends the script where its claims need what is not there.
require_root()
{
	[[ $EUID -ne 0 ]] || return 0
	echo "needs root"
	exit 77
}
