#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# <skep/bpf/portable.h>: what portable.tsv says both systems have compiles for both; what it says that
# Linux alone has is a compile error with a sentence; and the table knows all that Linux has.
# shellcheck source=tests/compile/common.sh
. "$SKEP_SOURCE_DIR/tests/compile/common.sh"
here=$SKEP_SOURCE_DIR/tests/compile
table=$here/portable.tsv
program=$SKEP_SOURCE_DIR/tests/bpf/bpf_portable.bpf.c
clang=$(any_clang)

names() # KIND WHERE
{
	awk -F'\t' -v kind="$1" -v where="$2" '$1 == kind && $3 == where { print $2 }' "$table"
}

# ---- the table, against the headers of this machine ----
have_all() # KIND NAMES...
{
	local kind=$1
	shift
	{ names "$kind" both; names "$kind" linux; } | sort > "$work/known"
	printf '%s\n' "$@" | sort -u | comm -23 - "$work/known" > "$work/unknown"
	sed 's/$/ is not in portable.tsv/' "$work/unknown"
	[[ $# -gt 20 && ! -s $work/unknown ]]
}
echo '#include <skep/bpf/core.h>' > "$work/all.c"
"$clang" "${bpf_flags[@]/#-S/-E}" -o "$work/all.i" "$work/all.c" 2> /dev/null
mapfile -t helpers < <(grep -oE '\(\* ?(const )?bpf_[a-z0-9_]+\)\(' "$work/all.i" | grep -oE 'bpf_[a-z0-9_]+' | sort -u)
compiles "each helper of this libbpf is in the table" have_all helper "${helpers[@]}"
mapfile -t kinds < <(awk '/^enum bpf_map_type/,/}/' "$work/all.i" |
	grep -oE '\bBPF_MAP_TYPE_[A-Z0-9_]+' | grep -vE '_(UNSPEC|DEPRECATED)$|^__' | sort -u)
compiles "each kind of map of these kernel headers is in the table" have_all map "${kinds[@]}"

# ---- what Linux alone has ----
# A line for each name, so that each error is one name's. What these headers do not know yet is declared.
uses() # COMPILER: the source, and in $work/wanted "line name"
{
	local name known=" ${helpers[*]} "
	for name in $(names helper linux); do
		[[ $known == *" $name "* ]] || echo "long $name();"
	done
	echo '#include <skep/bpf/portable.h>'
	echo 'struct skep_xdp_md *xdp_md; struct skep_sock_addr *bpf_sock_addr_;'
	echo 'struct skep_sock_ops *bpf_sock_ops_; void tested(void) {'
	for name in $(names helper linux); do echo "(void)$name(); // $name"; done
	for name in $(names map linux) $(names value linux); do echo "(void)$name; // $name"; done
	for name in $(names context linux); do echo "{ struct $name *none; (void)none; } // $name"; done
	for name in $(names field linux); do echo "(void)${name%.*}_->${name#*.}; // ${name#*.}"; done
	echo '}'
}
each_says_so() # COMPILER
{
	uses | sed 's/xdp_md;/xdp_md_;/' > "$work/outside.c"
	# The assertion about a call is in the macro: the caller's line is in "expanded from" or the error.
	"$1" "${bpf_flags[@]}" -ferror-limit=0 -fno-caret-diagnostics -fmacro-backtrace-limit=1 \
		"$work/outside.c" > "$work/said" 2>&1
	awk -v source="$work/outside.c" '
		NR == FNR {
			if (match($0, /outside\.c:[0-9]+:/) && /error: .*skep: /) {
				line = substr($0, RSTART + 10, RLENGTH - 11)
				said[line] = $0
			}
			next
		}
		/\/\/ / {
			name = $0
			sub(/.*\/\/ /, "", name)
			count++
			if (!(FNR in said)) {
				print name " has no sentence"
				failed = 1
			} else if (index(said[FNR], name) == 0 && said[FNR] !~ /this member/) {
				print name " has another sentence: " said[FNR]
				failed = 1
			}
		}
		END { exit failed || count < 200 }' "$work/said" "$work/outside.c"
}
for compiler in clang-14 clang-19; do
	have $compiler || { skip "portable [$compiler]" "no $compiler"; continue; }
	compiles "each name that Linux alone has says so [$compiler]" each_says_so $compiler
	for cpu in v2 v3; do
		compiles "the portable program for Linux [$compiler, -mcpu=$cpu]" \
			$compiler "${bpf_flags[@]}" -mcpu=$cpu "$program"
	done
done
run_cases "$here/portable.cases" "$here/portable.h" "$clang" "$clang" "${bpf_flags[@]}"
printf '#include <skep/bpf/core.h>\n#include <skep/bpf/portable.h>\n' > "$work/x.c"
fails_saying "skep: a portable program includes <skep/bpf/portable.h> first" "another header first" \
	"$clang" "${bpf_flags[@]}" "$work/x.c"
printf '#define SKEP_PORTABLE\n#include <skep/bpf/core.h>\n' > "$work/x.c"
fails_saying "skep: of <skep/bpf/...> a portable program includes" "another header instead" \
	"$clang" "${bpf_flags[@]}" "$work/x.c"

# ---- Windows' side: a header that declares what the table has ----
mkdir "$work/windows"
awk -f "$here/portable_stub.awk" "$table" > "$work/windows/bpf_helpers.h"
# None of Linux's: what is taken from there does not compile.
windows_flags=(-target bpf -g -O2 -std=gnu11 -Wall -Wextra -Wno-unused-parameter -Werror -nostdlibinc
	-S -o /dev/null -DSKEP_WINDOWS -I "$work/windows" -I "$bpf_include" -I "$include")
for compiler in clang-14 clang-19; do
	have $compiler || { skip "for Windows [$compiler]" "no $compiler"; continue; }
	compiles "the portable program with nothing but the table's names [$compiler]" \
		$compiler "${windows_flags[@]}" -Wno-unused-const-variable "$program"
done
sed 's/bpf_get_prandom_u32()/bpf_get_numa_node_id()/' "$program" > "$work/x.c"
windows_refuses()
{
	! "$clang" "${windows_flags[@]}" -I "$(dirname "$program")" -Wno-unused-const-variable \
		"$work/x.c" 2> "$work/said" && grep -q bpf_get_numa_node_id "$work/said"
}
compiles "the table's names are no others" windows_refuses
finish
