#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# skep doctor: the shape of its JSON, what objects need, and what --fix does and does not.
# shellcheck source=common.sh
. "$SKEP_SOURCE_DIR/tests/cli/common.sh"

require_root
execsnoop=$(example execsnoop)
xdpcount=$(example xdpcount)
cat > wants.bpf.c << 'END'
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("raw_tp/sched_process_exec")
int wants(void *ctx)
{
	return bpf_skb_pull_data(ctx, 64);
}

char _license[] SEC("license") = "GPL";
END
clang -O2 -g -target bpf -I"/usr/include/$(gcc -dumpmachine)" -c wants.bpf.c -o wants.bpf.o

# members FILE: the names of all members that occur in it.
members()
{
	{ tr -d '\n' < "$1"; echo; } | "$SKEP_BUILD_DIR/tests/cli/test_jsonl" || return 1
	grep -oE '"[a-z_]+": ' "$1" | tr -d '": ' | sort -u | xargs
}

# may_have FILE NAME...: it has no other members than these, which the guide documents.
may_have()
{
	local file=$1 name

	shift
	for name in $(members "$file"); do
		[[ " $* " = *" $name "* ]] || { echo "a member that is not documented: $name"; return 1; }
	done
}

shape_of_checks()
{
	local name

	"$skep" doctor -f json > doctor.json 2> err || [[ $? -eq 1 ]]
	[[ ! -s err ]]
	may_have doctor.json schema kernel version release machine fit facts capabilities lockdown \
		libbpf cap_bpf cap_perfmon cap_net_admin cap_sys_admin cap_sys_resource checks group \
		name answer since errno detail why remedy
	for name in schema kernel fit facts checks capabilities answer; do
		grep -q "\"$name\": " doctor.json || { echo "no $name"; return 1; }
	done
	grep -q '"schema": 1,' doctor.json
}

shape_of_features()
{
	local kind

	"$skep" doctor --features -f json > features.json 2> err || [[ $? -eq 1 ]]
	[[ ! -s err ]]
	for kind in 'program type' 'map type' 'attach type' 'link type' instructions BTF token helper; do
		grep -q "\"kind\": \"$kind\"" features.json || { echo "no $kind"; return 1; }
	done
	sed -n '/"features": \[/,$p' features.json > only.json
	[[ $(grep -c '"kind": ' only.json) -gt 5000 ]]
	# Each has these, and no other members.
	[[ $(grep -c '"kind": ' only.json) -eq $(grep -c '"answer": "\(yes\|no\|unknown\)"' only.json) ]]
	[[ $(grep -oE '"[a-z_]+": ' only.json | tr -d '": ' | sort -u |
		grep -vxE 'kind|name|program_type|answer|since|errno|why' | xargs) = features ]]
}

features_can_be_narrowed()
{
	succeeds "$skep" doctor --features
	grep -qE '^  ok  mcpu=v3$' says.out
	lacks 'bpf_map_lookup_elem' says.out
	succeeds "$skep" doctor --features=xdp
	grep -qE '^helper, by BPF_PROG_TYPE_XDP$' says.out
	grep -qE '^  ok  bpf_xdp_adjust_head$' says.out
	grep -qE '^  no  bpf_skb_pull_data' says.out
	says 1 "no feature has 'honey'" "$skep" doctor --features=honey
}

needs_nothing()
{
	succeeds "$skep" doctor "$execsnoop" "$xdpcount"
	[[ $(grep -c 'needs nothing that is known to be lacking here' says.out) -eq 2 ]]
	grep -qE 'ok  helper +bpf_ringbuf_output' says.out
	grep -qE 'ok  target +sched_process_exec +execsnoop.bpf.c:[0-9]+' says.out
}

lacking_is_said()
{
	local status=0

	"$skep" doctor wants.bpf.o > out 2> err || status=$?
	[[ $status -eq 1 && ! -s err ]] || { echo "status $status"; cat err; return 1; }
	grep -qE '^  no  helper +bpf_skb_pull_data +wants.bpf.c:7$' out || { cat out; return 1; }
	grep -q '^wants.bpf.o needs 1 thing that is not here' out
}

shape_of_needs()
{
	"$skep" doctor -f json wants.bpf.o "$xdpcount" nowhere.bpf.o > needs.json 2> err &&
		{ echo "status 0"; return 1; }
	[[ ! -s err ]]
	may_have needs.json schema kernel version release machine objects path lacking needs kind name \
		answer since optional program map file line text why remedy error
	[[ $(grep -c '"path": ' needs.json) -eq 3 && $(grep -c '"error": ' needs.json) -eq 1 ]]
	grep -q '"lacking": 1,' needs.json
	grep -q '"text": "return bpf_skb_pull_data(ctx, 64);"' needs.json
}

others_than_objects_are_said()
{
	says 1 'No such file' "$skep" doctor nowhere.bpf.o
	says 1 'not an ELF file' "$skep" doctor wants.bpf.c
	says 1 'directory|not a file' "$skep" doctor .
}

# in_empty COMMAND: in a mount namespace of its own, where none of the three is mounted.
in_empty()
{
	unshare --mount --propagation private bash -c '
		for type in tracefs bpf cgroup2 debugfs; do
			while at=$(findmnt -nro TARGET -t $type | tail -n 1); [[ -n $at ]]; do
				umount -l "$at" || exit 99
			done
		done
		mount -t tmpfs none /sys/fs/cgroup || exit 99
		'"$1"
}

fix_does_nothing_unasked()
{
	local status=0

	in_empty "'$skep' doctor --fix < /dev/null > fix.out 2> fix.err; is=\$?
		findmnt -nro TARGET -t tracefs,bpf,cgroup2 && exit 98; exit \$is" || status=$?
	[[ $status -eq 1 ]] || { echo "status $status"; cat fix.out fix.err; return 1; }
	grep -qx 'mount -t tracefs tracefs /sys/kernel/tracing' fix.out
	grep -qx 'mount -t bpf bpffs /sys/fs/bpf' fix.out
	grep -qx 'mount -t cgroup2 cgroup2 /sys/fs/cgroup' fix.out
	grep -q 'not done.*--yes' fix.out
}

fix_mounts_with_yes()
{
	in_empty "set -e; '$skep' doctor --fix --yes > fix.out 2> fix.err
		findmnt -nro TARGET,FSTYPE -t tracefs,bpf,cgroup2 | sort > mounted
		'$skep' doctor --fix > again.out" || { cat fix.out fix.err; return 1; }
	[[ ! -s fix.err && $(grep -cx 'done' fix.out) -eq 3 ]]
	printf '%s\n' '/sys/fs/bpf bpf' '/sys/fs/cgroup cgroup2' '/sys/kernel/tracing tracefs' |
		cmp - mounted
	[[ $(grep -c '^ok  .* is mounted at /sys/' again.out) -eq 3 ]]
}

fix_asks_on_a_terminal()
{
	command -v script > /dev/null || { echo "this machine has no script(1)"; return 1; }
	in_empty "printf 'n\ny\nmaybe\n' | script -qec \"'$skep' doctor --fix\" /dev/null > tty.out
		findmnt -nro FSTYPE -t tracefs,bpf,cgroup2 > mounted" || true
	[[ $(< mounted) = bpf ]] || { cat tty.out mounted; return 1; }
}

fix_hides_nothing()
{
	local status=0

	in_empty "mkdir /sys/fs/cgroup/memory; '$skep' doctor --fix --yes > fix.out 2> fix.err; is=\$?
		findmnt -nro FSTYPE -t cgroup2 && exit 98; exit \$is" || status=$?
	[[ $status -eq 1 ]] || { echo "status $status"; cat fix.out fix.err; return 1; }
	grep -q '/sys/fs/cgroup is in use, and would be hidden' fix.err
	is_plain fix.err
}

# Said, and not changed: somebody wanted it so.
read_only_is_told()
{
	local status=0

	in_empty "mount -t bpf bpffs /sys/fs/bpf && mount -o remount,ro,bind /sys/fs/bpf || exit 99
		'$skep' doctor > ro.out 2> ro.err
		'$skep' doctor --fix --yes > fix.out 2> fix.err; is=\$?
		touch /sys/fs/bpf/x 2>/dev/null && exit 98; exit \$is" || status=$?
	[[ $status -eq 1 ]] || { echo "status $status"; cat fix.out fix.err; return 1; }
	grep -qE '^  no  bpffs +-- mounted read-only at /sys/fs/bpf' ro.out
	grep -q 'help: mount -o remount,rw /sys/fs/bpf' ro.out
	grep -q 'bpffs: mounted read-only' fix.err
	is_plain fix.err
}

fix_without_privilege_says_so()
{
	local status=0

	in_empty "exec setpriv --reuid=65534 --regid=65534 --clear-groups '$shared' doctor --fix --yes \
		> fix.out 2> fix.err" || status=$?
	[[ $status -eq 1 ]]
	grep -q 'cannot mount bpf at /sys/fs/bpf' fix.err
	grep -q 'hint: run it with sudo' fix.err
}

# By hand: docs/kernels/record SKEP, then docs/kernels/make-page.
guide_shows_what_was_recorded()
{
	"$SKEP_SOURCE_DIR/docs/kernels/make-page" page.md
	cmp page.md "$SKEP_SOURCE_DIR/docs/guides/kernels.md"
}

nothing_is_left()
{
	kernel_is_free skep_try
}

claim "--format json has the documented members" shape_of_checks
claim "--features --format json has all kinds, each with an answer" shape_of_features
claim "--features takes a word" features_can_be_narrowed
claim "objects that run here need nothing that is lacking, status 0" needs_nothing
claim "what an object lacks is said with its line, status 1" lacking_is_said
claim "the needs of objects as JSON have the documented members" shape_of_needs
claim "what is no object is one line, status 1" others_than_objects_are_said
claim "--fix without a terminal prints the commands and does nothing" fix_does_nothing_unasked
claim "--fix --yes mounts the three, and then finds nothing to do" fix_mounts_with_yes
claim "--fix on a terminal does what is answered with y, and nothing else" fix_asks_on_a_terminal
claim "--fix mounts nothing over what is in use" fix_hides_nothing
claim "a read-only bpffs is told, and left as it is" read_only_is_told
# Where everybody can get at it: the tree may lie where only root can look.
install_skep "$work/prefix" > install.log 2>&1
shared=$work/prefix/bin/skep
claim "--fix without privilege says what it takes" fix_without_privilege_says_so
claim "the guide shows what was recorded" guide_shows_what_was_recorded
claim "and nothing of all this is left in the kernel" nothing_is_left
finish
