#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# A project that uses an installed skep through find_package(). The installation was moved after
# it was made, to a path with a space in it.
# shellcheck disable=SC2317 source=tests/install/common.sh
. "${SKEP_SOURCE_DIR:?}/tests/install/common.sh"

prefix="$work/a moved prefix"

install_and_move()
{
	install_skep "$work/first"
	mv "$work/first" "$prefix"
}

says_no_paths()
{
	[[ -d $prefix/include ]]
	! grep -rIlF -e "$work" -e "$SKEP_SOURCE_DIR" -e "$SKEP_BUILD_DIR" "$prefix/lib" "$prefix/include"
}

configure()
{
	cmake -S "$1" -B "$1/build" -G "$2" "-DCMAKE_PREFIX_PATH=$prefix" "${@:3}"
}

# use_with GENERATOR DIR
use_with()
{
	local generator=$1 dir=$2 libskep

	consumer find_package "$dir"
	need "$generator: configures" configure "$dir" "$generator"
	need "$generator: builds" cmake --build "$dir/build"
	claim "$generator: a second build does nothing" is_idle cmake --build "$dir/build"
	claim "$generator: a changed header rebuilds the object and the program" \
		rebuilds_after_header "$dir" cmake --build "$dir/build"
	claim "$generator: and then a build does nothing again" is_idle cmake --build "$dir/build"
	libskep=$(find "$prefix" -name libskep.so)
	claim "$generator: the program loads the prefix's libskep" links_to "$dir/build/watch" "$libskep"
	claim "$generator: SKEP_STATIC puts skep into the program" \
		has_skep_inside "$dir/build/watch_static"
	sees_events "$generator: the program sees events" "$dir/build/watch"
	sees_events "$generator: the static program sees events" "$dir/build/watch_static"
}

# wants LINE...: a project that has these lines configures.
wants()
{
	local dir

	dir=$(mktemp -d -p "$work")
	printf '%s\n' 'cmake_minimum_required(VERSION 3.21)' 'project(wants C)' "$@" \
		> "$dir/CMakeLists.txt"
	configure "$dir" Ninja
}

need "installs, and can be moved" install_and_move
claim "the installed skep runs where it is now" "$prefix/bin/skep" --version
claim "no installed text names the place where it was built" says_no_paths
use_with Ninja "$work/with ninja"
use_with "Unix Makefiles" "$work/with_make"
claim "a component that there is not is refused" \
	refuses "component honey: this skep has no such part" \
	wants 'find_package(skep REQUIRED COMPONENTS honey)'
claim "an optional component that there is not is fine" wants \
	'find_package(skep REQUIRED OPTIONAL_COMPONENTS honey)' \
	'if(skep_honey_FOUND OR NOT TARGET skep::skep)' 'message(FATAL_ERROR wrong)' 'endif()'
for part in dwarf testing; do
	if [[ -n $(find "$prefix" -name "skep-$part.cmake") ]]; then
		claim "the component $part is found" wants "find_package(skep REQUIRED COMPONENTS $part)" \
			"get_target_property(type skep::$part TYPE)"
	else
		skip "the component $part is found" "skep was built without it"
	fi
done
claim "a later version is refused" refuses 'compatible with requested version "99' \
	wants 'find_package(skep 99 REQUIRED)'
claim "found twice is as well" wants 'find_package(skep REQUIRED)' 'find_package(skep REQUIRED)'
finish
