#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# docs/verifier is what make-pages writes now, and its pages hold what they promise.
set -uo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pages=$SKEP_SOURCE_DIR/docs/verifier
sentences=$SKEP_SOURCE_DIR/tests/corpus/no-program.tsv
skep=$SKEP_BUILD_DIR/sdk/cli/skep
number=0

# claim NAME COMMAND...: it is so when the command succeeds and says nothing.
claim()
{
	local name=$1 status=0

	shift
	number=$((number + 1))
	"$@" > "$work/said" 2>&1 || status=$?
	if [[ $status -eq 0 && ! -s $work/said ]]; then
		echo "ok $number - $name"
	else
		head -n 20 "$work/said" | sed 's/^/# /'
		echo "not ok $number - $name"
	fi
}

make_pages()
{
	"$pages/make-pages" "$skep" "$work/pages"
}

committed_pages_are_these()
{
	diff -r -U0 -x make-pages "$pages" "$work/pages" ||
		echo "docs/verifier/make-pages BUILD/sdk/cli/skep writes them again"
}

# A page shows one program, one that is answered with its code, or says why there is none.
programs_are_answered_with_the_code()
{
	local page code programs

	for page in "$work"/pages/V*.md; do
		code=SKEP-$(basename "$page" .md)
		programs=$(grep -c '^<!-- not compiled: it is tests/corpus/' "$page")
		if [[ $programs -eq 0 ]]; then
			grep -q '^## What causes it' "$page" || echo "$code: neither a program nor a sentence"
		elif [[ $programs -ne 1 ]] || ! grep -qF "error[$code]" "$page"; then
			echo "$code: $programs programs, answered with: $(grep '^error\[' "$page" | head -n 1)"
		fi
	done
}

# Of programs that `record` loads; those of other folders are not there in a fixed form.
fixed_forms_are_shown()
{
	local page

	for page in "$work"/pages/V*.md; do
		! grep -q '^<!-- not compiled: it is tests/corpus/programs/' "$page" ||
			awk '/^## The same, fixed/ { on = 1 } /^## What to/ { on = 0 } on && /^\+/ { found = 1 }
				END { exit !found }' "$page" || echo "$(basename "$page"): nothing is added"
	done
}

sentences_are_needed()
{
	local code sentence

	while IFS=$'\t' read -r code sentence; do
		[[ $code != \#* ]] || continue
		grep -qxF "${sentence:-nothing}" "$work/pages/${code#SKEP-}.md" ||
			echo "$code: its page has a program now, or there is no such page"
	done < "$sentences"
}

# Those in unprivileged/: no other test has their logs.
unprivileged_logs_are_as_labelled()
{
	local labels=$SKEP_SOURCE_DIR/tests/corpus/labels-unprivileged.tsv
	local folder=$SKEP_SOURCE_DIR/tests/corpus/unprivileged name code line

	while IFS=$'\t' read -r name code line _; do
		[[ $name != \#* ]] || continue
		(cd "$folder" && "$skep" explain -f json "$name.log") > "$work/json"
		grep -q "\"code\": \"$code\"" "$work/json" || echo "$name: not $code"
		# The first place is that of the message.
		grep -m 1 -o '"line": [0-9]*' "$work/json" | grep -qx "\"line\": $line" ||
			echo "$name: not line $line"
		[[ -e $folder/$name.bpf.c ]] || echo "$name: is not there"
	done < "$labels"
}

readme_is_as_it_says()
{
	"$SKEP_SOURCE_DIR/tests/verifier/readme" "$skep" 2>&1 || true
}

claim every_code_has_a_program_or_a_sentence make_pages
claim pages_are_those_of_the_catalogue committed_pages_are_these
claim programs_on_pages_are_answered_with_the_code programs_are_answered_with_the_code
claim pages_show_the_fixed_form fixed_forms_are_shown
claim unprivileged_programs_are_explained_as_labelled unprivileged_logs_are_as_labelled
claim sentences_stand_where_no_program_does sentences_are_needed
claim readme_shows_what_the_command_says readme_is_as_it_says
echo "1..$number"
