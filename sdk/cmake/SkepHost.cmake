# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#[=[.rst:
skep_add_bpf_host_test(<name> SOURCES <x.bpf.c>... <test.c>...
                       [HEADERS <file.h>...] [INCLUDES <folder>...]
                       [DEFINES <NAME[=value]>...] [OPTIONS <flag>...] [VMLINUX <vmlinux.h>]
                       [LIBS <library>...] [NO_SANITIZE] [COVERAGE])

A test program in which BPF programs run on this machine as C: see skep/testing/host.h. It is added to
ctest under its name.

    find_package(skep REQUIRED COMPONENTS testing)
    enable_testing()
    skep_add_bpf_host_test(host_counter SOURCES counter.bpf.c host_counter.c HEADERS counter.h)

Sources that end in .bpf.c are compiled twice by SKEP_CLANG: for BPF, which tells what their maps are,
and for this machine, under AddressSanitizer and UndefinedBehaviorSanitizer unless NO_SANITIZE is said.
COVERAGE counts lines of the .bpf.c, for `llvm-cov gcov`; it needs clang's runtime library (Debian:
libclang-rt-14-dev). The other arguments are those of skep_add_bpf_program().

skep_target_bpf_host(<target> SOURCES <x.bpf.c>... ...) adds hosted sources to a program that is there
already; it takes the same arguments, but for LIBS and for other sources.
#]=]
include_guard(GLOBAL)

# Found here in the tree, and beside the templates when installed.
set(SKEP_HOST_HEADERS "" CACHE PATH "Headers that hosted BPF programs see first; empty: skep's own")
mark_as_advanced(SKEP_HOST_HEADERS)

function(_skep_host_headers out)
    foreach(dir "${SKEP_HOST_HEADERS}" "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../host-headers"
                "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/host-headers")
        if(dir AND EXISTS "${dir}/bpf/bpf_helpers.h")
            get_filename_component(dir "${dir}" ABSOLUTE)
            set(${out} "${dir}" PARENT_SCOPE)
            return()
        endif()
    endforeach()
    message(FATAL_ERROR "skep: the headers for hosted BPF programs are not there; install skep again")
endfunction()

# The runtime library that counts, of the clang that compiles: linked by any compiler.
function(_skep_host_profile_library out)
    execute_process(COMMAND "${SKEP_CLANG}" -print-resource-dir
        OUTPUT_VARIABLE dir OUTPUT_STRIP_TRAILING_WHITESPACE)
    file(GLOB_RECURSE found "${dir}/lib/*clang_rt.profile*.a")
    string(TOLOWER "${CMAKE_SYSTEM_PROCESSOR}" processor)
    set(library "")
    foreach(file IN LISTS found)
        if(file MATCHES "profile-${processor}\\.a$|/${processor}[^/]*/libclang_rt\\.profile\\.a$")
            set(library "${file}")
        endif()
    endforeach()
    if(NOT library)
        message(FATAL_ERROR "skep: COVERAGE needs clang's runtime library, and ${SKEP_CLANG} has none "
                            "in ${dir}/lib (Debian: libclang-rt-<version>-dev)")
    endif()
    set(${out} "${library}" PARENT_SCOPE)
endfunction()

# Whether the compiler that links can do so with the sanitizers.
function(_skep_host_can_sanitize out)
    include(CheckCSourceCompiles)
    set(CMAKE_REQUIRED_FLAGS "-fsanitize=address,undefined")
    set(CMAKE_REQUIRED_QUIET TRUE)
    check_c_source_compiles("int main(void) { return 0; }" SKEP_HOST_CAN_SANITIZE)
    set(${out} "${SKEP_HOST_CAN_SANITIZE}" PARENT_SCOPE)
endfunction()

# How a .bpf.c is compiled for this machine. CO-RE's attribute means nothing here, but may stand in a
# `#pragma clang attribute push`, so it becomes one that does nothing.
function(_skep_host_flags out)
    _skep_bpf_arch(arch)
    set(flags -g -O1 -std=gnu11 -fPIC -fvisibility=hidden -fno-omit-frame-pointer
        -fno-strict-aliasing -DSKEP_HOST -DSKEP_BPF_CPU_V3 -DBPF_NO_PRESERVE_ACCESS_INDEX
        "-Dpreserve_access_index=annotate(\"core\")")
    if(arch)
        list(APPEND flags -D__TARGET_ARCH_${arch})
    endif()
    if(CMAKE_CROSSCOMPILING AND CMAKE_C_COMPILER_TARGET)
        list(APPEND flags "--target=${CMAKE_C_COMPILER_TARGET}")
    elseif(CMAKE_CROSSCOMPILING)
        list(APPEND flags "--target=${CMAKE_SYSTEM_PROCESSOR}-linux-gnu")
    endif()
    _skep_bpf_system_flags(system)
    set(${out} ${flags} ${system} -Wall -Wextra -Wno-unused-parameter -Wno-unknown-attributes
        PARENT_SCOPE)
endfunction()

# What a .bpf.c is for this machine, and the file that brings its object with it.
function(_skep_host_build out_sources target source dir stem ident)
    cmake_parse_arguments(PARSE_ARGV 6 B "" "VMLINUX" "HEADERS;FLAGS;OPTIONS")
    set(object "${dir}/${stem}.host.o")
    _skep_bpf_sdk_flags(sdk)
    _skep_host_headers(headers)
    if(B_VMLINUX)
        get_filename_component(vmlinux_dir "${B_VMLINUX}" DIRECTORY)
    else()
        _skep_cli(cli)
        _skep_vmlinux(vmlinux_dir unused "${cli}")
    endif()
    # After the BPF object, which has made vmlinux.h where it is wanted. Our headers come before all others,
    # also before a libbpf of the project's own.
    add_custom_command(OUTPUT "${object}"
        COMMAND "${SKEP_CLANG}" "-I${headers}" ${B_FLAGS} "-I${vmlinux_dir}" "${sdk}" ${B_OPTIONS}
            -MD -MF "${object}.d" -c "${source}" -o "${object}"
        COMMAND "${CMAKE_COMMAND}" -E rm -f "${dir}/${stem}.host.gcda" # counts of other lines
        DEPENDS "${source}" ${B_HEADERS} "${dir}/${stem}.bpf.o"
        DEPFILE "${object}.d"
        COMMENT "Building ${stem}.bpf.c for this machine"
        COMMAND_EXPAND_LISTS VERBATIM)
    string(REGEX REPLACE "([\\\\\"])" "\\\\\\1" path "${dir}/${stem}.bpf.o")
    string(REGEX REPLACE "([\\\\\"])" "\\\\\\1" path "${path}")
    set(anchor "skep_host_object_${target}_${ident}")
    string(MAKE_C_IDENTIFIER "${anchor}" anchor)
    file(CONFIGURE OUTPUT "${dir}/${stem}.host.c" @ONLY CONTENT
"/* Made by skep_add_bpf_host_test(): the object, and who it is. */
#include <skep/testing/host.h>
__asm__(\".pushsection .rodata\\n.balign 16\\n.global @anchor@\\n.type @anchor@, %object\\n\"
	\"@anchor@:\\n.incbin \\\"@path@\\\"\\n.size @anchor@, . - @anchor@\\n\"
	\".global @anchor@_end\\n@anchor@_end:\\n.byte 0\\n.popsection\\n\");
extern const unsigned char @anchor@[], @anchor@_end[];
__attribute__((constructor)) static void register_object(void)
{
	skep_host_register(\"@stem@\", \"@anchor@\", @anchor@, (size_t)(@anchor@_end - @anchor@));
}
")
    set_source_files_properties("${dir}/${stem}.host.c" PROPERTIES OBJECT_DEPENDS "${dir}/${stem}.bpf.o")
    set_source_files_properties("${object}" PROPERTIES EXTERNAL_OBJECT TRUE GENERATED TRUE)
    set(${out_sources} "${object}" "${dir}/${stem}.host.c" PARENT_SCOPE)
endfunction()

function(skep_target_bpf_host target)
    cmake_parse_arguments(PARSE_ARGV 1 A "NO_SANITIZE;COVERAGE" "VMLINUX"
        "SOURCES;HEADERS;INCLUDES;DEFINES;OPTIONS")
    if(A_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "skep_target_bpf_host(${target}): what is '${A_UNPARSED_ARGUMENTS}'?")
    endif()
    if(NOT A_SOURCES)
        message(FATAL_ERROR "skep_target_bpf_host(${target}): SOURCES has no .bpf.c")
    endif()
    if(NOT CMAKE_SIZEOF_VOID_P EQUAL 8)
        message(FATAL_ERROR "skep_target_bpf_host(${target}): BPF has pointers of 64 bits, and so must "
                            "this machine")
    endif()
    set(vmlinux "")
    if(A_VMLINUX)
        set(vmlinux VMLINUX ${A_VMLINUX})
    endif()
    skep_add_bpf_program(${target}_bpf SOURCES ${A_SOURCES} HEADERS ${A_HEADERS} INCLUDES ${A_INCLUDES}
        DEFINES ${A_DEFINES} OPTIONS ${A_OPTIONS} ${vmlinux})

    foreach(kind SOURCES HEADERS INCLUDES VMLINUX)
        _skep_absolute(A_${kind} ${A_${kind}})
    endforeach()
    _skep_host_flags(flags)
    set(sanitize "")
    if(NOT A_NO_SANITIZE)
        _skep_host_can_sanitize(can_sanitize)
        if(NOT can_sanitize)
            message(FATAL_ERROR "skep_target_bpf_host(${target}): ${CMAKE_C_COMPILER} cannot link "
                                "AddressSanitizer; install its runtime library (Debian: "
                                "libclang-rt-<version>-dev for clang), or say NO_SANITIZE")
        endif()
        # Headers in packets lie where they lie, macros look at members of no object, and helpers have
        # parameters of other pointer types.
        set(sanitize -fsanitize=address,undefined -fno-sanitize-recover=undefined)
        list(APPEND flags ${sanitize} -fno-sanitize=alignment,function,pointer-overflow)
    endif()
    if(A_COVERAGE)
        _skep_host_profile_library(profile)
        list(APPEND flags --coverage)
    endif()
    foreach(define IN LISTS A_DEFINES)
        string(REGEX REPLACE "^-D" "" define "${define}")
        list(APPEND flags "-D${define}")
    endforeach()
    foreach(header IN LISTS A_HEADERS)
        get_filename_component(folder "${header}" DIRECTORY)
        list(APPEND flags "-I${folder}")
    endforeach()
    foreach(folder IN LISTS A_INCLUDES)
        list(APPEND flags "-I${folder}")
    endforeach()

    set(dir "${CMAKE_CURRENT_BINARY_DIR}/${target}_bpf.skep")
    foreach(source IN LISTS A_SOURCES)
        _skep_bpf_names(stem ident ${target} "${source}" "")
        # One licence for each object, and many in one program.
        _skep_host_build(sources ${target} "${source}" "${dir}" "${stem}" "${ident}"
            HEADERS ${A_HEADERS} FLAGS ${flags} "-D_license=_license_${ident}" OPTIONS ${A_OPTIONS}
            VMLINUX ${A_VMLINUX})
        target_sources(${target} PRIVATE ${sources})
    endforeach()
    target_link_libraries(${target} PRIVATE ${target}_bpf)
    if(sanitize)
        target_compile_options(${target} PRIVATE ${sanitize} -fno-omit-frame-pointer)
        target_link_options(${target} PRIVATE -fsanitize=address,undefined)
    endif()
    if(A_COVERAGE)
        target_link_libraries(${target} PRIVATE "${profile}")
    endif()
endfunction()

function(skep_add_bpf_host_test name)
    cmake_parse_arguments(PARSE_ARGV 1 T "NO_SANITIZE;COVERAGE" "VMLINUX"
        "SOURCES;LIBS;HEADERS;INCLUDES;DEFINES;OPTIONS")
    if(T_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "skep_add_bpf_host_test(${name}): what is '${T_UNPARSED_ARGUMENTS}'?")
    endif()
    if(NOT TARGET skep::testing)
        message(FATAL_ERROR "skep_add_bpf_host_test(${name}): there is no skep::testing; "
                            "find_package(skep REQUIRED COMPONENTS testing)")
    endif()
    set(hosted ${T_SOURCES})
    set(own ${T_SOURCES})
    list(FILTER hosted INCLUDE REGEX "\\.bpf\\.c$")
    list(FILTER own EXCLUDE REGEX "\\.bpf\\.c$")
    if(NOT hosted OR NOT own)
        message(FATAL_ERROR "skep_add_bpf_host_test(${name}): SOURCES has a .bpf.c and a test in C")
    endif()
    set(arguments SOURCES ${hosted})
    foreach(kind HEADERS INCLUDES DEFINES OPTIONS VMLINUX)
        if(T_${kind})
            list(APPEND arguments ${kind} ${T_${kind}})
        endif()
    endforeach()
    foreach(option NO_SANITIZE COVERAGE)
        if(T_${option})
            list(APPEND arguments ${option})
        endif()
    endforeach()
    add_executable(${name} ${own})
    skep_target_bpf_host(${name} ${arguments})
    target_link_libraries(${name} PRIVATE skep::testing ${T_LIBS})
    add_test(NAME ${name} COMMAND ${name})
endfunction()
