# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# cmake -DSKEP=skep -DBTF=FILE -DOUTPUT=.../vmlinux.h -P SkepVmlinux.cmake -- x.bpf.c x.h
#
# Makes vmlinux.h if one of the files includes it and it is not there yet. Run by the build before
# each BPF source is compiled, several at a time. BTF: empty for this kernel's; NONE when
# cross-compiling, where this kernel's would be wrong.
cmake_minimum_required(VERSION 3.21)

set(wanted FALSE)
set(number 0)
while(NOT CMAKE_ARGV${number} STREQUAL "--")
    math(EXPR number "${number} + 1")
endwhile()
math(EXPR number "${number} + 1")
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(number RANGE ${number} ${last})
    set(source "${CMAKE_ARGV${number}}")
    if(EXISTS "${source}")
        file(STRINGS "${source}" lines REGEX "^[ \t]*#[ \t]*include[ \t]*[<\"]vmlinux\\.h[>\"]")
        if(lines)
            set(wanted TRUE)
            break()
        endif()
    endif()
endforeach()
if(NOT wanted OR EXISTS "${OUTPUT}")
    return()
endif()
if(BTF STREQUAL "NONE")
    message(FATAL_ERROR "${source} includes vmlinux.h, which is not made from this machine's "
                        "kernel when cross-compiling: give VMLINUX, or -DSKEP_VMLINUX_BTF=FILE")
endif()

get_filename_component(dir "${OUTPUT}" DIRECTORY)
file(MAKE_DIRECTORY "${dir}")
file(LOCK "${OUTPUT}.lock" GUARD PROCESS TIMEOUT 300)
if(EXISTS "${OUTPUT}")
    return()
endif()
# Under another name first: an interrupted build leaves no half of it behind.
execute_process(COMMAND "${SKEP}" vmlinux -o "${OUTPUT}.new" ${BTF} RESULT_VARIABLE status)
if(NOT status EQUAL 0)
    file(REMOVE "${OUTPUT}.new")
    message(FATAL_ERROR "${source} includes vmlinux.h, and `skep vmlinux` could not make it")
endif()
file(RENAME "${OUTPUT}.new" "${OUTPUT}")
