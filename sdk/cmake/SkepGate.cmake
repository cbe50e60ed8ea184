# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#[=[.rst:
skep_add_bpf_gate(<name> PROGRAMS <library>... FILE <costs.tsv> [GROWTH <percent>])

A test of ctest, <name>, that loads the objects of libraries of skep_add_bpf_program(), and fails
when the verifier needs over GROWTH percent more for one of their programs than FILE has for this
kernel and compiler; default: 10. It needs root, as loading does. The target <name>_record writes
FILE: build it where the test is to pass, and commit what it wrote.
#]=]
include_guard(GLOBAL)

function(skep_add_bpf_gate name)
    cmake_parse_arguments(PARSE_ARGV 1 G "" "FILE;GROWTH" "PROGRAMS")
    if(G_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "skep_add_bpf_gate(${name}): what is '${G_UNPARSED_ARGUMENTS}'?")
    endif()
    if(NOT G_PROGRAMS OR NOT G_FILE)
        message(FATAL_ERROR "skep_add_bpf_gate(${name}): PROGRAMS and FILE must be given")
    endif()
    if(NOT DEFINED G_GROWTH)
        set(G_GROWTH 10)
    endif()
    if(NOT G_GROWTH MATCHES "^[0-9]+(\\.[0-9]+)?$")
        message(FATAL_ERROR "skep_add_bpf_gate(${name}): GROWTH is a number of percent, not "
                            "'${G_GROWTH}'")
    endif()
    set(objects "")
    set(depends "")
    foreach(library IN LISTS G_PROGRAMS)
        if(NOT TARGET ${library})
            message(FATAL_ERROR "skep_add_bpf_gate(${name}): '${library}' is no library of "
                                "skep_add_bpf_program()")
        endif()
        get_target_property(files ${library} SKEP_OBJECTS)
        if(NOT files)
            message(FATAL_ERROR "skep_add_bpf_gate(${name}): '${library}' has no BPF object")
        endif()
        list(APPEND objects ${files})
        list(APPEND depends ${library}_gen)
    endforeach()
    _skep_cli(cli)
    _skep_absolute(G_FILE "${G_FILE}")
    add_test(NAME ${name} COMMAND "${cli}" load ${objects} --gate "${G_FILE}" --growth ${G_GROWTH})
    add_custom_target(${name}_record
        COMMAND "${cli}" load ${objects} --record "${G_FILE}"
        DEPENDS ${depends} VERBATIM COMMENT "Recording what verification costs")
    # A test builds nothing: what it loads is there after `all`.
    add_custom_target(${name}_objects ALL DEPENDS ${depends})
endfunction()
