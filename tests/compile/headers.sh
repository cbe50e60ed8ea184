#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Every public header: alone and twice, in C11 and C++17, without a warning; and the two sides apart.
# shellcheck source=tests/compile/common.sh
. "$SKEP_SOURCE_DIR/tests/compile/common.sh"

twice() # HEADER...: a source that includes each of them twice
{
	local header
	for header in "$@"; do
		printf '#include <%s>\n#include <%s>\n' "$header" "$header"
	done
	echo 'extern int nothing;'
}

mapfile -t c_headers < <(cd "$include" && find skep -name '*.h' | sort)
mapfile -t cpp_headers < <(cd "$include" && find skep -name '*.h*' | sort)
mapfile -t bpf_headers < <(cd "$bpf_include" && find skep/bpf -name '*.h' | sort)

# The newer clang says of them what the older one does, and vmlinux.h is for both the same: the quick run
# has the older with the headers alone and the newer with vmlinux.h, the full one all.
newer=
[[ -z ${SKEP_TEST_FULL:-} ]] || newer=1
both()
{
	[[ $newer ]] || ! have clang-14 || ! have clang-19
}

for compiler in gcc clang-14 ${newer:+clang-19}; do
	have "$compiler" || { skip "C11 [$compiler]" "no $compiler"; continue; }
	for header in "${c_headers[@]}"; do
		twice "$header" > "$work/x.c"
		compiles "$header alone and twice, C11 [$compiler]" "$compiler" "${c_flags[@]}" "$work/x.c"
	done
done
for compiler in g++ clang++-14 ${newer:+clang++-19}; do
	have "$compiler" || { skip "C++17 [$compiler]" "no $compiler"; continue; }
	twice "${cpp_headers[@]}" > "$work/x.cpp"
	compiles "all headers in one, C++17 [$compiler]" "$compiler" "${cpp_flags[@]}" "$work/x.cpp"
	compiles "all headers in one, C++17 without exceptions [$compiler]" \
		"$compiler" "${cpp_flags[@]}" -fno-exceptions "$work/x.cpp"
done
# One compiler is enough to see that a header includes what it needs.
for header in "${cpp_headers[@]}"; do
	twice "$header" > "$work/x.cpp"
	compiles "$header alone and twice, C++17 [g++]" g++ "${cpp_flags[@]}" "$work/x.cpp"
done

# The vmlinux.h of this machine's kernel, as a program would get it.
vmlinux=
[[ ! -e /sys/kernel/btf/vmlinux ]] || { "$skep" vmlinux -o "$work/vmlinux.h" && vmlinux=yes; }
for compiler in clang-14 clang-19; do
	have "$compiler" || { skip "BPF [$compiler]" "no $compiler"; continue; }
	# Four megabytes, parsed once.
	[[ -z $vmlinux ]] || "$compiler" "${bpf_flags[@]/-fsyntax-only/}" -x c-header "$work/vmlinux.h" \
		-o "$work/vmlinux.pch"
	for header in "${bpf_headers[@]}" skep/types.h skep/types/flow.h; do
		twice "$header" > "$work/x.bpf.c"
		if both || [[ $compiler = clang-14 ]]; then
			compiles "$header alone and twice [$compiler]" \
				"$compiler" "${bpf_flags[@]}" "$work/x.bpf.c"
		fi
		both || [[ $compiler = clang-19 ]] || continue
		{ echo '#include "vmlinux.h"'; twice "$header"; } > "$work/x.bpf.c"
		if [[ $vmlinux && $header = skep/bpf/portable* ]]; then
			fails_saying "skep: vmlinux.h describes Linux" "$header with vmlinux.h [$compiler]" \
				"$compiler" "${bpf_flags[@]}" -I "$work" "$work/x.bpf.c"
		elif [[ $vmlinux ]]; then
			compiles "$header with vmlinux.h [$compiler]" \
				"$compiler" "${bpf_flags[@]}" -include-pch "$work/vmlinux.pch" -I "$work" "$work/x.bpf.c"
		else
			skip "$header with vmlinux.h [$compiler]" "this kernel has no BTF"
		fi
	done
done

# skep/types.h and what is below skep/types/ is for both sides; the others are not.
for user in "${c_headers[@]}"; do
	[[ $user != skep/types.h && $user != skep/types/* ]] || continue
	printf '#include <skep/bpf/core.h>\n#include <%s>\n' "$user" > "$work/x.bpf.c"
	fails_saying "skep: <skep/...> is for user space" "$user refuses a BPF program" \
		clang-14 "${bpf_flags[@]}" "$work/x.bpf.c"
done
for bpf in "${bpf_headers[@]}"; do
	printf '#include <skep/skep.h>\n#include <%s>\n' "$bpf" > "$work/x.c"
	fails_saying "skep: <skep/bpf/...> is for BPF programs" "$bpf refuses user space" \
		gcc "${c_flags[@]}" -I "$bpf_include" "$work/x.c"
done
finish
