#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# `skep lab`: the way through the exercises, what it keeps and what it leaves. That every exercise can be
# done, on each kernel, and not be cheated is what tests/lab shows.
# shellcheck source=common.sh
. "$SKEP_SOURCE_DIR/tests/cli/common.sh"

require_root
exercises=$SKEP_SOURCE_DIR/lab
mapfile -t names < <(cd "$exercises" && ls -d [0-9]*)

# As installed, where everybody can get at it: a tree may lie where only root can look.
mkdir -p p/bin p/lib p/share/skep p/include tmp
cp "$skep" p/bin/
cp "$SKEP_BUILD_DIR"/sdk/src/libskep*.so* p/lib/
cp -r "$exercises" p/share/skep/lab
cp -r "$SKEP_SOURCE_DIR/bpf-headers/skep" "$SKEP_SOURCE_DIR/sdk/include/skep" p/include/
chmod -R a+rX p
chmod 777 . tmp
skep=$work/p/bin/skep
export LD_LIBRARY_PATH=$work/p/lib TMPDIR=$work/tmp

# solve NAME: as a learner would who knows how.
solve()
{
	local source

	for source in "$exercises/$1"/solution.*; do
		cp "$source" "skep-lab/$1.${source#*/solution.}"
	done
}

# is_not_done PATTERN COMMAND...: status 1; PATTERN is in what is shown; one line and its hint below it.
is_not_done()
{
	local pattern=$1 is=0

	shift
	timeout -k 5 60 "$@" > says.out 2> says.err || is=$?
	[[ $is -eq 1 ]] || { echo "status $is: $*"; cat says.out says.err; return 1; }
	grep -qE -- "$pattern" says.out || { echo "not shown: $pattern"; cat says.out; return 1; }
	is_plain says.err
	grep -q 'hint: .skep lab hint. helps' says.err
}

starts_once()
{
	mkdir one && cd one
	succeeds "$skep" lab start
	grep -q '^30 exercises are in skep-lab' says.out
	grep -q '^01-first-program: ' says.out
	for name in "${names[@]}"; do
		for source in "$exercises/$name"/start.*; do
			cmp "$source" "skep-lab/$name.${source#*/start.}"
		done
	done
	[[ ! -e skep-lab/02-licence.hints.md ]]
	lacks solution <(ls -a skep-lab)
	echo mine > skep-lab/mine
	find skep-lab -printf '%p %s %T@ %m\n' | sort > before
	says 1 'skep-lab: File exists' "$skep" lab start
	find skep-lab -printf '%p %s %T@ %m\n' | sort | cmp - before
	succeeds "$skep" lab start 'another place'
	says 1 'cannot make no/where' "$skep" lab start no/where
	says 1 'cannot make /proc/x' "$skep" lab start /proc/x
	says 1 'cannot make' "$skep" lab start ''
	# Whole or not at all: here the disk is full after some of them.
	mkdir small
	unshare -m bash -e -c 'mount -t tmpfs -o size=64k none small; cd small
		"$0" lab start > ../full.out 2> ../full.err && exit 1; ls -A > ../full.left' "$skep"
	grep -q 'No space left' full.err
	is_plain full.err
	[[ ! -s full.left && ! -s full.out ]]
}

lists_and_finds_its_folder()
{
	mkdir two && cd two
	succeeds "$skep" lab
	grep -q '^No folder of exercises is here: .skep lab start. makes' says.out
	says 1 'no folder of exercises here' "$skep" lab check
	says 1 'is not a folder of exercises' "$skep" lab -C .. hint
	succeeds "$skep" lab start
	succeeds "$skep" lab
	grep -qE '^ +-> +01-first-program ' says.out
	grep -q 'edit skep-lab/01-first-program.bpf.c$' says.out
	cp says.out here
	mkdir skep-lab/deeper
	(cd skep-lab/deeper && succeeds "$skep" lab list && tail -n 3 says.out)
	succeeds "$skep" lab list -C skep-lab
	cmp says.out here
	succeeds "$skep" lab list --format json
	tr -d '\n' < says.out > line
	echo >> line
	"$SKEP_TEST_FILES/test_jsonl" count "done" < line | grep -qx $'30\t0'
	[[ $(grep -c '"name": ' says.out) -eq 30 && $(grep -c '"current": true' says.out) -eq 1 ]]
}

# The way of somebody who reads a hint, and does it.
goes_on_from_one_to_the_next()
{
	mkdir three && cd three
	succeeds "$skep" lab start
	is_not_done 'expected [0-9]+$' "$skep" lab check
	grep -qE 'found    [01]$' says.out # another process may have made it 1 before
	says 1 '01-first-program is not done yet' "$skep" lab next
	solve 01-first-program
	succeeds "$skep" lab check
	grep -q '^01-first-program is done: 1 of 30. .skep lab next' says.out
	succeeds "$skep" lab next
	grep -q '^02-licence: ' says.out
	is_not_done 'SKEP-V814' "$skep" lab check
	succeeds "$skep" lab next --skip
	grep -q '^03-first-map: ' says.out
	succeeds "$skep" lab next 30
	solve 30-own-test
	succeeds "$skep" lab check
	succeeds "$skep" lab next
	grep -q '^02-licence: ' says.out
	grep -qx 'done 01-first-program' skep-lab/.skep-lab
	# What was done and does not do it any more is not done.
	cp "$exercises/01-first-program/start.bpf.c" skep-lab/01-first-program.bpf.c
	is_not_done expected "$skep" lab check 1
	lacks 'done 01' skep-lab/.skep-lab
}

shows_why_it_is_refused()
{
	cd three
	is_not_done 'SKEP-V001.*`found` may be NULL' "$skep" lab check null-check
	grep -q -- '--> skep-lab/04-null-check.bpf.c:' says.out
	is_not_done 'stack limit of 512 bytes' "$skep" lab check 9
	grep -q '09-stack-limit does not compile' says.err
	echo 'int x = ;' >> skep-lab/05-bounds-check.bpf.c
	is_not_done '05-bounds-check.bpf.c:.*expected expression' "$skep" lab check skep-lab/05-bounds-check.bpf.c
	is_not_done 'expected XDP_DROP' "$skep" lab check 19-byte-order
	: > skep-lab/06-off-by-one.bpf.c
	is_not_done . "$skep" lab check 6
	sed -i 's/int copy(/int other(/; s/if (length > 64)/if (length < 0) return -1; &/' \
		skep-lab/07-signed-length.bpf.c
	is_not_done "no program 'copy' any more" "$skep" lab check 7
}

user_side_is_built_and_run()
{
	cd three
	is_not_done 'sum that was printed' "$skep" lab check consumer
	grep -qx '  found    0' says.out
	solve 29-consumer
	succeeds "$skep" lab check consumer
	sed -i 's/puts("ready");/abort();/' skep-lab/29-consumer.c
	is_not_done 'without the line "ready"' "$skep" lab check consumer
	sed -i 's/abort();/oops;/' skep-lab/29-consumer.c
	is_not_done "oops.* undeclared" "$skep" lab check consumer
	cp "$exercises/30-own-test/start.c" skep-lab/30-own-test.c
	is_not_done 'does not look at the lowest' "$skep" lab check 30
}

hints_come_one_after_the_other()
{
	local count

	cd three
	says 1 '0 of [23] hints were read' "$skep" lab solution 21
	for number in 1 2; do
		succeeds "$skep" lab hint 21
		grep -q "^21-stale-packet, hint $number of 2:" says.out
	done
	grep -q 'last one: .skep lab solution.' says.out
	succeeds "$skep" lab hint stale-packet
	grep -q 'hint 2 of 2' says.out
	succeeds "$skep" lab solution 21
	cmp says.out "$exercises/21-stale-packet/solution.bpf.c"
	for name in "${names[@]}"; do
		count=$(grep -cx -- --- "$exercises/$name/hints.md")
		[[ $count -ge 1 ]] || { echo "$name has one hint"; return 1; }
	done
}

reset_keeps_what_was_written()
{
	cd three
	echo '/* mine */' >> skep-lab/08-loop-bound.bpf.c
	succeeds "$skep" lab reset 08-loop-bound
	grep -q 'kept: .*08-loop-bound.bpf.c.old1$' says.out
	grep -q mine skep-lab/08-loop-bound.bpf.c.old1
	cmp skep-lab/08-loop-bound.bpf.c "$exercises/08-loop-bound/start.bpf.c"
	succeeds "$skep" lab reset 8
	[[ ! -e skep-lab/08-loop-bound.bpf.c.old2 ]]
	rm skep-lab/08-loop-bound.bpf.c
	says 1 'cannot read .*08-loop-bound' "$skep" lab check 8
	succeeds "$skep" lab reset 8
	cmp skep-lab/08-loop-bound.bpf.c "$exercises/08-loop-bound/start.bpf.c"
}

# Everything but loading works for anybody.
root_is_needed_to_load_only()
{
	mkdir four && chown 65534:65534 four && cd four
	for verb in start '' list hint 'next --skip' 'reset 4' 'next 4'; do
		# shellcheck disable=SC2086  # an option
		succeeds ../as '' "$skep" lab $verb
	done
	says 1 'may not load programs' ../as '' "$skep" lab check
	grep -q 'hint: .sudo skep lab check' says.err
	is_not_done 'stack limit' ../as '' "$skep" lab check 9
	# What root does there stays theirs.
	solve 04-null-check
	succeeds "$skep" lab check
	succeeds "$skep" lab reset 4
	[[ -z $(find skep-lab -user 0 ! -name '04-null-check*') ]]
	succeeds ../as '' "$skep" lab hint 4
	solve 04-null-check
	succeeds ../as bpf,perfmon "$skep" lab check 4
}

strange_folders_are_survived()
{
	mkdir five && cd five
	succeeds "$skep" lab start
	head -c 100000 /dev/urandom > skep-lab/.skep-lab
	succeeds "$skep" lab
	printf 'done\ndone x\ncurrent 99-x\ncurrent\nhints 01-first-program -1\nhints 2 x\n\0done 3\n' \
		> skep-lab/.skep-lab
	succeeds "$skep" lab hint
	grep -q '^0[0-9]-' says.out
	echo precious > precious
	ln -sf "$PWD/precious" skep-lab/.skep-lab
	succeeds "$skep" lab hint 2
	grep -qx precious precious
	for what in mkdir mkfifo; do
		rm -rf skep-lab/.skep-lab skep-lab/03-first-map.bpf.c
		"$what" skep-lab/03-first-map.bpf.c
		succeeds "$skep" lab start "new-$what"
		says 1 'cannot read .*03-first-map' "$skep" lab -C "new-$what" check "$PWD/skep-lab/../03-first-map" ||
			true
		cp "new-$what/.skep-lab" skep-lab/
		says 1 'cannot read .*03-first-map' "$skep" lab check 3
		rm -f skep-lab/.skep-lab
		"$what" skep-lab/.skep-lab
		says 1 'cannot read .*/.skep-lab' "$skep" lab hint
	done
}

refuses_wrong_usage()
{
	mkdir six && cd six
	succeeds "$skep" lab start
	says 2 "what is 'chek'" "$skep" lab chek
	says 2 "there is no exercise '31'" "$skep" lab check 31
	says 2 "there is no exercise 'nul-chek'" "$skep" lab check nul-chek
	grep -q 'hint: did you mean 04-null-check? ' says.err
	for name in 0 '' -- -1x 1x first / .. '04-null-check-' null; do
		says 2 "no exercise|invalid option" "$skep" lab hint -- "$name"
	done
	says 2 'which exercise' "$skep" lab reset
	says 2 'is for `skep lab next`' "$skep" lab check --skip
	says 2 'is for `skep lab check`' "$skep" lab hint --watch
	says 2 'is for `skep lab list`' "$skep" lab check --format json
	says 2 'one exercise at a time' "$skep" lab check 1 2
	says 1 'cannot start clang' env SKEP_CLANG=/no/clang "$skep" lab check
	says 1 'No such file' env TMPDIR=/no/where "$skep" lab check
	says 1 'cannot write to standard output' bash -c "exec \"\$0\" lab > /dev/full" "$skep"
	says 1 'cannot write to standard output' bash -c "exec \"\$0\" lab list -f json > /dev/full" "$skep"
}

# Saved, and on with the next: as an editor does it.
watches()
{
	mkdir seven && cd seven
	succeeds "$skep" lab start
	trap 'kill "${pids[@]}" 2>/dev/null || true' EXIT
	"$skep" lab check --watch > watch.out 2> watch.err &
	pids+=("$!")
	for name in 01-first-program 02-licence 03-first-map; do
		for _ in {1..200}; do
			! grep -q "$name" watch.err || break
			sleep 0.02
		done
		[[ $name = 03* ]] || solve "$name"
	done
	grep -q '^02-licence is done: 2 of 30' watch.out
	grep -q '^03-first-map: ' watch.out
	grep -q '03-first-map does not do it yet' watch.err
	says 1 'may not load programs' ../as '' "$skep" lab check --watch
}

# A kernel that does not show its types: what needs them is left out, with the reason.
leaves_out_what_cannot_be()
{
	mkdir eight && cd eight
	succeeds "$skep" lab start
	succeeds "$skep" lab next 11
	cat > without << 'END'
mount --make-rprivate /
mount -t tmpfs none /sys/kernel/btf
exec "$0" lab "$@"
END
	without=(unshare -m bash -e -c "$(< without)" "$skep")
	succeeds "${without[@]}" list
	grep -qE '^ +no +12-kernel-memory .*\(there is no /sys/kernel/btf/vmlinux\)$' says.out
	says 1 '12-kernel-memory cannot be done here: there is no /sys' "${without[@]}" check 12
	succeeds "${without[@]}" next --skip
	grep -q '^13-relocation is left out here: there is no /sys' says.out
	grep -q '^15-ring-leak: ' says.out
	grep -qx 'current 15-ring-leak' skep-lab/.skep-lab
}

# The guide names what there is, in the order in which it comes.
guide_lists_them_all()
{
	"$skep" lab list | sed -nE 's/^ {0,7}(->)? +([0-9]{2}-[a-z-]+) +([^(]*[^ (]).*/| `\2` | \3/p' > listed
	[[ $(wc -l < listed) -eq 30 ]]
	grep -oE '^\| `[0-9]{2}-[a-z-]+` \| [^|]*[^| ]' "$SKEP_SOURCE_DIR/docs/guides/lab.md" | diff listed -
	[[ $(cut -d'`' -f2 listed) = "$(printf '%s\n' "${names[@]}")" ]]
}

claim "start copies the exercises, and never overwrites" starts_once
claim "the list is the same wherever in the folder one is, also as JSON" lists_and_finds_its_folder
claim "check, next and skip lead from one to the next" goes_on_from_one_to_the_next
claim "a refusal is explained, an error of the compiler shown, a wrong result told" shows_why_it_is_refused
claim "the user side is compiled and run" user_side_is_built_and_run
claim "hints come one after the other, the solution after the last" hints_come_one_after_the_other
claim "reset keeps what was written" reset_keeps_what_was_written
claim "root is needed to load, for nothing else, and takes no file away" root_is_needed_to_load_only
claim "garbage, links, pipes and folders in place of files: one line, and nothing overwritten" \
	strange_folders_are_survived
claim "arguments that cannot be, and tools that are not there: one line" refuses_wrong_usage
claim "--watch tries it at each save, and goes on" watches
claim "what this kernel lacks is left out, with the reason" leaves_out_what_cannot_be
claim "the guide lists all exercises in their order" guide_lists_them_all
claim "nothing is left in the folder for temporary files" is_empty "$TMPDIR"
kernel_is_free lab_
finish
