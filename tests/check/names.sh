#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Every name that others can see begins with skep_ or SKEP_.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

: "${SKEP_NM:=nm}"
# What sanitizers, coverage and the linker add.
not_ours='^(__odr_asan|__asan_|__ubsan_|__gcov|_init$|_fini$|__bss_start$|_edata$|_end$)'

exported()
{
	"$SKEP_NM" -D --defined-only "$1" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' |
		grep -Ev "$not_ours" | sort -u
}

foreign_exports()
{
	exported "$1" | grep -v '^skep_' | sed "s,^,$(basename "$1"): exports ," || true
}

foreign_globals()
{
	"$SKEP_NM" -A --defined-only --extern-only "$1" |
		awk -v not_ours="$not_ours" '{ name = $NF; at = $1; sub(/:[0-9a-f]*$/, "", at)
			sub(/.*\//, "", at) }
			name !~ not_ours && name !~ /^skep_/ { print at ": " name }'
}

# exports_and_headers LIBRARY [PART]: exported is what public headers declare, no more and no less.
# A part with a library of its own (dwarf, testing) has a header of its own, and a folder beside it.
exports_and_headers()
{
	local library=$1 part=${2:-}

	exported "$library" > "$work/exported"
	[[ -e $work/functions ]] || "$here/api-snapshot" --functions > "$work/functions"
	awk -F'\t' -v part="$part" '
		part != "" && $1 ~ "^skep/" part "(\\.h$|/)" { print $2 }
		part == "" && $1 !~ /^skep\/((dwarf|testing|tool)\.h|(testing|tool)\/|bpf\/)/ { print $2 }' "$work/functions" | sort -u > "$work/declared"
	comm -23 "$work/exported" "$work/declared" |
		sed "s,.*,$(basename "$library"): exports &\, which no public header declares,"
	comm -13 "$work/exported" "$work/declared" |
		sed "s,.*,$(basename "$library"): does not export &\, which a public header declares,"
}

# Declared by an installed header, as `header:line: name`.
foreign_names()
{
	local header name text line file

	"$here/api-snapshot" --all | while IFS=$'\t' read -r header name text; do
		case $name in
		skep_* | SKEP_* | *___skep | *___skep_* | '(no name)') continue ;;
		esac
		# libbpf's own, named before they are used.
		[[ ! $text =~ ^'struct b'(tf|pf_[a-z]+)$ ]] || continue
		# What Windows does not have is taken away by name.
		[[ $header != skep/bpf/portable.h && $header != skep/bpf/portable/* ]] || continue
		# The kernel's functions are found by their names.
		[[ ! $text =~ ^'extern '.*'bpf_iter_num_'(new|next|destroy)'(' ]] || continue
		file=sdk/include/$header
		[[ -f $file ]] || file=bpf-headers/$header
		line=$(grep -nwF -- "$name" "$file" | head -n 1 | cut -d: -f1 || true)
		echo "$file:${line:-1}: $name does not begin with skep_ or SKEP_"
	done
}

# C++ stands in namespaces: of macros it has only those that begin with SKEP_.
foreign_names_of_cpp()
{
	files '^sdk/include/.*\.hpp$' | over awk -f "$here/code.awk" -f <(cat << 'AWK'
FNR == 1 { depth = 0 }
/^[ \t]*# *define / && $0 !~ /define +SKEP_/ {
	print FILENAME ":" FNR ": does not begin with SKEP_: " $0
}
{
	line = code()
	if (!depth && line ~ /^[A-Za-z]/ && line !~ /^namespace skep$/ && !more)
		print FILENAME ":" FNR ": is not in namespace skep: " $0
	depth += gsub(/\{/, "", line) - gsub(/\}/, "", line)
	# A declaration that is flagged once goes on up to its end.
	more = !depth && line ~ /[A-Za-z,(]$/
}
AWK
	)
}

need clang gcc
claim installed_cpp_headers_declare_only_in_namespace_skep foreign_names_of_cpp
claim installed_headers_declare_only_skep_names foreign_names
if [[ -n $build ]]; then
	claim shared_library_exports_only_skep_names foreign_exports "$build/sdk/src/libskep.so"
	claim shared_library_exports_what_headers_declare \
		exports_and_headers "$build/sdk/src/libskep.so"
	claim static_library_has_only_skep_names foreign_globals "$build/sdk/src/libskep.a"
	for library in "$build"/sdk/src/libskep-*.so; do
		[[ -e $library ]] || continue
		part=${library##*/libskep-}
		part=${part%.so}
		claim "lib${part}_exports_only_skep_names" foreign_exports "$library"
		claim "lib${part}_exports_what_its_header_declares" \
			exports_and_headers "$library" "$part"
	done
fi
finish
