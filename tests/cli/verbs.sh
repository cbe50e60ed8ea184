#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Help, version, exit codes, and what happens when standard output cannot be written.
# shellcheck source=common.sh
. "$SKEP_SOURCE_DIR/tests/cli/common.sh"

MUST=(new gen vmlinux run doctor)
# Whatever else there is keeps to the same manners.
mapfile -t VERBS < <("$skep" --help | sed -n 's/^  \([a-z][a-z-]*\)  *[a-z].*/\1/p')

helps()
{
	local verb

	succeeds "$skep" "$@"
	grep -q '^Usage: skep' says.out
	for verb in "${MUST[@]}"; do
		grep -qE "^  $verb +[a-z]" says.out || { echo "$verb is not listed"; return 1; }
	done
	grep -q 'Exit codes: 0 ok, 1 failed, 2 usage' says.out
}

other_helps()
{
	helps -h
	helps help
}

verb_helps()
{
	succeeds "$skep" "$1" --help
	grep -qE "^Usage: skep $1 \[OPTION" says.out
	cp says.out long
	succeeds "$skep" "$1" -?
	cmp says.out long
	succeeds "$skep" "$1" --usage
}

has_version()
{
	local version

	version=$(sed -n 's/.*define SKEP_VERSION_STRING "\(.*\)".*/\1/p' \
		"$SKEP_SOURCE_DIR/sdk/include/skep/version.h")
	[[ -n $version ]]
	succeeds "$skep" --version
	grep -qE "^skep $version \(libbpf v?[0-9.]+\)$" says.out
	cp says.out version
	for verb in "${VERBS[@]}"; do
		succeeds "$skep" "$verb" --version
		cmp says.out version
	done
}

refuses_unknown_verbs()
{
	says 2 'which verb' "$skep"
	says 2 'no such verb: bogus' "$skep" bogus
	says 2 'no such verb: --bogus' "$skep" --bogus
	says 2 'no such verb: explian' "$skep" explian
	grep -q 'hint: did you mean explain? ' says.err
	says 2 'which verb|no such verb' "$skep" ''
}

refuses_wrong_usage()
{
	for verb in "${VERBS[@]}"; do
		says 2 "unrecognized option '--bogus'" "$skep" "$verb" --bogus
	done
	says 2 'which object' "$skep" run
	says 2 'which object' "$skep" gen
	says 2 'one object at a time' "$skep" run a b
	says 2 'one BTF file at a time' "$skep" vmlinux a b
	says 2 'which template' "$skep" new
	says 2 'a name for the project is missing' "$skep" new trace-exec
	says 2 'one project at a time' "$skep" new trace-exec a b
	says 2 'stands alone' "$skep" doctor --fix a
	says 2 'either --features or objects' "$skep" doctor --features a
	says 2 'is for --fix' "$skep" doctor --yes
	says 2 "text or json, not 'xml'" "$skep" doctor --format xml
	says 2 "text or json, not 'xml'" "$skep" run --format xml x.o
	for seconds in 0 -1 x 1x '' 1e10 nan inf; do
		says 2 'a number of seconds' "$skep" run -d "$seconds" x.o
	done
	says 2 'RING=' "$skep" run -s 4096 x.o
	says 2 'RING=' "$skep" run -r event x.o
}

full_output_is_noticed()
{
	says 1 'cannot write to standard output: No space left' bash -c "'$skep' --help > /dev/full"
	says 1 'cannot write to standard output: No space left' bash -c "'$skep' --version > /dev/full"
	says 1 'cannot write to standard output: No space left' bash -c "'$skep' new -l > /dev/full"
	says 1 'cannot write to standard output: No space left' bash -c "'$skep' doctor > /dev/full"
	says 1 'cannot write to standard output: No space left' \
		bash -c "'$skep' doctor -f json > /dev/full"
	says 1 'cannot write to standard output: No space left' \
		bash -c "'$skep' gen -q '$(example execsnoop)' > /dev/full"
	says 1 'cannot write to standard output: No space left' \
		bash -c "'$skep' vmlinux '$(example execsnoop)' > /dev/full"
}

# A reader that has enough: no message, no hang.
closed_pipe_ends_it()
{
	local object line

	object=$(example execsnoop)
	for line in "vmlinux" "gen -q $object" "doctor -f json"; do
		# shellcheck disable=SC2086
		timeout 20 bash -c "'$skep' $line 2> pipe.err | head -n 1 > /dev/null; exit \${PIPESTATUS[0]}" &&
			: # what fits into the pipe
		[[ ! -s pipe.err ]] || { cat pipe.err; return 1; }
	done
	# Where SIGPIPE is ignored, it is an error like others. This is more than a pipe holds.
	says 1 'cannot write to standard output: Broken pipe' \
		bash -c "trap '' PIPE; '$skep' gen -q x86='$object' arm64='$object' | true
			exit \${PIPESTATUS[0]}"
}

claim "skep --help lists every verb, on standard output, status 0" helps --help
claim "skep -h and skep help do the same" other_helps
for verb in "${VERBS[@]}"; do
	claim "skep $verb --help, -? and --usage print on standard output, status 0" verb_helps "$verb"
done
claim "--version is the library's version, also after each verb" has_version
claim "without a verb, or with an unknown one: one line, a hint, status 2" refuses_unknown_verbs
claim "wrong options and arguments: one line, a hint, status 2" refuses_wrong_usage
claim "a full standard output is noticed: one line, status 1" full_output_is_noticed
claim "a reader that goes away ends it quietly" closed_pipe_ends_it
finish
