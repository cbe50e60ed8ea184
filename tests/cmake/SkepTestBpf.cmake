# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# skep_test_bpf_variants(<out> <source.bpf.c> HEADERS <files>)
#
# Compiles one source in each way in which users do: with clang 14 and 19, with vmlinux.h
# (-DWITH_VMLINUX) and without, and for the older BPF CPU. Makes a library <stem>_<variant> as of
# skep_add_bpf_program() for each, and sets <out> to the variants. Where one of the compilers is not
# there, SKEP_CLANG takes its place. Without SKEP_TEST_ALL_VARIANTS three ways, in which each compiler, either
# CPU, and vmlinux.h come once at least.
include_guard(GLOBAL)

find_program(SKEP_TEST_CLANG_14 NAMES clang-14 DOC "The oldest clang that skep supports")
find_program(SKEP_TEST_CLANG_19 NAMES clang-19 DOC "The newest clang that skep supports")

option(SKEP_TEST_ALL_VARIANTS "Compile the tests' BPF programs in all ways" ON)

function(skep_test_bpf_variants out source)
    cmake_parse_arguments(PARSE_ARGV 2 V "" "" "HEADERS")
    get_filename_component(stem "${source}" NAME)
    string(REGEX REPLACE "\\.bpf\\.c$" "" stem "${stem}")
    set(variants clang14 clang19_vmlinux clang19_v2)
    if(SKEP_TEST_ALL_VARIANTS)
        set(variants clang14 clang19 clang14_vmlinux clang19_vmlinux clang14_v2 clang19_v2)
    endif()
    set(default "${SKEP_CLANG}")
    foreach(variant IN LISTS variants)
        # skep_add_bpf_program() sees this one.
        set(SKEP_CLANG "${default}")
        # Not in one condition: what it matched is known behind it only.
        string(REGEX MATCH "^clang([0-9]+)" ignored "${variant}")
        set(wanted "SKEP_TEST_CLANG_${CMAKE_MATCH_1}")
        if(${wanted})
            set(SKEP_CLANG "${${wanted}}")
        endif()
        set(arguments "")
        if(variant MATCHES "_vmlinux$")
            list(APPEND arguments DEFINES WITH_VMLINUX)
        elseif(variant MATCHES "_v2$")
            list(APPEND arguments OPTIONS -mcpu=v2 -USKEP_BPF_CPU_V3)
        endif()
        skep_add_bpf_program(${stem}_${variant} SOURCES "${source}" HEADERS ${V_HEADERS}
            ${arguments})
    endforeach()
    set(${out} "${variants}" PARENT_SCOPE)
endfunction()
