# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# skep_add_test(<name> KIND unit|kernel|host
#               SOURCES <c files> | SCRIPT <file>
#               [LIBS <libraries>] [FILES <files, folders, targets>] [DEPENDS <targets>]
#               [TIMEOUT <seconds>] [GUESTS full|<kernels>])
#
#   unit    cmocka, needs no privilege, runs on the host only, as an unprivileged user
#   kernel  cmocka, runs as root on the host's kernel and in each virtual machine
#   host    a script or any binary, on the host only; gets SKEP_SOURCE_DIR and SKEP_BUILD_DIR. It
#           prints TAP, or else its exit status is its result; 77 is "skipped", with the reason on
#           the last line.
#
# FILES are copied into one folder, without their own folders' names; the test finds it in
# SKEP_TEST_FILES (test_file() in C). The folder goes with the test into the virtual machines. An
# entry may be a target whose file is meant. DEPENDS are targets that make what FILES names.
#
# GUESTS: virtual machines are slow. Kernels of sdk/vm/kernels: what it claims hangs on the kernel
# little, so that the quick run has it in these machines only; full: none has, except with --full.
#
# Binaries are compiled with skep_flags, as the library is.
#
# The target is test_<kind>_<name>. skep_write_test_manifest(), called once after the last test,
# writes tests/manifest.tsv in the build folder, which scripts/test reads:
#   name, kind, program, folder of files, seconds, guests of the quick run: all|none|<kernel>

set(SKEP_TEST_TIMEOUT_unit 60)
set(SKEP_TEST_TIMEOUT_kernel 120)
set(SKEP_TEST_TIMEOUT_host 300)

# Copies FILES into DIR at build time, again when one of them changes.
function(_skep_copy_test_files target dir)
    set(stamp "${dir}.stamp")
    set(commands COMMAND "${CMAKE_COMMAND}" -E rm -rf "${dir}"
                 COMMAND "${CMAKE_COMMAND}" -E make_directory "${dir}")
    set(depends "")
    foreach(entry IN LISTS ARGN)
        if(TARGET "${entry}")
            list(APPEND commands
                 COMMAND "${CMAKE_COMMAND}" -E copy "$<TARGET_FILE:${entry}>" "${dir}")
            list(APPEND depends "${entry}" "$<TARGET_FILE:${entry}>")
            continue()
        endif()
        # What the build makes is relative to the build folder, unless it is there in the source.
        get_filename_component(path "${entry}" ABSOLUTE)
        if(NOT EXISTS "${path}")
            get_filename_component(path "${entry}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_BINARY_DIR}")
        endif()
        if(IS_DIRECTORY "${path}")
            get_filename_component(base "${path}" NAME)
            list(APPEND commands
                 COMMAND "${CMAKE_COMMAND}" -E copy_directory "${path}" "${dir}/${base}")
            # What the build makes is named by another entry, or by DEPENDS: it may come and go.
            string(FIND "${path}" "${CMAKE_BINARY_DIR}/" made)
            if(NOT made EQUAL 0)
                file(GLOB_RECURSE inside CONFIGURE_DEPENDS "${path}/*")
                list(APPEND depends ${inside})
            endif()
        else()
            list(APPEND commands COMMAND "${CMAKE_COMMAND}" -E copy "${path}" "${dir}")
            list(APPEND depends "${path}")
        endif()
    endforeach()
    add_custom_command(OUTPUT "${stamp}" ${commands}
                       COMMAND "${CMAKE_COMMAND}" -E touch "${stamp}"
                       DEPENDS ${depends} VERBATIM COMMENT "Files of ${target}")
    add_custom_target(${target}_files ALL DEPENDS "${stamp}")
endfunction()

# ctest is for developers at work: it runs the unit tests as whoever calls it.
function(_skep_add_ctest name kind path dir timeout)
    add_test(NAME ${kind}/${name} COMMAND "${path}")
    set_tests_properties(${kind}/${name} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT ${timeout}
        ENVIRONMENT "SKEP_TEST_FILES=${dir};SKEP_TEST_ID=${kind}/${name}")
endfunction()

function(skep_add_test name)
    cmake_parse_arguments(PARSE_ARGV 1 T "" "KIND;SCRIPT;TIMEOUT" "SOURCES;LIBS;FILES;DEPENDS;GUESTS")
    if(T_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "skep_add_test(${name}): what is '${T_UNPARSED_ARGUMENTS}'?")
    endif()
    if(NOT T_KIND MATCHES "^(unit|kernel|host)$")
        message(FATAL_ERROR "skep_add_test(${name}): KIND is unit, kernel or host")
    endif()
    if(NOT name MATCHES "^[A-Za-z0-9_.-]+$")
        message(FATAL_ERROR "skep_add_test(${name}): a name has letters, digits, '_', '.', '-'")
    endif()
    if((T_SOURCES AND T_SCRIPT) OR NOT (T_SOURCES OR T_SCRIPT))
        message(FATAL_ERROR "skep_add_test(${name}): give either SOURCES or SCRIPT")
    endif()
    if(T_SCRIPT AND NOT T_KIND STREQUAL host)
        message(FATAL_ERROR "skep_add_test(${name}): only a host test can be a script")
    endif()
    list(JOIN T_GUESTS "," T_GUESTS)
    if(NOT T_GUESTS)
        set(T_GUESTS all)
    elseif(T_GUESTS STREQUAL full)
        set(T_GUESTS none)
    elseif(NOT T_GUESTS MATCHES "^((6\\.1|6\\.12|newest)(,|$))+$")
        message(FATAL_ERROR "skep_add_test(${name}): GUESTS is full or kernels of amd64, or not given")
    endif()
    if(NOT T_TIMEOUT)
        set(T_TIMEOUT ${SKEP_TEST_TIMEOUT_${T_KIND}})
    endif()

    set(target test_${T_KIND}_${name})
    set(dir "${CMAKE_BINARY_DIR}/tests/files/${T_KIND}/${name}")
    _skep_copy_test_files(${target} "${dir}" ${T_FILES})
    if(T_SCRIPT)
        get_filename_component(path "${T_SCRIPT}" ABSOLUTE)
    else()
        add_executable(${target} ${T_SOURCES})
        target_link_libraries(${target} PRIVATE ${T_LIBS})
        if(TARGET skep_flags)
            target_link_libraries(${target} PRIVATE skep_flags)
        endif()
        # Tests are compiled once for each run: what that takes counts for more than their own speed.
        # At -O1 gcc sees too little of what is initialized.
        target_compile_options(${target} PRIVATE
            $<$<CONFIG:RelWithDebInfo>:-O1;-g1;-Wno-maybe-uninitialized>)
        if(NOT T_KIND STREQUAL host)
            target_link_libraries(${target} PRIVATE skep_test_harness)
        endif()
        set(path "$<TARGET_FILE:${target}>")
    endif()
    if(T_DEPENDS)
        add_dependencies(${target}_files ${T_DEPENDS})
        if(NOT T_SCRIPT)
            add_dependencies(${target} ${T_DEPENDS})
        endif()
    endif()
    if(T_KIND STREQUAL unit)
        _skep_add_ctest(${name} ${T_KIND} "${path}" "${dir}" ${T_TIMEOUT})
    endif()
    set_property(GLOBAL APPEND_STRING PROPERTY SKEP_TEST_MANIFEST
        "${name}\t${T_KIND}\t${path}\t${dir}\t${T_TIMEOUT}\t${T_GUESTS}\n")
endfunction()

function(skep_write_test_manifest)
    get_property(lines GLOBAL PROPERTY SKEP_TEST_MANIFEST)
    file(GENERATE OUTPUT "${CMAKE_BINARY_DIR}/tests/manifest.tsv" CONTENT "${lines}")
endfunction()
