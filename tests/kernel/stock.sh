#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# bpftool takes every object of this build: `gen skeleton` all, `prog loadall` those that this kernel
# can load.
set -euo pipefail

: "${SKEP_SOURCE_DIR:?is set by scripts/test}" "${SKEP_BUILD_DIR:?is set by scripts/test}"
skip()
{
	echo "1..0 # SKIP $*"
	exit 77
}

PATH=$PATH:/usr/sbin:/sbin
command -v bpftool > /dev/null || skip "there is no bpftool"
[[ $EUID -eq 0 ]] || skip "needs root"
# bpffs and what is pinned there are in a mount namespace of this script's own.
[[ -n ${SKEP_STOCK_INSIDE:-} ]] || SKEP_STOCK_INSIDE=1 exec unshare -m "$0" "$@"

work=$(mktemp -d)
trap 'umount "$work/bpf" 2>/dev/null || true; rm -rf "$work"' EXIT
mkdir "$work/bpf"
mount -t bpf bpf "$work/bpf"
number=0 failed=0

claim()
{
	local text=$1

	shift
	number=$((number + 1))
	if "$@" > "$work/log" 2>&1; then
		echo "ok $number - $text"
	else
		echo "not ok $number - $text"
		tail -n 20 "$work/log" | sed 's/^/# /'
		failed=1
	fi
}

skeleton()
{
	bpftool gen skeleton "$1" name stock > "$work/stock.h" && [[ -s $work/stock.h ]]
}

load_all()
{
	bpftool prog loadall "$1" "$work/bpf/programs" || return
	rm -r "$work/bpf/programs"
}

# Programs of LSM hooks are refused by this kernel.
has_lsm()
{
	readelf -SW "$1" | grep ' lsm' > /dev/null
}

while read -r object; do
	name=${object#"$SKEP_BUILD_DIR/"}
	claim "gen skeleton: $name" skeleton "$object"
	case $name in
	# One is there to be refused; an arena's address is set by who loads it; these pin in /sys/fs/bpf.
	*/refused.bpf.o | */map_arena.bpf.o | */map_types*.bpf.o) ;;
	# More that are there to be refused; one has a program that is loaded on demand, and is not pinned.
	*/faults_core.bpf.o | */needs.bpf.o | */upgrade_4.bpf.o | */large.bpf.o) ;;
	# Hooks that this libbpf does not know yet, or that this kernel refuses or lacks.
	*/attach_net*.bpf.o | */attach_socket.bpf.o | */attach_user.bpf.o | */sections.bpf.o) ;;
	*/bpf_trace.bpf.o | */bpf_log_hooks.bpf.o | */top_missed.bpf.o) ;;
	*/attach_trace.bpf.o | */attach_trace_btf.bpf.o | */attach_trace_replace.bpf.o) ;;
	*/attach_struct_ops_*.bpf.o | */attach_qdisc.bpf.o | */attach_sched_ext.bpf.o | */plan.bpf.o) ;;
	*) has_lsm "$object" || claim "prog loadall: $name" load_all "$object" ;;
	esac
done < <(find "$SKEP_BUILD_DIR" -path "*/tests/kernel/*.bpf.o" -o -path "*/examples/*.bpf.o" |
	grep -v '/tests/files/' | sort)
[[ $number -gt 0 ]] || skip "this build has no object"
echo "1..$number"
exit "$failed"
