#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Without privilege, and with one capability too few: what is missing is said, by its name.
# shellcheck source=common.sh
. "$SKEP_SOURCE_DIR/tests/cli/common.sh"

require_root
# Where everybody can get at it: the tree may lie where only root can look.
install_skep "$work/prefix" > install.log 2>&1
skep=$work/prefix/bin/skep
compile tracer.bpf.c tracer.bpf.o
compile xdp.bpf.c xdp.bpf.o
chmod a+r ./*.o
cp "$(example execsnoop)" .

run=("$skep" run -d 0.05)

nobody_may_not_run()
{
	for object in tracer.bpf.o execsnoop.bpf.o xdp.bpf.o; do
		says 1 'CAP_BPF' ./as '' "${run[@]}" "$object"
		says 1 'privilege|root|sudo|permission|allowed' ./as '' "${run[@]}" "$object"
	done
}

says_each_one_missing()
{
	says 1 'CAP_PERFMON' ./as bpf "${run[@]}" tracer.bpf.o
	says 1 'CAP_BPF' ./as perfmon "${run[@]}" tracer.bpf.o
	says 1 'CAP_BPF' ./as net_admin "${run[@]}" xdp.bpf.o
	says 1 'CAP_NET_ADMIN' ./as bpf "${run[@]}" xdp.bpf.o
	says 1 'CAP_NET_ADMIN' ./as bpf,perfmon "${run[@]}" -i lo xdp.bpf.o
}

two_suffice_for_tracing()
{
	./as bpf,perfmon "${run[@]}" tracer.bpf.o > out 2> err
	grep -q '1 program attached' err
	./as bpf,perfmon "${run[@]}" execsnoop.bpf.o > out 2> err
	grep -q '2 programs attached' err
}

three_suffice_for_xdp()
{
	unshare -n sh -c 'ip link set lo up && exec "$0" "$@"' \
		./as bpf,net_admin "${run[@]}" -i lo xdp.bpf.o > out 2> err
	grep -q '1 program attached' err
}

# doctor ends with 1 where nothing can run, and has the word on its line.
doctor_says_it()
{
	local status=0

	./as '' "$skep" doctor > out 2> err || status=$?
	[[ $status -eq 1 && ! -s err ]] || { echo "status $status"; cat err; return 1; }
	grep -qE '^ +no +bpf\(\).*CAP_BPF' out || { cat out; return 1; }
	grep -qE 'help: .*(sudo|root|setcap)' out
	status=0
	./as '' "$skep" doctor -f json > out 2> err || status=$?
	[[ $status -eq 1 && ! -s err ]]
	grep -q '"fit": false' out
}

doctor_says_what_two_allow()
{
	./as bpf,perfmon "$skep" doctor > out 2> err
	grep -qE '^  ok +raw_tp' out
	grep -qE '^  (no|\?) +xdp.*CAP_NET_ADMIN' out || { grep xdp out; return 1; }
}

nothing_is_left()
{
	kernel_is_free skepmark
}

claim "nobody: skep run names CAP_BPF and what to do" nobody_may_not_run
claim "with one capability too few, skep run names it" says_each_one_missing
claim "CAP_BPF and CAP_PERFMON suffice for a raw tracepoint" two_suffice_for_tracing
claim "CAP_BPF and CAP_NET_ADMIN suffice for XDP" three_suffice_for_xdp
claim "nobody: skep doctor says what is missing, status 1" doctor_says_it
claim "skep doctor says what CAP_BPF and CAP_PERFMON do not allow, status 0" \
	doctor_says_what_two_allow
claim "and nothing of all this is left in the kernel" nothing_is_left
finish
