#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Each file of code says its licence, and it is the right one for its place.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

code_files()
{
	{
		files '\.(c|h|hpp|awk|cmake|map|py)$|\.in$|(^|/)(CMakeLists\.txt|Makefile|packages)$'
		scripts
		files '^\.(clang-format|clang-tidy)$'
	} | sort -u
}

# FILE TAB LICENCE for each file that says one in its first lines.
said_by_all()
{
	code_files | tr '\n' '\0' | xargs -0 awk '
		FNR > 6 || FILENAME == done { next }
		match($0, /SPDX-License-Identifier: /) {
			said = substr($0, RSTART + RLENGTH)
			sub(/\r$/, "", said)
			sub(/ *(\*\/|-->)$/, "", said)
			print FILENAME "\t" said
			done = FILENAME
		}'
}

wrong_licences()
{
	local file said wanted

	code_files | awk -F'\t' 'NR == FNR { said[$1] = $2; next } { print $1 "\t" said[$1] }' \
		<(said_by_all) - |
		while IFS=$'\t' read -r file said; do
			case $file in
			templates/* | lab/* | */golden/*) wanted=0BSD ;;
			*) wanted='LGPL-2.1-only OR BSD-2-Clause' ;;
			esac
			if [[ -z $said ]]; then
				echo "$file:1: no SPDX-License-Identifier; it is $wanted"
			elif [[ $said != "$wanted" ]]; then
				echo "$file:1: says $said; it is $wanted"
			fi
		done
}

missing_texts()
{
	local name

	# shellcheck disable=SC2013  # names have no spaces
	for name in $(said_by_all | cut -f2 | sed 's/ \(OR\|AND\|WITH\) /\n/g' | sort -u); do
		[[ -s LICENSES/$name.txt ]] || echo "LICENSES/$name.txt: is missing"
	done
}

claim each_file_of_code_has_the_licence_of_its_part wrong_licences
claim each_licence_has_its_text missing_texts
finish
