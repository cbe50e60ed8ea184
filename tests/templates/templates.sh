#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Each template as its user has it: scaffolded by an installed skep, built, tested, run as its README
# says; by an ordinary user, in a folder with spaces, under a name with a dash.
# shellcheck source=../cli/common.sh
. "$SKEP_SOURCE_DIR/tests/cli/common.sh"

prefix=$work/prefix
install_skep "$prefix" > install.log 2>&1
mapfile -t templates < <("$prefix/bin/skep" new --list | awk '/^  / { print $1 }')
[[ ${#templates[@]} -ge 3 ]]
# To try some of them alone: SKEP_TEST_TEMPLATES="af-xdp lsm-guard".
[[ -z ${SKEP_TEST_TEMPLATES:-} ]] || read -ra templates <<< "$SKEP_TEST_TEMPLATES"

# Who builds: nobody in particular, with a folder of its own.
home="$work/a home"
mkdir "$home"
as=(env -i "HOME=$home" "PATH=$prefix/bin:$PATH" "LANG=C.UTF-8" "CMAKE_BUILD_PARALLEL_LEVEL=2")
if [[ $EUID -eq 0 ]]; then
	chown 65534:65534 "$home"
	as=(setpriv --reuid=65534 --regid=65534 --clear-groups "${as[@]}")
fi

# A name with a dash, that no other program has.
name_of()
{
	echo "my-$1"
}

project_of()
{
	echo "$home/$(name_of "$1")"
}

scaffolds()
{
	(cd "$home" && "${as[@]}" skep new "$1" "$(name_of "$1")" > "$work/new-$1.out")
	(cd "$(project_of "$1")" && find . -type f | sort > "$work/files-$1")
	# All of the template and of what is common, but what is for `skep new --list`.
	(
		cd "$prefix/share/skep/templates"
		for folder in "$1" .common; do
			(cd "$folder" && find . -type f ! -name .about)
		done
	) | sed "s/NAME/$(name_of "$1")/; s/\.in\$//" | sort -u | cmp - "$work/files-$1"
}

# Nothing is left to be filled in.
is_filled_in()
{
	local project

	project=$(project_of "$1")
	if grep -rnE '@(NAME|IDENT|STEM|SKEP_PREFIX)@' "$project"; then return 1; fi
	if find "$project" -name '*NAME*' -o -name '*.in.in' -o -name .about -o -name '*STEM*' | grep .; then return 1; fi
	grep -rq "$(name_of "$1")" "$project/README.md"
	lacks '[[:space:]]$' "$project/main.c"
}

# The block of the README: its commands, one after the other, without what follows a #.
commands_of()
{
	sed -n '/^```sh$/,/^```$/p' "$(project_of "$1")/README.md" | sed '/^```/d; s/ *#.*//'
}

# Its first line, typed, with warnings being errors; not a word about warnings either.
builds_as_readme_says()
{
	local first

	first=$(commands_of "$1" | head -n 1)
	[[ $first = "cmake --preset default && cmake --build --preset default" ]]
	(
		cd "$(project_of "$1")"
		"${as[@]}" CFLAGS='-Wall -Wextra -Wshadow -Wconversion -Werror' bash -c "$first"
	) > "$work/build-$1.log" 2>&1 || { tail -n 30 "$work/build-$1.log"; return 1; }
	lacks 'warning:' "$work/build-$1.log"
	[[ -x $(project_of "$1")/build/$(name_of "$1") ]]
	# A second time there is nothing to do.
	is_idle "${as[@]}" cmake --build "$(project_of "$1")/build"
}

# compile_commands.json tells editors how the kernel side is compiled, too.
editors_understand_it()
{
	local project

	project=$(project_of "$1")
	python3 - "$project/build/compile_commands.json" > commands <<- 'END'
		import json, shlex, sys
		for entry in json.load(open(sys.argv[1])):
		    if entry["file"].endswith(".bpf.c"):
		        words = shlex.split(entry["command"])
		        print(shlex.join(["clang"] + words[1:words.index("-o")] +
		                         ["-fsyntax-only", "-Wno-error", entry["file"]]))
	END
	[[ $(wc -l < commands) -eq 1 ]]
	bash commands
}

# What it printed after `skep new`, typed.
next_lines_are_the_readmes()
{
	grep -qF "cd $(name_of "$1") && $(commands_of "$1" | head -n 1)" "$work/new-$1.out"
	grep -qE "^  (sudo )?\./build/$(name_of "$1")" "$work/new-$1.out"
}

# sudo is what the test is already.
without_sudo()
{
	sed 's/^sudo //'
}

# As ctest has it: passed, or skipped with the reason that the kernel gives.
ctest_passes()
{
	local line log=$work/ctest-$1.log

	line=$(commands_of "$1" | grep ctest | without_sudo)
	[[ $line = "ctest --preset default" ]]
	(cd "$(project_of "$1")" && bash -c "$line") > "$log" 2>&1 ||
		{ cat "$log"; return 1; }
	if grep -q '\*\*\*Skipped' "$log"; then
		grep -qE "^  $1 +[0-9.]+ +no " <("$prefix/bin/skep" new --list) ||
			{ echo "$1 is skipped, and could run"; return 1; }
		grep -q 'skipped: .' "$log"
	else
		grep -q '100% tests passed, 0 tests failed out of 1' "$log"
	fi
}

# Without privilege, it is skipped, and the reason is there.
ctest_is_skipped_without_privilege()
{
	(cd "$(project_of "$1")" && "${as[@]}" ctest --preset default) \
		> "$work/skip-$1.log" 2>&1 || { cat "$work/skip-$1.log"; return 1; }
	grep -q '\*\*\*Skipped' "$work/skip-$1.log"
	grep -qE 'skipped: .*(root|CAP_BPF|no kprobes|tracefs is not mounted)' "$work/skip-$1.log" || { cat "$work/skip-$1.log"; return 1; }
}

# runs TEMPLATE: the README's second line, ended by Ctrl-C after a second, as a whole.
runs_as_readme_says()
{
	local line status=0 log=$work/run-$1

	line=$(commands_of "$1" | sed -n 2p | without_sudo)
	[[ $line = ./build/$(name_of "$1")* ]]
	# How it is tried: what is done meanwhile, and what it has to have printed.
	# shellcheck source=/dev/null
	. "$SKEP_SOURCE_DIR/tests/templates/trials/$1.sh"
	! declare -F adapt > adapted || line=$(adapt "$line")
	cat > inside <<- END
		ip link set lo up
		cd "\$1"
		env --default-signal=INT \$2 > "\$3.out" 2> "\$3.err" &
		pid=\$!
		sleep 1
		$(declare -f cause)
		cause
		sleep 1.5
		kill -INT \$pid 2>/dev/null
		wait \$pid
	END
	unshare -n bash inside "$(project_of "$1")" "$line" "$log" || status=$?
	printed "$log.out" "$log.err" "$status" || { cat "$log.out" "$log.err"; return 1; }
}

# `skep dev` finds the build tree, and builds there: its typed header is new, too.
runs_while_it_is_written()
{
	local project

	project=$(project_of trace-exec)
	sed -i 's/return 0;/return 1 - 1;/' "$project/exec.bpf.c"
	"$prefix/bin/skep" dev --duration 1 "$project/exec.bpf.c" > dev.out 2> dev.err ||
		{ cat dev.err; return 1; }
	grep -q 'skep dev: built in .*; running' dev.err
	[[ $project/build/exec_bpf.skep/exec.skep.h -nt $project/exec.bpf.c ]]
}

# The README's last paragraph tells which capabilities are enough.
capabilities_of_readme_suffice()
{
	local list status=0 arguments=(lo)

	# shellcheck source=/dev/null
	. "$SKEP_SOURCE_DIR/tests/templates/trials/$1.sh"
	list=$(grep -o '`cap_[a-z_,]*`' "$(project_of "$1")/README.md" | tr -d '`')
	[[ -n $list ]]
	cat > caps <<- 'END'
		ip link set lo up
		./as "$@" > caps.out 2> caps.err &
		sleep 1
		kill -TERM $! 2>/dev/null
		wait $!
	END
	unshare -n bash caps "${list//cap_/}" "$(project_of "$1")/build/$(name_of "$1")" \
		"${arguments[@]}" ||
		status=$?
	[[ $status -eq 0 ]] || grep -qE '(refuses (lsm|fexit|fmod_ret) programs|no BPF LSM|sched_ext_ops|no kprobes|tracefs is not mounted)' caps.err || { cat caps.err; return 1; }
	lacks 'CAP_|verifier' caps.err
}


# What was counted, and could not be written, is no success.
notices_a_full_disk()
{
	local status=0

	"$(project_of "$1")/build/$(name_of "$1")" 0 > /dev/full 2> full.err || status=$?
	[[ $status -eq 1 ]]
	grep -qx "$(name_of "$1"): No space left on device" full.err
}

# Installed by `cmake --install`, it finds libskep without being told.
installs()
{
	"${as[@]}" cmake --install "$(project_of "$1")/build" --prefix "$home/installed"
	links_to "$home/installed/bin/$(name_of "$1")" "$(find "$prefix/lib" -name libskep.so | head -n 1)"
}

# Of two templates, one would do: at most half of the lines of a main.c are in the other.
are_different()
{
	local a b lines same

	for a in "${templates[@]}"; do
		for b in "${templates[@]}"; do
			[[ $a != "$b" ]] || continue
			lines=$(code_of "$a" | wc -l)
			same=$(comm -12 <(code_of "$a") <(code_of "$b") | wc -l)
			((same * 2 <= lines)) || {
				echo "$same of $lines lines of $a's main.c are in $b's"
				return 1
			}
		done
	done
}

# Lines of main.c that say something: no braces alone, no blank ones, nor what any C file begins with.
code_of()
{
	grep -E '[[:alnum:]]' "$prefix/share/skep/templates/$1/main.c" | grep -vE 'SPDX|^#include' |
		sed 's/^[[:space:]]*//' | sort
}

# is_tried_wholly TEMPLATE: one of each topic in the quick run, all of them in the full one.
is_tried_wholly()
{
	[[ -n ${SKEP_TEST_FULL:-} || " trace-exec xdp-counter lsm-audit minimal " = *" $1 "* ]]
}

by_an_ordinary_user()
{
	claim "$1: nothing is left to be filled in" is_filled_in "$1"
	claim "$1: editors are told how both sides are compiled" editors_understand_it "$1"
	claim "$1: what skep new prints next is what README says" next_lines_are_the_readmes "$1"
	claim "$1: its test is skipped without privilege, with the reason" \
		ctest_is_skipped_without_privilege "$1"
	claim "$1: installs, and finds libskep there" installs "$1"
}

by_root()
{
	claim "$1: its test passes as README says, or says what the kernel lacks" ctest_passes "$1"
	is_tried_wholly "$1" || return 0
	claim "$1: runs as README says" runs_as_readme_says "$1"
	[[ $1 != minimal ]] || claim "$1: a full disk is noticed" notices_a_full_disk "$1"
	claim "$1: the capabilities that README names suffice" capabilities_of_readme_suffice "$1"
}

# note_cells TEMPLATE: what is known of it by now, as rows of the matrix.
note_cells()
{
	local result=fail reason="does not build" log=$work/ctest-$1.log

	[[ ! -x $(project_of "$1")/build/$(name_of "$1") ]] || result=pass reason=
	printf '%s\tbuilds\tbuild\t%s\t%s\n' "$1" "$result" "$reason"
	[[ -e $log ]] || return 0
	result=fail reason="ctest failed"
	if grep -q '\*\*\*Skipped' "$log"; then
		result=skip reason=$(sed -n 's/.*skipped: //p' "$log" | head -n 1)
	elif grep -q '100% tests passed' "$log"; then
		result=pass reason=
	fi
	printf '%s\t-\thost\t%s\t%s\n' "$1" "$result" "$reason"
}

# In the full run also in virtual machines, one for each kernel.
guests_of_matrix()
{
	local arch=amd64

	[[ -n ${SKEP_TEST_FULL:-} && $EUID -eq 0 ]] || return 0
	[[ $(uname -m) != aarch64 ]] || arch=arm64
	awk -F'\t' -v arch="$arch" '!/^#/ && $6 == arch { print $1 }' "$SKEP_SOURCE_DIR/sdk/vm/kernels" |
		paste -sd,
}

# With SKEP_TEMPLATES_PAGE as a page of the documentation, too: docs/gallery/templates-matrix.md.
matrix_is_green()
{
	local projects=() template guests

	for template in "${templates[@]}"; do
		projects+=("$template=$(project_of "$template")")
		note_cells "$template"
	done > cells
	guests=$(guests_of_matrix)
	"$SKEP_SOURCE_DIR/tests/templates/matrix" ${guests:+-k "$guests"} -o "$work" \
		${SKEP_TEMPLATES_PAGE:+-p "$SKEP_TEMPLATES_PAGE"} \
		"$prefix/bin/skep" cells "${projects[@]}" > matrix.out ||
		{ cat matrix.out; return 1; }
}

for template in "${templates[@]}"; do
	claim "$template: an ordinary user scaffolds it where the path has spaces" scaffolds "$template"
	claim "$template: builds as README says, without a warning, once" \
		builds_as_readme_says "$template"
	! is_tried_wholly "$template" || by_an_ordinary_user "$template"
	[[ $EUID -ne 0 ]] || by_root "$template"
done
[[ $EUID -ne 0 || ! -d $(project_of trace-exec) ]] ||
	claim "skep dev builds a project in its own tree" runs_while_it_is_written
claim "no two templates have more than half of their main.c in common" are_different
claim "the matrix of templates, builds, tests and kernels is green" matrix_is_green
sed 's/^/# /' "$work/matrix.out"
finish
