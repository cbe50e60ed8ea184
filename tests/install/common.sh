# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# What the scripts of this folder share; sourced. Each works in $work, which is removed at the end.
set -euo pipefail
shopt -s inherit_errexit

: "${SKEP_SOURCE_DIR:?is set by scripts/test: the source tree}"
: "${SKEP_BUILD_DIR:?is set by scripts/test: the build tree}"
here=$SKEP_SOURCE_DIR/tests/install
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
number=0
failed=0
export CMAKE_BUILD_PARALLEL_LEVEL=${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}
# The machine's own settings must not decide what is found.
unset CMAKE_PREFIX_PATH CMAKE_GENERATOR PKG_CONFIG_PATH LD_LIBRARY_PATH MAKEFLAGS CFLAGS LDFLAGS

# What skep is compiled with where only its build is looked at: not optimized, that is half the time.
skep_flags=(-DCMAKE_C_FLAGS_RELEASE=-O0 -DCMAKE_C_FLAGS_RELWITHDEBINFO=-O0)
[[ -z ${SKEP_TEST_FULL:-} ]] || skep_flags=()

# claim TEXT COMMAND...: one line of TAP; what COMMAND printed follows if it failed.
claim()
{
	local text=$1 status

	shift
	number=$((number + 1))
	# Not as a condition: there, `set -e` is off.
	set +e
	(
		# By a descriptor of its own: what is captured must not have it.
		exec 9>&1
		set -eE
		trap 'echo "status $?: $BASH_COMMAND" >&9' ERR
		"$@"
	) > "$work/claim.log" 2>&1
	status=$?
	set -e
	if [[ $status -eq 0 ]]; then
		echo "ok $number - $text"
	else
		echo "not ok $number - $text"
		tail -n 40 "$work/claim.log" | sed 's/^/# /'
		failed=1
	fi
}

# need TEXT COMMAND...: a claim without which there is nothing more to try.
need()
{
	local before=$failed

	failed=0
	claim "$@"
	if [[ $failed -ne 0 ]]; then
		finish
	fi
	failed=$before
}

# skip TEXT REASON: a claim that cannot be held to here.
skip()
{
	number=$((number + 1))
	echo "ok $number - $1 # SKIP $2"
}

finish()
{
	echo "1..$number"
	exit "$failed"
}

# refuses PATTERN COMMAND...: COMMAND fails, and what it prints has PATTERN.
refuses()
{
	local pattern=$1

	shift
	if "$@" > "$work/refuses.log" 2>&1; then
		cat "$work/refuses.log"
		echo "did not fail: $*"
		return 1
	fi
	# CMake breaks its lines where it likes.
	tr -s ' \n' ' ' < "$work/refuses.log" | grep -E -- "$pattern" && return
	cat "$work/refuses.log"
	echo "does not say: $pattern"
	return 1
}

# release_build [LIBDIR]: the build tree to install from. A sanitized library cannot be used by
# programs that are not, so then, as for another LIBDIR, it is one of our own, kept for next time.
release_build()
{
	local tree=$SKEP_BUILD_DIR options=()

	if [[ -n ${1:-} ]]; then
		tree=$SKEP_BUILD_DIR/tests/install/${1//\//-}
		options=("-DCMAKE_INSTALL_LIBDIR=$1")
	elif grep -Eq '^SKEP_(SANITIZE|COVERAGE):BOOL=(ON|1|TRUE)' "$tree/CMakeCache.txt"; then
		tree=$SKEP_BUILD_DIR/tests/install/release
	fi
	if [[ $tree != "$SKEP_BUILD_DIR" ]]; then
		cmake -S "$SKEP_SOURCE_DIR" -B "$tree" -G Ninja -DCMAKE_BUILD_TYPE=Release \
			-DSKEP_BUILD_EXAMPLES=OFF "${skep_flags[@]}" "${options[@]}" >&2
		cmake --build "$tree" >&2
	fi
	echo "$tree"
}

# install_skep PREFIX [LIBDIR]
install_skep()
{
	local tree

	mkdir -p "$SKEP_BUILD_DIR/tests/install"
	exec {lock}> "$SKEP_BUILD_DIR/tests/install/lock"
	flock "$lock"
	tree=$(release_build "${2:-}")
	cmake --install "$tree" --prefix "$1"
	exec {lock}>&-
}

# consumer WAY DIR: a fresh project in DIR.
consumer()
{
	mkdir -p "$2"
	cp "$here"/watch/* "$here/$1"/* "$2"
}

# Nothing compiled, linked, generated or configured again.
is_idle()
{
	local log=$work/idle.log

	"$@" > "$log" 2>&1
	cat "$log"
	! grep -E 'Building|Linking|Generating|Re-running|Configuring' "$log"
}

# rebuilds_after_header DIR COMMAND...: a change of watch.h reaches the object, its header and main.
rebuilds_after_header()
{
	local dir=$1 log=$work/rebuild.log what

	shift
	sleep 0.02
	sed -i 's/__u32 pid;/__u32 pid;\n\t__u32 added;/' "$dir/watch.h"
	"$@" > "$log" 2>&1 || { cat "$log"; return 1; }
	cat "$log"
	for what in watch.bpf.o watch.skep.h main.c; do
		grep -q "$what" "$log" || { echo "not made again: $what"; return 1; }
	done
}

# links_to PROGRAM FILE: libskep comes from FILE.
links_to()
{
	local found

	ldd "$1"
	found=$(ldd "$1" | awk '$1 ~ /^libskep\.so/ { sub(/.*=> /, ""); sub(/ \(0x.*/, ""); print }')
	[[ -n $found && $(realpath "$found") = $(realpath "$2") ]]
}

# has_skep_inside PROGRAM: it does not load a libskep.
has_skep_inside()
{
	[[ -x $1 ]]
	! readelf -d "$1" | grep 'NEEDED.*libskep'
}

# sees_events TEXT PROGRAM: as a claim; needs root.
sees_events()
{
	if [[ $EUID -eq 0 ]]; then
		claim "$1" "$2"
	else
		skip "$1" "needs root"
	fi
}
