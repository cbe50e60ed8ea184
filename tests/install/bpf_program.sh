#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# What skep_add_bpf_program() promises beyond the simple case: see sdk/cmake/SkepBpf.cmake.
# shellcheck disable=SC2317 source=tests/install/common.sh
. "${SKEP_SOURCE_DIR:?}/tests/install/common.sh"

prefix=$work/prefix
dir="$work/pro ject"

# A skep that notes how it was called.
make_noting_skep()
{
	cat > "$work/skep" <<- END
		#!/bin/sh
		echo "\$1" >> "$work/calls"
		exec "$prefix/bin/skep" "\$@"
	END
	chmod +x "$work/skep"
}

configure()
{
	cmake -S "$dir" -B "$dir/$1" -G "$2" "-DCMAKE_PREFIX_PATH=$prefix" "${@:3}"
}

made_vmlinux()
{
	[[ $(grep -c vmlinux "$work/calls") -eq $1 ]]
}

# project LINE...: configures a project of these lines.
project()
{
	local other=$work/other

	rm -rf "$other"
	mkdir -p "$other/sub"
	cp "$here"/watch/watch.* "$other"
	cp "$here"/watch/watch.bpf.c "$other/sub"
	printf '%s\n' 'cmake_minimum_required(VERSION 3.21)' 'project(other C)' \
		'find_package(skep REQUIRED)' "$@" > "$other/CMakeLists.txt"
	cmake -S "$other" -B "$other/build" -G Ninja "-DCMAKE_PREFIX_PATH=$prefix"
}

build_broken()
{
	project 'skep_add_bpf_program(watch_bpf SOURCES watch.bpf.c)'
	echo 'int broken(void) { return no_such_thing; }' >> "$work/other/watch.bpf.c"
	cmake --build "$work/other/build" --target watch_bpf_gen
}

# with_generator GENERATOR FOLDER
with_generator()
{
	local generator=$1 build="$dir/$2"

	: > "$work/calls"
	configure "$2" "$generator" -DSKEP_CLI_EXECUTABLE="$work/skep" > /dev/null
	claim "$generator: two programs, dashes, spaces, DEFINES, INCLUDES, OPTIONS" \
		cmake --build "$build" -j8 --target both again_gen
	claim "$generator: vmlinux.h is not made when nothing includes it" made_vmlinux 0
	claim "$generator: SKEP_OBJECTS names the objects" objects_are_there "$build"
	configure "$2" "$generator" -DWITH_TYPES=ON > /dev/null
	claim "$generator: four programs at a time want vmlinux.h" cmake --build "$build" -j8
	claim "$generator: it is made once" made_vmlinux 1
	claim "$generator: a second build does nothing" is_idle cmake --build "$build"
	find "$build" -name vmlinux.h -delete
	claim "$generator: it is made again when it is gone" cmake --build "$build" -j8
	claim "$generator: once more" made_vmlinux 2
	claim "$generator: and then a build does nothing again" is_idle cmake --build "$build"
	: > "$work/calls"
	claim "$generator: VMLINUX gives one" build_with_given "$2" "$generator"
	claim "$generator: and none is made" made_vmlinux 0
	mark_include "$dir/plain/count-more.bpf.c"
	configure "$2" "$generator" -DWITH_TYPES=OFF > /dev/null
	rm -rf "$build/vmlinux.skep"
	claim "$generator: an include that is added later is seen without configuring again" \
		cmake --build "$build"
	claim "$generator: made for it" made_vmlinux 1
	unmark_include "$dir/plain/count-more.bpf.c"
}

mark_include()
{
	sed -i '2i #include "vmlinux.h"' "$1"
}

unmark_include()
{
	sed -i '2d' "$1"
}

objects_are_there()
{
	local objects

	IFS=';' read -r -a objects < "$1/objects.txt" || true
	[[ ${#objects[@]} -eq 2 ]]
	readelf -h "${objects[0]}" "${objects[1]}" | grep -c 'Linux BPF' | grep -x 2
}

build_with_given()
{
	local given="$work/given types"

	mkdir -p "$given"
	"$prefix/bin/skep" vmlinux -o "$given/vmlinux.h"
	configure "$1" "$2" -DWITH_TYPES=ON "-DGIVEN_VMLINUX=$given/vmlinux.h"
	cmake --build "$dir/$1"
	configure "$1" "$2" -DWITH_TYPES=ON -DGIVEN_VMLINUX= > /dev/null
}

# cross_project LAST_ARGUMENTS CMAKE_ARGUMENT...: only to objects, with vmlinux.h for the types, so
# that no library of the other machine is needed.
cross_project()
{
	local cross=$work/cross

	rm -rf "$cross"
	mkdir -p "$cross"
	cp "$here"/watch/watch.* "$cross"
	mark_include "$cross/watch.bpf.c"
	cat >> "$cross/watch.bpf.c" <<- 'END'
		#ifndef __TARGET_ARCH_arm64
		#error "not for arm64"
		#endif
	END
	printf '%s\n' 'cmake_minimum_required(VERSION 3.21)' 'project(cross C)' \
		'find_package(skep REQUIRED)' \
		"skep_add_bpf_program(watch_bpf SOURCES watch.bpf.c HEADERS watch.h $1)" \
		> "$cross/CMakeLists.txt"
	cmake -S "$cross" -B "$cross/build" -G Ninja "-DCMAKE_PREFIX_PATH=$prefix" \
		-DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64 \
		-DCMAKE_C_COMPILER=clang -DCMAKE_C_COMPILER_TARGET=aarch64-linux-gnu \
		-DCMAKE_TRY_COMPILE_TARGET_TYPE=STATIC_LIBRARY "${@:2}"
}

# cross_build LAST_ARGUMENTS [CMAKE_ARGUMENT...]
cross_build()
{
	cross_project "$1" "-DSKEP_CLI_EXECUTABLE=$prefix/bin/skep" "${@:2}"
	cmake --build "$work/cross/build" --target watch_bpf_gen
}

with_clang()
{
	project 'skep_add_bpf_program(watch_bpf SOURCES watch.bpf.c HEADERS watch.h)'
	cmake "-DSKEP_CLANG=$(command -v "$1")" "$work/other/build"
	cmake --build "$work/other/build" --target watch_bpf_gen -v | grep "$1"
}

need "installs" install_skep "$prefix"
make_noting_skep
cp -r "$here/bpf_program" "$dir"
with_generator Ninja ninja
with_generator "Unix Makefiles" make
claim "what clang says about an error is shown" \
	refuses "watch.bpf.c:[0-9]+:[0-9]+: error: use of undeclared identifier 'no_such_thing'" \
	build_broken
claim "a source that is no .bpf.c is refused" refuses "watch.c' must end in .bpf.c" \
	project 'skep_add_bpf_program(x SOURCES watch.c)'
claim "two sources of one name are refused" refuses "two sources are named watch.bpf.c" \
	project 'skep_add_bpf_program(x SOURCES watch.bpf.c sub/watch.bpf.c)'
claim "no source is refused" refuses "SOURCES is missing" \
	project 'skep_add_bpf_program(x HEADERS watch.h)'
claim "an argument too many is refused" refuses "what is 'watch.bpf.c'" \
	project 'skep_add_bpf_program(x watch.bpf.c)'
claim "no clang is said" refuses "there is no clang; install it" \
	project 'set(SKEP_CLANG "")' 'skep_add_bpf_program(x SOURCES watch.bpf.c)'
claim "cross-compiling asks for a skep that runs here" \
	refuses "cross-compiling needs a skep that runs on this machine" cross_project ""
"$prefix/bin/skep" vmlinux -o "$work/vmlinux.h"
claim "cross-compiling makes objects for the other machine" cross_build "VMLINUX $work/vmlinux.h"
claim "cross-compiling does not make vmlinux.h from this kernel" \
	refuses "give VMLINUX, or -DSKEP_VMLINUX_BTF=FILE" cross_build ""
claim "SKEP_VMLINUX_BTF names the kernel" cross_build "" -DSKEP_VMLINUX_BTF=/sys/kernel/btf/vmlinux
for clang in clang-14 clang-19; do
	if command -v "$clang" > /dev/null; then
		claim "SKEP_CLANG chooses $clang" with_clang "$clang"
	else
		skip "SKEP_CLANG chooses $clang" "no $clang here"
	fi
done
finish
