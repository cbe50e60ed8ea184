# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# What the scripts about `skep run` share; sourced.
# shellcheck source=common.sh
. "$SKEP_SOURCE_DIR/tests/cli/common.sh"

require_root
# shellcheck disable=SC2034  # for those who source this
jsonl=$SKEP_TEST_FILES/test_jsonl

# start NAME ARGUMENT...: `skep run` in the background until it says that it is attached; output in
# NAME.out and NAME.err, its process in $pid.
start()
{
	local name=$1

	shift
	# A claim that fails leaves nobody running. Claims are subshells.
	trap 'kill -KILL "${pids[@]}" 2>/dev/null || true' EXIT
	: > "$name.err"
	# A shell's background jobs ignore Ctrl-C; users' programs do not.
	env --default-signal=INT "$skep" run "$@" > "$name.out" 2> "$name.err" &
	pid=$!
	pids+=("$pid")
	for _ in {1..400}; do
		grep -q 'attached; Ctrl-C ends' "$name.err" && return
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.05
	done
	echo "skep run did not start: $*"
	cat "$name.err"
	return 1
}

# stop SIGNAL STATUS: ends it and compares its exit status.
stop()
{
	local status=0

	kill -"$1" "$pid"
	wait "$pid" || status=$?
	[[ $status -eq $2 ]] || { echo "status $status after $1"; return 1; }
}

# mark COUNT: that many programs named "skepmark" start; their process ids go to the file `marked`.
mark()
{
	[[ -e skepmark ]] || cp /bin/true skepmark
	: > marked
	for ((i = 0; i < $1; i++)); do
		./skepmark &
		echo $! >> marked
		wait $!
	done
}

# reports FILE [EVENTS]: its last line, on standard error.
reports()
{
	local line

	line=$(tail -n 1 "$1")
	[[ $line =~ ^skep\ (run|dev):\ ${2:-[0-9]+}\ events,\ 0\ dropped,\ 0\ discarded.*\ in\ [0-9]+\.[0-9]\ s$ ]] ||
		{ echo "reports: $line"; return 1; }
}
