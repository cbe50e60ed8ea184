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

licence_of()
{
	case $1 in
	templates/* | */golden/*) echo 0BSD ;;
	*) echo 'LGPL-2.1-only OR BSD-2-Clause' ;;
	esac
}

said_by()
{
	head -n 6 "$1" | tr -d '\r' |
		sed -nE 's,^.*SPDX-License-Identifier: ([^*]*[^* ]) *(\*/|-->)?$,\1,p' | head -n 1
}

wrong_licences()
{
	local file said wanted

	code_files | while IFS= read -r file; do
		said=$(said_by "$file")
		wanted=$(licence_of "$file")
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
	for name in $(code_files | while IFS= read -r file; do said_by "$file"; done |
		sed 's/ \(OR\|AND\|WITH\) /\n/g' | sort -u); do
		[[ -s LICENSES/$name.txt ]] || echo "LICENSES/$name.txt: is missing"
	done
}

claim each_file_of_code_has_the_licence_of_its_part wrong_licences
claim each_licence_has_its_text missing_texts
finish
