#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# `skep new`: what it lists, what it refuses, and that it makes all of a project or nothing.
# shellcheck source=common.sh
. "$SKEP_SOURCE_DIR/tests/cli/common.sh"

templates=()
for about in "$SKEP_SOURCE_DIR"/templates/*/.about; do
	folder=${about%/.about}
	templates+=("${folder##*/}")
done

lists_every_template()
{
	succeeds "$skep" new --list
	for template in "${templates[@]}"; do
		grep -qE "^  $template +[3-9]\.[0-9]+ +(yes|no) +[a-z]" says.out ||
			{ echo "no $template"; cat says.out; return 1; }
	done
	[[ $(grep -cE '^  ' says.out) -eq ${#templates[@]} ]] || { cat says.out; return 1; }
	grep -qE '^tracing +KERNEL +HERE' says.out
	cp says.out long
	succeeds "$skep" new -l
	cmp says.out long
}

# A terminal has no line broken by itself; what is read by other programs has one line for each.
fits_a_terminal()
{
	local width

	for width in 80 100 200; do
		script -qec "stty cols $width; '$skep' new --list" /dev/null < /dev/null > fits.out
		tr -d '\r' < fits.out | awk -v most=$((width > 100 ? 100 : width)) '
			length > most { print "too long: " $0; bad = 1 }
			/^   / { broken++ }
			END { exit bad || !broken }'
		# The words are the same.
		cmp <(tr -d '\r' < fits.out | xargs -d '\n' | tr -s ' ') \
			<("$skep" new --list | xargs -d '\n' | tr -s ' ')
	done
}

refuses_unknown_template()
{
	mkdir unknown && cd unknown
	says 2 "there is no template 'trace'" "$skep" new trace x
	grep -q 'hint: did you mean trace-exec, tracepoint or trace-syscall? ' says.err
	says 2 "there is no template 'lsm-gaurd'" "$skep" new lsm-gaurd x
	grep -q 'hint: did you mean lsm-guard? `skep new --list` says what there is' says.err
	says 2 "there is no template 'zzz'" "$skep" new zzz x
	grep -q 'hint: `skep new --list` says' says.err
	says 2 "there is no template 'x'" "$skep" new x trace-exec
	grep -q 'hint: the template comes first: skep new trace-exec x' says.err
	says 2 "there is no template '$(printf '%0200d' 0)'" "$skep" new "$(printf '%0200d' 0)" x
	says 2 "there is no template ''" "$skep" new '' x
	says 2 'there is no template' "$skep" new ../trace-exec x
	rm says.*
	is_empty .
}

refuses_bad_names()
{
	local name

	mkdir names && cd names
	for name in '' . .. / ../ a/.. 'a b' 9a -- '_a' .hidden 'ä' a.b 'a;b' 'a$b' '@NAME@' \
		"$(printf 'a%.0s' {1..48})"; do
		says 2 "cannot be a project's name" "$skep" new trace-exec -- "$name"
	done
	rm says.*
	is_empty .
}

refuses_existing_target()
{
	local target

	mkdir exists && cd exists
	mkdir folder && echo mine > folder/file && mkdir hollow
	echo mine > file
	ln -s nowhere dangling
	ln -s folder link
	ls -lR > ../exists.before
	for target in folder hollow file dangling link folder/ "$PWD/folder"; do
		says 1 'exists' "$skep" new trace-exec "$target"
		rm says.*
	done
	ls -lR > ../exists.after
	cmp ../exists.before ../exists.after
}

takes_a_path()
{
	mkdir -p 'a folder'
	succeeds "$skep" new trace-exec 'a folder/one-two/'
	[[ -e 'a folder/one-two/CMakeLists.txt' ]]
	grep -q 'project(one-two' 'a folder/one-two/CMakeLists.txt'
}

# The lines that it prints, typed, up to the build, for which a stand-in is enough.
next_lines_can_be_typed()
{
	mkdir -p stand-in "it's here"
	printf '#!/bin/sh\necho "$PWD: $*" >> "%s/typed"\n' "$work" > stand-in/cmake
	chmod +x stand-in/cmake
	succeeds "$skep" new trace-exec "it's here/typed-1"
	grep -E '^  cd ' says.out > lines
	PATH=$work/stand-in:$PATH bash -e lines
	grep -q "it's here/typed-1: --preset default" typed
	grep -q "it's here/typed-1: --build --preset default" typed
	grep -qE '^  (sudo )?\./build/typed-1' says.out
}

# What cannot run says why; skep doctor agrees.
says_what_cannot_run_here()
{
	"$skep" doctor > doctor.out || true
	succeeds "$skep" new --list
	if grep -qE '^ +ok +lsm' doctor.out; then
		grep -qE '^  lsm-audit +5\.[0-9]+ +yes +[^(]*$' says.out
	else
		grep -qE '^  lsm-audit +5\.[0-9]+ +no +.* \(.*LSM.*\)$' says.out
	fi
	setpriv --reuid=65534 --regid=65534 --clear-groups "$skep" new --list > nobody.out
	grep -qE '^  trace-exec +5\.8 +sudo +[^(]*$' nobody.out ||
		{ cat nobody.out; return 1; }
}

# With a stand-in for CMake that makes the program.
run_does_the_next_lines()
{
	mkdir -p stand-in
	cat > stand-in/cmake <<- END
		#!/bin/sh
		echo "\$*" >> "$work/ran"
		mkdir -p build
		printf '#!/bin/sh\necho started "\$@"' > build/\${PWD##*/}
		chmod +x build/\${PWD##*/}
	END
	chmod +x stand-in/cmake
	PATH=$work/stand-in:$PATH "$skep" new trace-exec runs --run > run.out
	[[ $(tail -n 1 run.out) = started ]]
	[[ $(paste -sd+ ran) = "--preset default+--build --preset default" ]]
	# With the arguments that its README has.
	PATH=$work/stand-in:$PATH "$skep" new library-calls counts --run > run.out
	[[ $(tail -n 1 run.out) = "started libc.so.6 str*dup" ]]
	succeeds "$skep" new af-xdp taker
	grep -qE '^  (sudo )?\./build/taker lo 7001$' says.out
	printf '#!/bin/sh\nexit 3\n' > stand-in/cmake
	PATH=$work/stand-in:$PATH "$skep" new trace-exec fails --run > fails.out 2> fails.err && return 1
	is_plain fails.err
	grep -q 'cmake failed' fails.err
}

leaves_permissions_to_umask()
{
	(umask 027 && succeeds "$skep" new trace-exec masked)
	[[ $(stat -c %a masked) = 750 && $(stat -c %a masked/main.c) = 640 ]]
	(umask 022 && succeeds "$skep" new trace-exec open)
	[[ $(stat -c %a open) = 755 && $(stat -c %a open/main.c) = 644 ]]
}

refuses_unwritable_folder()
{
	mkdir ro
	says 1 'No such file' "$skep" new trace-exec nowhere/x
	says 1 'Not a directory' "$skep" new trace-exec says.err/x
	mount -t tmpfs -o ro tmpfs ro
	says 1 'Read-only file system' "$skep" new trace-exec ro/x
	umount ro
}

# On disks of 0, 1, 2, ... blocks, and with 1, 2, ... inodes, until the project fits.
is_whole_or_nothing()
{
	local what=$1 limit fits=0 refused=0

	mkdir -p "disk-$what"
	for limit in {1..40}; do
		[[ $what = inodes ]] && limit=$((limit + 1)) || limit=$((limit * 4096))
		mount -t tmpfs -o "${what/inodes/nr_inodes}=$limit" tmpfs "disk-$what"
		if "$skep" new trace-exec "disk-$what/x" > say.out 2> say.err; then
			fits=$((fits + 1))
		else
			refused=$((refused + 1))
			is_plain say.err
			grep -q 'No space left' say.err
			is_empty "disk-$what"
		fi
		umount "disk-$what"
		[[ $fits -lt 2 ]] || break
	done
	[[ $fits -ge 1 && $refused -ge 3 ]] || { echo "$fits fit, $refused did not"; return 1; }
}

claim "--list has every template with what it is for" lists_every_template
claim "--list is as wide as the terminal, up to 100 columns" fits_a_terminal
claim "an unknown template: those that are like it, status 2, nothing made" refuses_unknown_template
claim "a name that is none for a program and for C: status 2, nothing made" refuses_bad_names
claim "a folder, an empty one, a file, a link in the way: status 1, untouched" \
	refuses_existing_target
claim "the project may be anywhere, also where the path has spaces" takes_a_path
claim "the lines it prints next work when typed, also where the path has spaces and quotes" \
	next_lines_can_be_typed
claim "--run does them" run_does_the_next_lines
claim "files get the permissions that umask leaves" leaves_permissions_to_umask
if [[ $EUID -eq 0 ]]; then
	claim "--list says what cannot run here, and why" says_what_cannot_run_here
	claim "a folder that cannot be written: one line, status 1" refuses_unwritable_folder
	claim "a disk that fills up: one line, status 1, nothing left" is_whole_or_nothing size
	claim "no inodes: one line, status 1, nothing left" is_whole_or_nothing inodes
else
	skip "a disk that fills up: one line, status 1, nothing left" "needs root, to mount one"
fi
finish
