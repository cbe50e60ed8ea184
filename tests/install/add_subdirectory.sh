#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# A project that has skep's source tree inside, by add_subdirectory().
# shellcheck disable=SC2317 source=tests/install/common.sh
. "${SKEP_SOURCE_DIR:?}/tests/install/common.sh"

dir=$work/project

# The project's own choices are its own: skep as a part builds no tests and no examples of its own,
# and installs nothing with it.
is_a_quiet_guest()
{
	[[ ! -e $dir/build/skep/examples && ! -e $dir/build/skep/tests ]]
	cmake --install "$dir/build" --prefix "$work/none"
	[[ ! -e $work/none ]]
}

consumer add_subdirectory "$dir"
need "configures" cmake -S "$dir" -B "$dir/build" -G Ninja \
	"-DSKEP_SOURCE=$SKEP_SOURCE_DIR" "${skep_flags[@]}"
need "builds" cmake --build "$dir/build"
claim "a second build does nothing" is_idle cmake --build "$dir/build"
claim "a changed header rebuilds the object and the program" \
	rebuilds_after_header "$dir" cmake --build "$dir/build"
claim "and then a build does nothing again" is_idle cmake --build "$dir/build"
claim "the program loads the libskep that was built with it" \
	links_to "$dir/build/watch" "$(find "$dir/build/skep" -name libskep.so)"
claim "SKEP_STATIC puts skep into the program" has_skep_inside "$dir/build/watch_static"
claim "skep adds nothing to the project's tests and installation" is_a_quiet_guest
sees_events "the program sees events" "$dir/build/watch"
sees_events "the static program sees events" "$dir/build/watch_static"
finish
