#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# What skep doctor says to processes that lack something: as text and as JSON the one true cause.
# shellcheck source=common.sh
. "$SKEP_SOURCE_DIR/tests/cli/common.sh"

require_root
# Where everybody can get at it: the tree may lie where only root can look.
install_skep "$work/prefix" > install.log 2>&1
skep=$work/prefix/bin/skep
libraries=$(dirname "$(find "$work/prefix" -name 'libskep.so.0' | head -n 1)")
cp "$SKEP_BUILD_DIR/tests/cli/test_refuse" refuse
compile tracer.bpf.c tracer.bpf.o
chmod a+r tracer.bpf.o
case $(uname -m) in
	x86_64) bpf=321 perf=298 ;;
	*) bpf=280 perf=241 ;;
esac

# ask COMMAND...: COMMAND runs doctor, which says no more than it should. ask_both: also as JSON.
ask()
{
	rm -f told.json
	"$@" "$skep" doctor > out 2> err || [[ $? -eq 1 ]] || { cat err; return 1; }
	[[ ! -s err ]] || { cat err; return 1; }
	lacks 'ulimit -l|[Mm][Ee][Mm][Ll][Oo][Cc][Kk]' out
}

ask_both()
{
	ask "$@"
	"$@" "$skep" doctor --format=json > told.json 2> err || [[ $? -eq 1 ]] || { cat err; return 1; }
	[[ ! -s err ]] || { cat err; return 1; }
	{ tr -d '\n' < told.json; echo; } | "$SKEP_BUILD_DIR/tests/cli/test_jsonl"
	lacks 'ulimit -l|[Mm][Ee][Mm][Ll][Oo][Cc][Kk]' told.json
}

# tells NAME PATTERN: the line of the check NAME has no (or ?), and why; so has its JSON.
tells()
{
	grep -qE "^  (no|\?) +$1 +-- .*$2" out || { grep -E "^  [a-z?]+ +$1" out; return 1; }
	[[ -e told.json ]] || return 0
	tr -d '\n' < told.json | grep -oE '\{[^{}]*\}' | grep -E "\"name\": \"$1\"" |
		grep -qE "\"answer\": \"(no|unknown)\".*\"why\": \"[^\"]*$2" ||
		{ cat told.json; return 1; }
}

# grants NAME...: they work.
grants()
{
	local name

	for name in "$@"; do
		grep -qE "^  ok +$name" out || { grep -E "^  [a-z?]+ +$name" out; return 1; }
	done
}

each_capability()
{
	ask_both ./as perfmon,net_admin
	tells raw_tp 'lacks CAP_BPF'
	tells xdp 'lacks CAP_BPF'
	ask ./as bpf,net_admin
	tells raw_tp 'lacks CAP_PERFMON'
	grants xdp tcx
	ask ./as bpf,perfmon
	tells xdp 'lacks CAP_NET_ADMIN'
	tells privilege 'lacks cap_net_admin'
	grants raw_tp sk_lookup uprobe.multi
}

# Newer kernels want CAP_SYS_ADMIN of those who put single uprobes.
uprobes_without_the_largest()
{
	ask ./as bpf,perfmon,net_admin
	grants privilege raw_tp xdp tcx uprobe.multi
	grep -qE '^  ok +uprobe, usdt' out || tells 'uprobe, usdt' 'lacks CAP_SYS_ADMIN'
}

user_namespace()
{
	ask_both unshare --user --map-root-user
	tells 'bpf\(\)' 'does not accept the capabilities of a user namespace'
	tells raw_tp 'user namespace'
	tells xdp 'user namespace'
}

seccomp()
{
	ask_both ./refuse "$bpf" 1
	tells 'bpf\(\)' 'a seccomp filter on this process refuses bpf'
	tells xdp 'seccomp'
	ask ./refuse "$bpf" 38
	tells 'bpf\(\)' 'a seccomp filter on this process refuses bpf'
	lacks 'CONFIG_BPF_SYSCALL is not set' out
	ask ./refuse "$perf" 1
	tells perf_event 'a seccomp filter on this process refuses perf_event_open'
	tells 'uprobe, usdt' 'seccomp'
	grants raw_tp xdp uprobe.multi
}

# without PATH: a command that hides it from what it runs, in a mount namespace.
without()
{
	cat > hide <<- END
		#!/bin/sh
		exec unshare --mount --propagation private sh -c '
			if [ -d $1 ]; then mount -t tmpfs none $1; else mount --bind /dev/null $1; fi &&
			exec "\$0" "\$@"' "\$@"
	END
	chmod 755 hide
	# The loader finds them by /proc.
	ask ./hide env LD_LIBRARY_PATH="$libraries"
}

no_btf()
{
	without /sys/kernel/btf
	tells BTF 'no /sys/kernel/btf/vmlinux'
	tells tp_btf 'BTF'
	tells iter 'BTF'
	grants raw_tp xdp 'uprobe, usdt'
}

no_sysfs()
{
	without /sys
	tells BTF 'sysfs is not mounted'
	tells tracefs 'not mounted'
	tells cgroup2 'not mounted'
	tells tp 'tracefs is not mounted'
	tells 'uprobe, usdt' 'sysfs is not mounted'
	grants raw_tp xdp
}

# A container that shows no symbols and no configuration: nothing is made up out of that.
masked_proc()
{
	[[ ! -e /proc/config.gz ]] || without /proc/config.gz
	[[ -e /proc/config.gz ]] || without /proc/kallsyms
	grants raw_tp xdp 'uprobe, usdt' iter
	lacks 'refuses to attach it: (Operation|No such)' out
	without /proc
	grants raw_tp xdp perf_event
	lacks 'cgroup2 +-- not mounted' out
}

needs_of_an_object()
{
	local status=0

	./as perfmon "$skep" doctor tracer.bpf.o > out 2> err || status=$?
	[[ $status -eq 1 && ! -s err ]] || { echo "status $status"; cat err; return 1; }
	grep -qE '^  no +capability +cap_bpf' out || { cat out; return 1; }
	./as perfmon "$skep" doctor --format=json tracer.bpf.o > told.json 2> err || true
	grep -q '"name": "cap_bpf"' told.json
}

nothing_is_left()
{
	kernel_is_free skep_try
}

claim "with one capability too few it is named, and what does not need it works" each_capability
claim "without CAP_SYS_ADMIN all works but single uprobes, which name it" uprobes_without_the_largest
claim "in a user namespace its capabilities are said not to count" user_namespace
claim "seccomp is named with the call that it refuses, also where it hides that" seccomp
claim "without BTF what needs it says so, and the rest works" no_btf
claim "without sysfs it is named" no_sysfs
claim "what /proc does not show is not made up" masked_proc
claim "what an object lacks for want of a capability is said" needs_of_an_object
claim "and nothing of all this is left in the kernel" nothing_is_left
finish
