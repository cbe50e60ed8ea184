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

for folder in "$SKEP_SOURCE_DIR"/examples/*/*/; do
	folder=${folder%/}
	claim "${folder##*/} builds alone, without a warning" builds_alone "$folder"
	if [[ $EUID -eq 0 ]]; then
		claim "${folder##*/}, built alone, runs" helps_and_runs "$folder"
	else
		skip "${folder##*/}, built alone, runs" "needs root"
	fi
done
finish
