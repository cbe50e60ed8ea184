#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# A project that tests BPF programs on the host, with an installed skep: the templates' own, as anybody.
# shellcheck disable=SC2317 source=tests/install/common.sh
. "${SKEP_SOURCE_DIR:?}/tests/install/common.sh"

prefix="$work/a prefix"
dir="$work/pro ject"

configure()
{
	cmake -S "$dir" -B "$dir/build" -G Ninja "-DCMAKE_PREFIX_PATH=$prefix" "$@"
}

passes_as_nobody()
{
	chmod 755 "$work"
	(cd "$dir/build" && setpriv --reuid 65534 --regid 65534 --clear-groups ./"$1")
}

# Lines of the .bpf.c that were run and that were not, as gcov tells them.
counts_lines()
{
	"$dir/build/host_counter"
	(cd "$work" && llvm-cov gcov -o "$dir/build/host_counter_bpf.skep/counter.host.gcno" \
		"$dir/counter.bpf.c")
	grep -E '^ +[0-9]+: +[0-9]+:.*protocol_of' "$work/counter.bpf.c.gcov"
	! grep -E '#####.*return' "$work/counter.bpf.c.gcov"
}

# A check that is left out is found, with its line.
reports_the_line()
{
	sed -i 's/ && (void \*)(ip6 + 1) <= end//' "$dir/counter.bpf.c"
	cmake --build "$dir/build"
	refuses 'AddressSanitizer: use-after-poison.*counter\.bpf\.c:[0-9]+.*in count' \
		"$dir/build/host_counter"
}

rebuilds_and_reports()
{
	sed -i 's/XDP_PASS/XDP_DROP/' "$dir/counter.bpf.c"
	cmake --build "$dir/build"
	refuses 'FAILED|Failure' "$dir/build/host_counter"
	sed -i 's/XDP_DROP/XDP_PASS/' "$dir/counter.bpf.c"
	cmake --build "$dir/build"
	"$dir/build/host_counter"
}

# project LINE...: configures a project of these lines.
project()
{
	rm -rf "$work/other"
	mkdir "$work/other"
	cp "$dir"/*.[ch] "$work/other"
	printf '%s\n' 'cmake_minimum_required(VERSION 3.21)' 'project(other C)' \
		'find_package(skep REQUIRED COMPONENTS testing)' "$@" > "$work/other/CMakeLists.txt"
	cmake -S "$work/other" -B "$work/other/build" -G Ninja "-DCMAKE_PREFIX_PATH=$prefix"
}

with_types()
{
	sed -i 's/#include <linux\/if_ether.h>/#include "vmlinux.h"/; /#include <linux\/ip/d' \
		"$work/other/counter.bpf.c"
	sed -i 's/^#define NOT_IP.*/&\n#define ETH_P_IP 0x0800\n#define ETH_P_IPV6 0x86dd/' \
		"$work/other/counter.bpf.c"
	cmake --build "$work/other/build"
	"$work/other/build/host_types"
}

need "installs" install_skep "$prefix"
cp -r "$here/host" "$dir"
cp "$SKEP_SOURCE_DIR"/templates/*/{counter,exec,audit}.{bpf.c,h} "$dir" 2> /dev/null || true
if [[ -r $(clang -print-resource-dir)/lib/linux/libclang_rt.profile-$(uname -m).a ]]; then
	need "configures" configure
else
	sed -i 's/ COVERAGE//' "$dir/CMakeLists.txt"
	need "configures without clang's runtime library" configure
fi
need "builds" cmake --build "$dir/build"
claim "a second build does nothing" is_idle cmake --build "$dir/build"
claim "a packet counter is tested, as nobody" passes_as_nobody host_counter
claim "a tracer is tested, as nobody, without sanitizers" passes_as_nobody host_exec
claim "a hook of LSM is tested, as nobody" passes_as_nobody host_audit
claim "ctest knows them" ctest --test-dir "$dir/build"
if grep -q COVERAGE "$dir/CMakeLists.txt"; then
	claim "the lines of the .bpf.c are counted" counts_lines
else
	skip "the lines of the .bpf.c are counted" "no libclang_rt.profile of this clang"
fi
claim "a program that is wrong fails its test" rebuilds_and_reports
need "a program with vmlinux.h configures" \
	project 'enable_testing()' \
	'skep_add_bpf_host_test(host_types SOURCES counter.bpf.c host_counter.c HEADERS counter.h)'
claim "and is tested" with_types
claim "a check that is missing is reported with its line" reports_the_line
claim "a test without a program is refused" refuses "SOURCES has a .bpf.c and a test in C" \
	project 'skep_add_bpf_host_test(x SOURCES host_counter.c)'
claim "an argument too many is refused" refuses "what is 'MORE'" \
	project 'skep_add_bpf_host_test(x MORE SOURCES counter.bpf.c host_counter.c)'
finish
