#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# `skep top` from outside: what it is told, who may, how it ends. Its numbers: tests/kernel/test_top.c.
# shellcheck source=common.sh
. "$SKEP_SOURCE_DIR/tests/cli/common.sh"

require_root
clang -O2 -g -target bpf -I"/usr/include/$(gcc -dumpmachine)" -c "$objects/xdp.bpf.c" -o xdp.bpf.o
# Where nobody may run it, too: the tree may lie where only root can look.
mkdir own
cp "$skep" own/skep
ldd "$skep" | awk '$1 ~ /^libskep/ { print $3 }' | xargs cp -t own
own=(env LD_LIBRARY_PATH="$work/own" "$work/own/skep" top)

refuses_what_is_no_option()
{
	says 2 "there are options only" "$skep" top 12
	says 2 "text or json, not 'yaml'" "$skep" top -f yaml
	for wrong in 0 -1 nan inf 1s 0.001 100000 '' 1e99; do
		says 2 'number of seconds' "$skep" top -d "$wrong"
	done
	for wrong in 0 -1 1.5 x '' 99999999999999999999; do
		says 2 'is not a number of intervals' "$skep" top -n "$wrong"
		says 2 "is not a process's number" "$skep" top -p "$wrong"
		says 2 "is not a program's number" "$skep" top --id "$wrong"
	done
	says 2 "is one of cpu, runs" "$skep" top -s size
	says 2 "no type of programs 'nothing'" "$skep" top --type nothing
	says 2 "prints one object" "$skep" top -f json -n 3
}

says_which_capability()
{
	says 1 'CAP_SYS_ADMIN' ./as '' "${own[@]}" -d 0.05 -n 1
	says 1 'CAP_SYS_ADMIN' ./as bpf,perfmon "${own[@]}" -d 0.05 -f json
	succeeds ./as sys_admin,sys_ptrace "${own[@]}" -d 0.05 -n 1
}

# bpftool knows the same programs, and the same of each.
agrees_with_bpftool()
{
	mkdir -p fs
	unshare -m bash -e -c '
		mount --make-rprivate /
		mount -t bpf bpf fs
		bpftool prog load xdp.bpf.o fs/mark
		id=$(bpftool -j prog show pinned fs/mark | sed "s/.*\"id\":\([0-9]*\).*/\1/")
		"$0" top -d 0.05 -f json --id "$id" > top.json
		"$0" top -d 0.05 -n 1 --id "$id" > top.txt
		bpftool -j prog show id "$id" > bpftool.json' "$skep"
	for word in name tag uid; do
		[[ $(grep -oE "\"$word\": ?[^,]*" top.json | head -n 1 | tr -d ' ') = \
			$(grep -oE "\"$word\":[^,]*" bpftool.json | head -n 1) ]] ||
			{ echo "not the same $word"; head -n 30 top.json; cat bpftool.json; return 1; }
	done
	grep -q '"owner": "pin .*/fs/mark"' top.json
	grep -qE '^[ 0-9]+ skepmark_xdp +xdp .* pin .*/fs/mark -$' top.txt || { cat top.txt; return 1; }
}

filters()
{
	succeeds "$skep" top -d 0.05 -n 1 --name no_such_program_is_here
	grep -q '^0 of ' says.out
	[[ $(wc -l < says.out) -eq 2 ]]
	succeeds "$skep" top -d 0.05 -f json --pid 1 --type xdp --sort id
	grep -q '"programs": \[\]' says.out
}

ends_cleanly()
{
	local status=0

	timeout -s INT -k 5 0.3 "$skep" top -d 3600 > int.out 2> int.err || status=$?
	[[ $status -eq 124 && ! -s int.err ]] || { echo "status $status"; cat int.err; return 1; }
	says 1 'cannot write to standard output' bash -c "exec \"\$0\" top -d 0.05 -n 3 > /dev/full" "$skep"
	says 1 'cannot write to standard output' bash -c "exec \"\$0\" top -d 0.05 -f json > /dev/full" \
		"$skep"
	set +o pipefail # it may be ended by SIGPIPE, as anything is
	timeout 10 "$skep" top -d 0.05 2> pipe.err | head -n 1 > pipe.out
	[[ $(wc -l < pipe.out) -eq 1 && ! -s pipe.err ]]
}

says_what_it_lacks()
{
	# shellcheck disable=SC2016  # for the other shell
	# Who runs the tests may have left descriptors open: those are not ours to count.
	says 1 'too many open files' bash -c 'for fd in {3..20}; do eval "exec $fd>&-"; done
		ulimit -n 4; exec "$0" top -d 0.05 -n 1' "$skep"
	unshare -m bash -e -c 'mount --make-rprivate /; mount -t tmpfs none /proc
		exec "$0" top -d 0.05 -n 1' "$skep" > noproc.out 2> noproc.err
	[[ ! -s noproc.err ]]
}

claim "arguments that cannot be: one line, status 2" refuses_what_is_no_option
claim "without CAP_SYS_ADMIN: one line that names it, status 1; with it, and no root: it works" \
	says_which_capability
claim "a program that bpftool loaded is the same here, and its pin is its owner" agrees_with_bpftool
claim "a filter that nothing fits: no programs, status 0" filters
claim "Ctrl-C, a full disk, a reader that goes: it ends, and says so where something is wrong" \
	ends_cleanly
claim "too few file descriptors: one line; no /proc: no owners, and no noise" says_what_it_lacks
kernel_is_free skepmark
finish
