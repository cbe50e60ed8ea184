#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Each example is a project of its own: copied elsewhere, it builds against an installed skep.
# shellcheck source=../cli/common.sh
. "$SKEP_SOURCE_DIR/tests/cli/common.sh"

install_skep "$work/prefix" > install.log 2>&1

builds_alone()
{
	local from=$1 name=${1##*/}

	cp -r "$from" "$work/$name"
	cmake -S "$work/$name" -B "$work/$name/build" -DCMAKE_PREFIX_PATH="$work/prefix" \
		-DCMAKE_C_FLAGS='-Wall -Wextra -Werror'
	cmake --build "$work/$name/build"
	links_to "$work/$name/build/$name" "$work/prefix/lib"*/*/libskep.so ||
		links_to "$work/$name/build/$name" "$work/prefix/lib/libskep.so"
}

# The same words as in the tree.
helps_and_runs()
{
	local name=${1##*/}

	"$work/$name/build/$name" --help > help.out 2> help.err
	[[ -s help.out && ! -s help.err ]]
	case $name in
	xdpcount)
		unshare -n bash -c 'ip link set lo up && exec "$0" -d 1 lo' "$work/$name/build/$name"
		;;
	fileaudit)
		"$work/$name/build/$name" -d 1 / > run.out 2> run.err ||
			grep -q '^fileaudit: .*\(EPERM\|BPF LSM\)' run.err
		;;
	*)
		"$work/$name/build/$name" -d 1 > run.out
		;;
	esac
}

# A tool of one's own by pkg-config, with the static libraries too: that of docs/guides/tools.md.
finds_the_library()
{
	local libdir flags libs

	libdir=$(dirname "$(find "$work/prefix" -name skep-tool.pc)")
	export PKG_CONFIG_PATH=$libdir
	read -ra flags <<< "$(pkg-config --cflags skep-tool)"
	read -ra libs <<< "$(pkg-config --libs skep-tool)"
	cat > one.c <<- 'END'
		#include <skep/tool.h>

		int main(int argc, char **argv)
		{
			SKEP_AUTO(skep_tool) *tool = NULL;

			if (skep_tool_new(&tool, argc, argv, SKEP_OPTS(skep_tool_opts, .doc = "One.")))
				return skep_perror("one");
			return skep_tool_end(tool);
		}
	END
	cc -Wall -Werror "${flags[@]}" one.c -o one "${libs[@]}" "-Wl,-rpath,${libdir%/*}"
	./one --help | grep -q '^One\.$'
	read -ra libs <<< "$(pkg-config --libs --static skep-tool)"
	cc -Wall -Werror "${flags[@]}" -static one.c -o one-static "${libs[@]}"
	./one-static --version | grep -q '^one-static (skep '
}

# As they are installed: skep-NAME, and what `skep tools` says of each.
are_installed_as_tools()
{
	local folder name count=0

	"$work/prefix/bin/skep" tools > tools.out
	"$work/prefix/bin/skep" tools --format json > tools.json
	for folder in "$SKEP_SOURCE_DIR"/examples/*/*/; do
		name=$(basename "$folder")
		grep -q "^  $name  .*$(head -n 1 "$folder/.about")" tools.out
		grep -q "\"name\": \"$name\"" tools.json
		"$work/prefix/bin/skep-$name" --help > help.out
		grep -q "^Usage: skep-$name " help.out
		"$work/prefix/bin/skep" tools "$name" --version > version.out
		grep -q "^skep-$name (skep " version.out
		count=$((count + 1))
	done
	[[ $(grep -c '"name"' tools.json) -eq $count ]]
	if "$work/prefix/bin/skep" tools no-such-tool 2> unknown.err; then return 1; fi
	grep -q "there is no tool 'no-such-tool'" unknown.err
	grep -q 'hint: .skep tools. lists them' unknown.err
}

claim "skep::tool is found by pkg-config, shared and static" finds_the_library
if [[ -x $work/prefix/bin/skep-execsnoop ]]; then
	claim "each is installed as skep-NAME, and listed by skep tools" are_installed_as_tools
fi

for folder in "$SKEP_SOURCE_DIR"/examples/*/*/; do
	folder=${folder%/}
	# They are built alike: with --full all of them are.
	[[ -n ${SKEP_TEST_FULL:-} || $folder =~ (execsnoop|xdpcount|fileaudit)$ ]] || continue
	claim "${folder##*/} builds alone, without a warning" builds_alone "$folder"
	if [[ $EUID -eq 0 ]]; then
		claim "${folder##*/}, built alone, runs" helps_and_runs "$folder"
	else
		skip "${folder##*/}, built alone, runs" "needs root"
	fi
done
finish
