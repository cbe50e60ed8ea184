#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Every verb under valgrind, where it succeeds and where it fails: no errors, nothing lost.
# shellcheck source=common.sh
. "$SKEP_SOURCE_DIR/tests/cli/common.sh"

command -v valgrind > /dev/null || { echo "valgrind is missing (package valgrind)"; exit 77; }
if grep -Eq '^SKEP_SANITIZE:BOOL=(ON|1|TRUE)' "$SKEP_BUILD_DIR/CMakeCache.txt"; then
	echo "a sanitized program does not run under valgrind"
	exit 77
fi
compile tracer.bpf.c tracer.bpf.o
compile xdp.bpf.c xdp.bpf.o
head -c 4096 tracer.bpf.o > cut.o

# check STATUS ARGUMENT...
check()
{
	local status=$1 is=0

	shift
	timeout 120 valgrind -q --error-exitcode=99 --leak-check=full \
		--errors-for-leak-kinds=definite,indirect --num-callers=30 \
		--suppressions="$SKEP_SOURCE_DIR/tests/cli/valgrind.supp" \
		"$skep" "$@" > check.out 2> check.err || is=$?
	lacks '^==[0-9]+==' check.err
	[[ $is -eq $status ]] || { echo "status $is: $*"; cat check.err; return 1; }
}

new_is_clean()
{
	# What it asks of the kernel, doctor asks too: a quarter of a minute under valgrind.
	[[ -z ${SKEP_TEST_FULL:-} ]] || check 0 new --list
	check 0 new trace-exec mine
	check 1 new trace-exec mine
	check 2 new no-such-one x
	check 1 new trace-exec nowhere/x
}

gen_is_clean()
{
	check 0 gen tracer.bpf.o
	check 0 gen -o two.h -n two x86=tracer.bpf.o arm64=tracer.bpf.o
	check 1 gen x86=tracer.bpf.o arm64=xdp.bpf.o
	check 1 gen cut.o
	check 1 gen -H nowhere.h tracer.bpf.o
	check 1 gen -o nowhere/x.h tracer.bpf.o
}

vmlinux_is_clean()
{
	check 0 vmlinux tracer.bpf.o
	check 1 vmlinux cut.o
	check 1 vmlinux nowhere
}

run_is_clean()
{
	cp /bin/true skepmark
	(sleep 2; for _ in {1..60}; do ./skepmark; sleep 0.05; done) &
	pids+=($!)
	check 0 run -d 4 tracer.bpf.o
	grep -q skepmark check.out
	check 1 run -s skepmark_ring=5000 tracer.bpf.o
	check 1 run -r skepmark_ring=nothing tracer.bpf.o
	check 1 run cut.o
}

doctor_is_clean()
{
	check 0 doctor -f json
}

claim "new: no errors, nothing lost" new_is_clean
claim "gen: no errors, nothing lost" gen_is_clean
claim "vmlinux: no errors, nothing lost" vmlinux_is_clean
if [[ $EUID -eq 0 ]]; then
	claim "run: no errors, nothing lost" run_is_clean
	claim "doctor: no errors, nothing lost" doctor_is_clean
fi
finish
