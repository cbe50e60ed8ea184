# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#[=[.rst:
skep_add_bpf_program(<target> SOURCES <name.bpf.c>...
                     [HEADERS <file.h>...] [INCLUDES <folder>...]
                     [DEFINES <NAME[=value]>...] [OPTIONS <flag>...]
                     [VMLINUX <vmlinux.h>])

Compiles each source to a BPF object, writes its typed header <name>.skep.h with `skep gen`, and
makes <target> an INTERFACE library. Linking it brings the header, the HEADERS and skep:

    skep_add_bpf_program(app_bpf SOURCES app.bpf.c HEADERS app.h)
    add_executable(app main.c)                            # #include "app.skep.h"
    target_link_libraries(app PRIVATE app_bpf)

HEADERS are those that both sides include: their types appear under their own names in the
generated header, and their folders are include folders of both sides. So do those of what the
HEADERS include by "" or <> from INCLUDES. OPTIONS go to clang, last.

vmlinux.h is made once per build tree from the running kernel's types, and only if a source or one
of the HEADERS includes it. VMLINUX gives one instead.

Who links <target> gets the shared skep; with `set_target_properties(app PROPERTIES SKEP_STATIC ON)`
the static one.

The target's property SKEP_OBJECTS lists the objects, in the order of SOURCES.

Cache variables:
  SKEP_CLANG           the clang that compiles for BPF
  SKEP_CLI_EXECUTABLE  the `skep` that runs in the build: needed only to cross-compile, where the
                       one that was built for the target cannot run here
  SKEP_VMLINUX_BTF     the BTF file that vmlinux.h is made from; default: this kernel's
#]=]
include_guard(GLOBAL)
cmake_policy(VERSION 3.21)

find_program(SKEP_CLANG
    NAMES clang clang-20 clang-19 clang-18 clang-17 clang-16 clang-15 clang-14
    DOC "The clang that compiles for BPF")
set(SKEP_CLI_EXECUTABLE "" CACHE FILEPATH "The skep command to run in the build; empty: skep's own")
set(SKEP_VMLINUX_BTF "" CACHE FILEPATH "What vmlinux.h is made from; empty: this kernel's BTF")

# The kernel's name for the processor, as bpf_tracing.h wants it: registers differ. Empty if
# unknown: only programs that look at registers need it, and bpf_tracing.h tells those.
function(_skep_bpf_arch out)
    set(arch "")
    foreach(pair "x86=^(x86_64|amd64|i.86)$" "arm64=^(aarch64|arm64)" "arm=^arm" "riscv=^riscv"
                 "powerpc=^(ppc|powerpc)" "s390=^s390" "mips=^mips" "loongarch=^loongarch"
                 "sparc=^sparc" "arc=^arc")
        string(REGEX MATCH "^[^=]+" name "${pair}")
        string(REGEX REPLACE "^[^=]+=" "" pattern "${pair}")
        string(TOLOWER "${CMAKE_SYSTEM_PROCESSOR}" processor)
        if(processor MATCHES "${pattern}")
            set(arch ${name})
            break()
        endif()
    endforeach()
    set(${out} "${arch}" PARENT_SCOPE)
endfunction()

# Where the system's own headers are, asked from the compiler of the user side. For BPF, clang
# knows /usr/include but not the folder of the machine's architecture, where Debian has asm/.
function(_skep_bpf_system_flags out)
    set(dirs ${CMAKE_C_IMPLICIT_INCLUDE_DIRECTORIES} ${CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES})
    # Not those of the compiler itself: clang has its own.
    list(FILTER dirs EXCLUDE REGEX "/lib[^/]*/(gcc|gcc-cross|clang)/|/c\\+\\+(/|$)")
    list(REMOVE_DUPLICATES dirs)
    set(flags "")
    if(CMAKE_CROSSCOMPILING AND dirs)
        list(APPEND flags -nostdlibinc) # this machine's headers are not the other's
    else()
        list(REMOVE_ITEM dirs /usr/local/include /usr/include)
    endif()
    foreach(dir IN LISTS dirs)
        list(APPEND flags -idirafter "${dir}")
    endforeach()
    set(${out} "${flags}" PARENT_SCOPE)
endfunction()

# What every BPF object is compiled with; the .pc file has the same.
function(_skep_bpf_flags out)
    set(machine bpf)
    if(CMAKE_C_BYTE_ORDER STREQUAL "BIG_ENDIAN")
        set(machine bpfeb)
    elseif(CMAKE_C_BYTE_ORDER STREQUAL "LITTLE_ENDIAN")
        set(machine bpfel)
    endif()
    _skep_bpf_arch(arch)
    # What is called and not declared would only fail when it is loaded.
    set(flags -target ${machine} -g -O2 -std=gnu11 -mcpu=v3 -DSKEP_BPF_CPU_V3
        -Werror=implicit-function-declaration)
    if(arch)
        list(APPEND flags -D__TARGET_ARCH_${arch})
    endif()
    _skep_bpf_system_flags(system)
    set(${out} ${flags} ${system} PARENT_SCOPE)
endfunction()

# The `skep` that runs in this build, and what depends on it: a program of ours is built first.
function(_skep_cli out)
    if(SKEP_CLI_EXECUTABLE)
        set(${out} "${SKEP_CLI_EXECUTABLE}" PARENT_SCOPE)
    elseif(TARGET skep::cli AND NOT CMAKE_CROSSCOMPILING)
        set(${out} "$<TARGET_FILE:skep::cli>" PARENT_SCOPE)
    elseif(CMAKE_CROSSCOMPILING)
        message(FATAL_ERROR "skep_add_bpf_program: cross-compiling needs a skep that runs on this "
                            "machine: -DSKEP_CLI_EXECUTABLE=/path/to/skep")
    else()
        message(FATAL_ERROR "skep_add_bpf_program: there is no skep command; build skep with "
                            "SKEP_BUILD_CLI=ON, or give -DSKEP_CLI_EXECUTABLE=/path/to/skep")
    endif()
endfunction()

# Absolute paths; generator expressions stay as they are.
function(_skep_absolute out)
    set(paths "")
    foreach(path IN LISTS ARGN)
        if(NOT path MATCHES "^\\$<")
            get_filename_component(path "${path}" ABSOLUTE)
        endif()
        list(APPEND paths "${path}")
    endforeach()
    set(${out} "${paths}" PARENT_SCOPE)
endfunction()

# The folder of vmlinux.h, and the command that makes it when it is wanted and not there: a part of
# compiling, because only then it is known what the sources include.
function(_skep_vmlinux out_dir out_command cli)
    _skep_bpf_arch(arch)
    set(dir "${CMAKE_BINARY_DIR}/vmlinux.skep/${arch}")
    set(btf "${SKEP_VMLINUX_BTF}")
    if(btf)
        # Another kernel's is another file, and what includes it is compiled again.
        string(SHA256 hash "${btf}")
        string(SUBSTRING "${hash}" 0 8 hash)
        string(APPEND dir "-${hash}")
    elseif(CMAKE_CROSSCOMPILING)
        set(btf NONE)
    endif()
    set(${out_dir} "${dir}" PARENT_SCOPE)
    set(${out_command} COMMAND "${CMAKE_COMMAND}" "-DSKEP=${cli}" "-DBTF=${btf}"
        "-DOUTPUT=${dir}/vmlinux.h"
        -P "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/SkepVmlinux.cmake" -- ${ARGN} PARENT_SCOPE)
endfunction()

# Where skep's and libbpf's BPF-side headers are: as system headers, for their warnings are not the
# user's. A generator expression.
function(_skep_bpf_sdk_flags out)
    set(dirs "")
    foreach(library skep::bpf PkgConfig::SKEP_LIBBPF)
        list(APPEND dirs "$<TARGET_PROPERTY:${library},INTERFACE_INCLUDE_DIRECTORIES>")
    endforeach()
    set(dirs "$<REMOVE_DUPLICATES:$<FILTER:${dirs},INCLUDE,.>>")
    set(${out} "$<$<BOOL:${dirs}>:-isystem;$<JOIN:${dirs},;-isystem;>>" PARENT_SCOPE)
endfunction()

# The names a source gives: `stem` for files, `ident` for C. Two of one stem would overwrite each
# other.
function(_skep_bpf_names out_stem out_ident target source taken)
    get_filename_component(stem "${source}" NAME)
    if(NOT stem MATCHES "^(.+)\\.bpf\\.c$")
        message(FATAL_ERROR "skep_add_bpf_program(${target}): '${source}' must end in .bpf.c")
    endif()
    set(stem "${CMAKE_MATCH_1}")
    if(stem IN_LIST taken)
        message(FATAL_ERROR "skep_add_bpf_program(${target}): two sources are named ${stem}.bpf.c")
    endif()
    string(MAKE_C_IDENTIFIER "${stem}" ident)
    set(${out_stem} "${stem}" PARENT_SCOPE)
    set(${out_ident} "${ident}" PARENT_SCOPE)
endfunction()

# For `skep dev`: which target of this build tree makes which object of which source.
function(_skep_bpf_list source object target)
    set(list "${CMAKE_BINARY_DIR}/skep-programs.tsv")
    get_property(begun GLOBAL PROPERTY SKEP_PROGRAMS_BEGUN)
    if(NOT begun)
        file(WRITE "${list}" "")
        set_property(GLOBAL PROPERTY SKEP_PROGRAMS_BEGUN TRUE)
    endif()
    get_filename_component(real "${source}" REALPATH)
    file(APPEND "${list}" "${real}\t${object}\t${target}\n")
endfunction()

# For editors: compile_commands.json tells only how targets are compiled. This one is never built.
function(_skep_bpf_editor target flags)
    cmake_parse_arguments(PARSE_ARGV 2 E "" "VMLINUX" "SOURCES;OPTIONS")
    get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
    if(NOT "C" IN_LIST languages)
        return()
    endif()
    if(E_VMLINUX)
        get_filename_component(vmlinux "${E_VMLINUX}" DIRECTORY)
    else()
        _skep_vmlinux(vmlinux unused "")
    endif()
    add_library(${target}_editor OBJECT EXCLUDE_FROM_ALL ${E_SOURCES})
    set_target_properties(${target}_editor PROPERTIES
        COMPILE_OPTIONS "${flags};-I${vmlinux};${E_OPTIONS}"
        COMPILE_DEFINITIONS "" INCLUDE_DIRECTORIES ""
        LINK_LIBRARIES "skep::bpf;PkgConfig::SKEP_LIBBPF"
        C_CLANG_TIDY "" C_CPPCHECK "" UNITY_BUILD OFF EXPORT_COMPILE_COMMANDS ON)
endfunction()

# The two steps of one source: DIR/STEM.bpf.o, then DIR/STEM.skep.h.
function(_skep_bpf_build source dir stem ident cli)
    cmake_parse_arguments(PARSE_ARGV 5 B "" "VMLINUX" "HEADERS;INCLUDES;FLAGS;OPTIONS")
    set(object "${dir}/${stem}.bpf.o")
    set(vmlinux_command "")
    if(B_VMLINUX)
        get_filename_component(vmlinux_dir "${B_VMLINUX}" DIRECTORY)
    else()
        _skep_vmlinux(vmlinux_dir vmlinux_command "${cli}" "${source}" ${B_HEADERS})
    endif()
    _skep_bpf_sdk_flags(sdk)
    add_custom_command(OUTPUT "${object}"
        ${vmlinux_command}
        COMMAND "${SKEP_CLANG}" ${B_FLAGS} "-I${vmlinux_dir}" "${sdk}" ${B_OPTIONS}
            -MD -MF "${object}.d" -c "${source}" -o "${object}"
        DEPENDS "${source}" ${B_HEADERS} ${B_VMLINUX}
        DEPFILE "${object}.d"
        COMMENT "Building BPF object ${stem}.bpf.o"
        COMMAND_EXPAND_LISTS VERBATIM)

    set(header_arguments "")
    foreach(header IN LISTS B_HEADERS)
        list(APPEND header_arguments --header "${header}")
    endforeach()
    foreach(include IN LISTS B_INCLUDES)
        list(APPEND header_arguments --include "${include}")
    endforeach()
    add_custom_command(OUTPUT "${dir}/${stem}.skep.h"
        COMMAND "${cli}" gen "${object}" --name "${ident}" ${header_arguments}
            -o "${dir}/${stem}.skep.h"
        DEPENDS "${object}" ${B_HEADERS} "${cli}"
        COMMENT "Generating ${stem}.skep.h"
        VERBATIM)
endfunction()

function(skep_add_bpf_program target)
    cmake_parse_arguments(PARSE_ARGV 1 A "" "VMLINUX" "SOURCES;HEADERS;INCLUDES;DEFINES;OPTIONS")
    if(A_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "skep_add_bpf_program(${target}): what is '${A_UNPARSED_ARGUMENTS}'?")
    endif()
    if(NOT A_SOURCES)
        message(FATAL_ERROR "skep_add_bpf_program(${target}): SOURCES is missing")
    endif()
    if(NOT SKEP_CLANG)
        message(FATAL_ERROR "skep_add_bpf_program(${target}): there is no clang; install it, or "
                            "give -DSKEP_CLANG=/path/to/clang")
    endif()
    _skep_cli(cli)
    foreach(kind SOURCES HEADERS INCLUDES VMLINUX)
        _skep_absolute(A_${kind} ${A_${kind}})
    endforeach()
    set(header_dirs "")
    foreach(header IN LISTS A_HEADERS)
        get_filename_component(dir "${header}" DIRECTORY)
        list(APPEND header_dirs "${dir}")
    endforeach()
    list(REMOVE_DUPLICATES header_dirs)

    _skep_bpf_flags(flags)
    list(APPEND flags -Wall -Wextra -Wno-unused-parameter)
    foreach(define IN LISTS A_DEFINES)
        string(REGEX REPLACE "^-D" "" define "${define}")
        list(APPEND flags "-D${define}")
    endforeach()
    foreach(dir IN LISTS header_dirs A_INCLUDES)
        list(APPEND flags "-I${dir}")
    endforeach()

    set(dir "${CMAKE_CURRENT_BINARY_DIR}/${target}.skep")
    file(MAKE_DIRECTORY "${dir}")
    set(stems "")
    foreach(source IN LISTS A_SOURCES)
        _skep_bpf_names(stem ident ${target} "${source}" "${stems}")
        _skep_bpf_build("${source}" "${dir}" "${stem}" "${ident}" "${cli}"
            HEADERS ${A_HEADERS} INCLUDES ${A_INCLUDES} FLAGS ${flags} OPTIONS ${A_OPTIONS} VMLINUX ${A_VMLINUX})
        list(APPEND stems "${stem}")
        _skep_bpf_list("${source}" "${dir}/${stem}.bpf.o" ${target}_gen)
    endforeach()
    _skep_bpf_editor(${target} "${flags}" SOURCES ${A_SOURCES} OPTIONS ${A_OPTIONS} VMLINUX ${A_VMLINUX})
    list(TRANSFORM stems REPLACE "(.+)" "${dir}/\\1.bpf.o" OUTPUT_VARIABLE objects)
    list(TRANSFORM stems REPLACE "(.+)" "${dir}/\\1.skep.h" OUTPUT_VARIABLE outputs)

    # An INTERFACE library builds nothing itself: whoever links it waits for its dependencies.
    add_custom_target(${target}_gen DEPENDS ${outputs})
    add_library(${target} INTERFACE)
    add_dependencies(${target} ${target}_gen)
    target_include_directories(${target} INTERFACE "${dir}" ${header_dirs})
    target_link_libraries(${target} INTERFACE
        $<IF:$<BOOL:$<TARGET_PROPERTY:SKEP_STATIC>>,skep::skep_static,skep::skep>)
    set_target_properties(${target} PROPERTIES SKEP_OBJECTS "${objects}")
endfunction()
