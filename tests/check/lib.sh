# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# What the house rules share; sourced. A rule is a claim about the whole tree. What breaks it is
# printed as `file:line: what is wrong`, with the file relative to the root of the tree.
#
# SKEP_SOURCE_DIR and SKEP_BUILD_DIR are set by scripts/test. By hand, a rule that needs no build
# needs neither: `tests/check/sizes.sh`.
set -euo pipefail
shopt -s inherit_errexit

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "${SKEP_SOURCE_DIR:-$here/../..}" && pwd)
build=${SKEP_BUILD_DIR:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
cd "$root"
export LC_ALL=C.UTF-8
number=0
failed=0

# claim TEXT COMMAND...: holds when COMMAND succeeds and prints nothing. Lines that begin with
# "note: " are no findings.
claim()
{
	local text=$1 status log=$work/claim.log

	shift
	number=$((number + 1))
	# Not as a condition: there, `set -e` is off.
	set +e
	(
		set -e
		"$@"
	) > "$log" 2>&1
	status=$?
	set -e
	if [[ $status -eq 0 ]] && ! grep -qv '^note: ' "$log"; then
		echo "ok $number - $text"
		sed 's/^/# /' "$log"
		return
	fi
	echo "not ok $number - $text"
	# Findings first: a reader of the table sees the beginning only.
	{ grep -v '^note: ' "$log" || echo "exit status $status"; } | sed 's/^/# /'
	failed=1
}

finish()
{
	echo "1..$number"
	exit "$failed"
}

need()
{
	local command

	for command in "$@"; do
		command -v "$command" > /dev/null && continue
		echo "there is no $command: see the group 'test' of scripts/packages"
		exit 77
	done
}

need_build()
{
	[[ -n $build ]] && return
	echo "SKEP_BUILD_DIR is not set: the build folder"
	exit 77
}

# Every file of the project, tracked or about to be, one per line. Without git, all but the build.
list_files()
{
	local file

	if [[ -e .git ]]; then
		git -c core.quotePath=off ls-files --cached --others --exclude-standard
	else
		find . -path ./build -prune -o -type f -printf '%P\n'
	fi | sort -u | while IFS= read -r file; do
		[[ ! -f $file || -L $file ]] || printf '%s\n' "$file"
	done
}

# files REGEX [NOT]: those whose path matches the extended regular expression, and not NOT.
files()
{
	grep -E -- "$1" "$work/files" | grep -Ev -- "${2:-^$}" || true
}

c_files()
{
	files '\.(c|h|hpp)$' "${1:-}"
}

# Bash and sh, by suffix or by their first line.
scripts()
{
	local file first

	while IFS= read -r file; do
		case $file in
		*.sh) printf '%s\n' "$file" ;;
		*.*) ;;
		*)
			IFS= read -r first < "$file" || true
			[[ ! $first =~ ^'#!'.*(bash|/sh)( |$) ]] || printf '%s\n' "$file"
			;;
		esac
	done < "$work/files" 2> /dev/null
}

# over COMMAND...: the files on standard input as arguments; not run when there are none.
over()
{
	xargs -r -d '\n' "$@"
}

# A rule that looks at nothing would hold.
if ! list_files > "$work/files" || [[ ! -s $work/files ]]; then
	echo "not ok 1 - the files of $root can be listed"
	exit 1
fi
