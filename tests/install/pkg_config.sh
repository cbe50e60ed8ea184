#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# A plain Makefile that asks pkg-config about an installed skep. The installation was moved after
# it was made, and its libraries are in a folder of the machine's architecture, as Debian has it.
# shellcheck disable=SC2317 source=tests/install/common.sh
. "${SKEP_SOURCE_DIR:?}/tests/install/common.sh"

prefix=$work/moved
dir=$work/project

# In the quick run where the build at hand puts them: another folder takes another build.
libdir=lib/$(cc -dumpmachine) other=$libdir
if [[ -z ${SKEP_TEST_FULL:-} ]]; then
	libdir=$(sed -n 's/^CMAKE_INSTALL_LIBDIR:[A-Z]*=//p' "$SKEP_BUILD_DIR/CMakeCache.txt") other=
fi

install_and_move()
{
	install_skep "$work/first" "$other"
	mv "$work/first" "$prefix"
}

is_up_to_date()
{
	make -C "$dir" -q
}

is_wholly_static()
{
	refuses 'not a dynamic executable' ldd "$1"
}

variable_is()
{
	[[ -e $2 && $(realpath "$(pkg-config --variable="$1" skep)") = $(realpath "$2") ]]
}

need "installs, and can be moved" install_and_move
claim "the installed skep runs where it is now" "$prefix/bin/skep" --version
export PKG_CONFIG_PATH=$prefix/$libdir/pkgconfig
claim "pkg-config finds it" pkg-config --print-errors --exists 'skep >= 0.1'
claim "the variable skep is the command" variable_is skep "$prefix/bin/skep"
consumer pkg_config "$dir"
need "make builds" make -C "$dir" -j2
claim "a second make does nothing" is_up_to_date
claim "a changed header rebuilds the object and the program" \
	rebuilds_after_header "$dir" make -C "$dir"
claim "and then make does nothing again" is_up_to_date
claim "the program loads the prefix's libskep" \
	links_to "$dir/watch" "$prefix/$libdir/libskep.so"
claim "pkg-config --static makes a wholly static program" is_wholly_static "$dir/watch_static"
sees_events "the program sees events" "$dir/watch"
sees_events "the static program sees events" "$dir/watch_static"
finish
