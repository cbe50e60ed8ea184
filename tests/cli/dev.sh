#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# `skep dev`: from a save to new events, with what maps hold; what is refused; what it leaves behind.
# shellcheck source=run_common.sh
. "$SKEP_SOURCE_DIR/tests/cli/run_common.sh"

export TMPDIR=$work
cp "$objects/dev.bpf.c" first.bpf.c

# dev NAME ARGUMENT...: `skep dev` in the background until it runs; output in NAME.out and NAME.err.
dev()
{
	name=$1
	shift
	trap 'kill -KILL "${pids[@]}" 2>/dev/null || true' EXIT
	: > "$name.err"
	env --default-signal=INT "$skep" dev "$@" > "$name.out" 2> "$name.err" &
	pid=$!
	pids+=("$pid")
	told "${READY:-running; save the source}"
}

# told PATTERN [COUNT]: it says so, that often, soon.
told()
{
	for _ in {1..400}; do
		[[ $(grep -cE "$1" "$name.err") -lt ${2:-1} ]] || return 0
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.05
	done
	echo "skep dev does not say: $1"
	cat "$name.err" "$name.out"
	return 1
}

# shows PATTERN: the same on standard output.
shows()
{
	for _ in {1..200}; do
		! grep -qE "$1" "$name.out" || return 0
		sleep 0.05
	done
	echo "no line like: $1"
	cat "$name.out" "$name.err"
	return 1
}

# change FILE EXPRESSION...: as an editor saves: another file takes the name.
change()
{
	local file=$1

	shift
	sed "$@" "$file" > "$file.new"
	mv "$file.new" "$file"
}

saves_are_seen_and_maps_are_kept()
{
	cp first.bpf.c a.bpf.c
	dev kept a.bpf.c
	mark 2
	shows 'skepmark +2$'
	change a.bpf.c 's/\*n += 1;/*n += 100;/'
	told '1 program changed, 3 maps kept'
	mark 1
	shows 'skepmark +102$'
	stop INT 0
	reports kept.err 3
}

# The struct grows: columns, and what is before it in the ring, are right.
another_type_of_records_is_another_heading()
{
	cp first.bpf.c b.bpf.c
	dev typed b.bpf.c
	mark 1
	shows '^RING +COMM +NTH$'
	change b.bpf.c -e 's/__u64 nth;/__u64 nth, twice;/' -e 's/e->nth = \*n;/& e->twice = 2 * *n;/'
	told '1 program changed'
	mark 1
	shows '^RING +COMM +NTH +TWICE$'
	shows 'skepmark +2 +4$'
	stop INT 0
}

another_type_of_a_map_is_afresh()
{
	cp first.bpf.c c.bpf.c
	dev afresh c.bpf.c
	mark 1
	shows 'skepmark +1$'
	change c.bpf.c 's/SKEP_HASH(/SKEP_LRU_HASH(/'
	told 'started afresh'
	grep -q "all maps begin anew: .*'counts'" afresh.err
	: > afresh.out
	mark 1
	shows 'skepmark +1$'
	stop INT 0
}

what_clang_refuses_leaves_the_one_before()
{
	cp first.bpf.c d.bpf.c
	dev clang d.bpf.c
	change d.bpf.c 's/return 0;/return 0/'
	told 'not built: the one before runs on'
	grep -q "error: expected ';'" clang.err
	mark 1
	shows 'skepmark +1$'
	change d.bpf.c 's/return 0$/return 0;/'
	told '1 program changed'
	stop INT 0
}

what_is_not_declared_is_refused_by_clang()
{
	cp first.bpf.c e.bpf.c
	dev undeclared e.bpf.c
	change e.bpf.c 's/skep_current_comm/skep_current_com/'
	told 'not built'
	cat undeclared.err undeclared.out | grep -q 'skep_current_com'
	stop INT 0
}

what_the_verifier_refuses_is_explained()
{
	cp first.bpf.c f.bpf.c
	dev verifier f.bpf.c
	change f.bpf.c 's/if (!n)/if (0)/'
	told 'not loaded: the one before runs on'
	shows 'error\[SKEP-V001\]: `n` may be NULL here'
	mark 1
	shows 'skepmark +1$'
	stop INT 0
}

begins_with_what_is_broken()
{
	change f.bpf.c 's/return 0;/return 0/'
	READY='save it again' dev broken f.bpf.c
	change f.bpf.c -e 's/return 0$/return 0;/' -e 's/if (0)/if (!n)/'
	told 'running; save the source'
	mark 1
	shows 'skepmark +1$'
	stop TERM 0
}

# A header that the source includes is a source, too.
headers_are_watched()
{
	mkdir -p 'a folder'
	echo '#define STEP 1' > 'a folder/step.h'
	sed -e '1i #include "a folder/step.h"' -e 's/\*n += 1;/*n += STEP;/' first.bpf.c > g.bpf.c
	dev header g.bpf.c
	echo '#define STEP 7' > 'a folder/step.h'
	told 'step.h saved'
	told '1 program changed'
	mark 1
	shows 'skepmark +7$'
	stop INT 0
}

# A build tree of CMake, found by itself: its target is built, with its flags.
project_is_built_in_its_tree()
{
	mkdir -p project/src project/build
	sed 's/\*n += 1;/*n += STEP;/' first.bpf.c > project/src/app.bpf.c
	cat > project/CMakeLists.txt <<- END
		cmake_minimum_required(VERSION 3.21)
		project(app NONE)
		set(o "\${CMAKE_BINARY_DIR}/app.bpf.o")
		set(s "\${CMAKE_SOURCE_DIR}/src/app.bpf.c")
		add_custom_command(OUTPUT "\${o}" DEPENDS "\${s}" VERBATIM
		    COMMAND clang -target bpf -g -O2 -DSTEP=1000 "-I/usr/include/$(gcc -dumpmachine)"
		        "-I$SKEP_SOURCE_DIR/bpf-headers" "-I$SKEP_SOURCE_DIR/sdk/include"
		        -MD -MF "\${o}.d" -c "\${s}" -o "\${o}")
		add_custom_target(app_gen DEPENDS "\${o}")
		file(WRITE "\${CMAKE_BINARY_DIR}/skep-programs.tsv" "\${s}\t\${o}\tapp_gen\n")
	END
	cmake -S project -B project/build > cmake.log
	dev project project/src/app.bpf.c
	mark 1
	shows 'skepmark +1000$'
	change project/src/app.bpf.c 's/STEP;/STEP * 2;/'
	told '1 program changed'
	mark 1
	shows 'skepmark +3000$'
	change project/src/app.bpf.c 's/return 0;/return 0/'
	told 'not built'
	lacks 'FAILED|ninja|gmake|^\[' project.err
	stop INT 0
}

# It waits for the file to come back, as some editors save.
a_source_that_is_gone_is_said()
{
	cp first.bpf.c gone.bpf.c
	dev gone gone.bpf.c
	rm gone.bpf.c
	told 'gone.bpf.c is gone: what was built of it runs on'
	mark 1
	shows 'skepmark +[0-9]+$'
	sed 's/\*n += [0-9]*;/*n += 1000;/' first.bpf.c > gone.bpf.c
	told 'gone.bpf.c saved'
	told '1 program changed'
	stop INT 0
}

many_saves_in_a_row_are_one_or_more()
{
	cp first.bpf.c h.bpf.c
	dev often h.bpf.c
	for step in 2 3 4 5 6 7 8 9; do
		change h.bpf.c "s/\\*n += [0-9]*;/*n += $step;/"
	done
	told 'h.bpf.c saved'
	# Sooner or later the last one runs.
	for _ in {1..50}; do
		mark 1
		mark 1
		sleep 0.05
		! awk '$2 == "skepmark" { step = $3 - was; was = $3 } END { exit step != 9 }' often.out || break
	done
	awk '$2 == "skepmark" { step = $3 - was; was = $3 } END { exit step != 9 }' often.out
	# The last saves may be built once more: in the middle of that Ctrl-C has the shell's status.
	kill -INT "$pid"
	wait "$pid" || [[ $? -eq 130 ]]
}

ends_by_itself_and_leaves_nothing()
{
	cp first.bpf.c i.bpf.c
	timeout 20 "$skep" dev --duration 1 -f json i.bpf.c > end.out 2> end.err
	reports end.err
	# The kernel frees a little later.
	for _ in {1..50}; do
		bpftool prog list > programs
		grep -q 'name dev_exec' programs || break
		sleep 0.1
	done
	lacks 'name dev_exec' programs
	[[ -z $(find "$work" -maxdepth 1 -name 'skep-dev-*') ]]
}

temporary_folders()
{
	find "$work" -maxdepth 1 -name 'skep-dev-*' | wc -l
}

# One that was killed can take nothing away: the next one does, and leaves alone what is in use.
killed_ones_leave_nothing_for_long()
{
	local first first_pid

	cp first.bpf.c k.bpf.c
	dev kill k.bpf.c
	kill -KILL "$pid"
	wait "$pid" 2>/dev/null || true
	[[ $(temporary_folders) -eq 1 ]]
	dev first k.bpf.c
	first_pid=$pid
	first=$(find "$work" -maxdepth 1 -name 'skep-dev-*')
	[[ $(temporary_folders) -eq 1 ]]
	dev second k.bpf.c
	[[ -e $first/k.bpf.o && $(temporary_folders) -eq 2 ]]
	# A terminal that is closed.
	kill -HUP "$pid"
	wait "$pid" 2>/dev/null || true
	[[ -e $first/k.bpf.o && $(temporary_folders) -eq 1 ]]
	kill -INT "$first_pid"
	wait "$first_pid"
	[[ $(temporary_folders) -eq 0 ]]
	# A reader that has enough.
	timeout 20 "$skep" dev -d 10 k.bpf.c 2> /dev/null | true || [[ $? -eq 141 ]]
	[[ $(temporary_folders) -eq 0 ]]
}

wrong_arguments_are_one_line()
{
	says 1 'nothere.bpf.c: No such file' "$skep" dev nothere.bpf.c
	says 2 'is not a C file' "$skep" dev /etc/passwd
	says 2 'which source' "$skep" dev
	says 2 'one source' "$skep" dev a.bpf.c b.bpf.c
	says 1 'does not make an object of' "$skep" dev -B "$work" a.bpf.c
	says 1 'does not make an object of' "$skep" dev -B project/build a.bpf.c
}

what_is_attached_to_nothing_says_so()
{
	grep -v 'SEC("raw_tp' first.bpf.c | sed '/^int on_exec\|^int dev_exec/,$d' > none.bpf.c
	timeout 20 "$skep" dev -d 1 none.bpf.c > none.out 2> none.err
	grep -q 'nothing of it is attached' none.err
	lacks 'running' none.err
	printf '%s\n' '#include <linux/bpf.h>' '#include <skep/bpf/core.h>' 'SKEP_LICENSE("GPL");' \
		'SEC("xdp") int x(struct xdp_md *c) { return XDP_PASS; }' > x.bpf.c
	timeout 20 "$skep" dev -d 1 -i no-such-if x.bpf.c > if.out 2> if.err
	grep -q "no network interface 'no-such-if'" if.err
	grep -q 'nothing of it is attached' if.err
}

full_disk_is_said()
{
	mkdir -p full
	mount -t tmpfs -o size=4k tmpfs full
	TMPDIR=$work/full timeout 20 "$skep" dev -d 1 first.bpf.c > full.out 2> full.err || true
	umount full
	grep -q 'No space left' full.err
	lacks 'SKEP-V' full.out
}

privilege_is_asked_for_once()
{
	chmod 644 a.bpf.c
	chmod 777 "$work"
	timeout 20 setpriv --reuid=65534 --regid=65534 --clear-groups "$skep" dev a.bpf.c \
		> nobody.out 2> nobody.err && return 1
	is_plain nobody.err
	grep -q 'CAP_BPF' nobody.err
}

claim "a save is seen in the events, and maps keep what is in them" saves_are_seen_and_maps_are_kept
claim "a record of another type has another heading" another_type_of_records_is_another_heading
claim "a map of another type begins afresh, and this is said" another_type_of_a_map_is_afresh
claim "what clang refuses is shown, and the one before runs on" \
	what_clang_refuses_leaves_the_one_before
claim "a function that is not declared is refused by clang" what_is_not_declared_is_refused_by_clang
claim "what the verifier refuses is explained, and the one before runs on" \
	what_the_verifier_refuses_is_explained
claim "it begins with a source that is broken" begins_with_what_is_broken
claim "headers are watched, and names with spaces" headers_are_watched
claim "a project is built in its own tree" project_is_built_in_its_tree
claim "a source that is gone is said, and waited for" a_source_that_is_gone_is_said
claim "many saves in a row end with the last one" many_saves_in_a_row_are_one_or_more
claim "it ends by itself, and leaves nothing" ends_by_itself_and_leaves_nothing
claim "what a killed one left goes with the next" killed_ones_leave_nothing_for_long
claim "wrong arguments are one line" wrong_arguments_are_one_line
claim "what is attached to nothing says so" what_is_attached_to_nothing_says_so
claim "a full disk is said, and is not the program's fault" full_disk_is_said
claim "what privilege is missing is said once" privilege_is_asked_for_once
finish
