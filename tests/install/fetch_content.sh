#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# A project that fetches skep with FetchContent: from an archive of this tree, by a file URL, and
# from this tree itself. Without network.
# shellcheck disable=SC2317 source=tests/install/common.sh
. "${SKEP_SOURCE_DIR:?}/tests/install/common.sh"

dir=$work/project

pack()
{
	tar -C "$SKEP_SOURCE_DIR" --exclude=./build --exclude=./.git --exclude=./hello \
		-czf "$work/skep.tar.gz" .
}

configure()
{
	cmake -S "$dir" -B "$1" -G "Unix Makefiles" "-DSKEP_ARCHIVE=$work/skep.tar.gz" \
		"${skep_flags[@]}" "${@:2}"
}

pack
consumer fetch_content "$dir"
need "configures from an archive" configure "$dir/build"
# From here on it is what add_subdirectory() gives.
[[ -n ${SKEP_TEST_FULL:-} ]] || finish
need "builds, with make" cmake --build "$dir/build"
claim "a second build does nothing" is_idle cmake --build "$dir/build"
claim "a changed header rebuilds the object and the program" \
	rebuilds_after_header "$dir" cmake --build "$dir/build"
claim "and then a build does nothing again" is_idle cmake --build "$dir/build"
claim "the program loads the libskep that was built with it" \
	links_to "$dir/build/watch" "$(find "$dir/build/_deps" -name libskep.so)"
sees_events "the program sees events" "$dir/build/watch"
claim "configures from a local checkout" \
	configure "$dir/checkout" "-DFETCHCONTENT_SOURCE_DIR_SKEP=$SKEP_SOURCE_DIR"
finish
