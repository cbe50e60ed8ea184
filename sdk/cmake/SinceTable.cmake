# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# since.tsv -> the rows of a C table:
#
#   cmake -DINPUT=since.tsv -DOUTPUT=since-table.h -P SinceTable.cmake
#
# Rows are checked here, so that a slip in the table fails the build and names its line.
cmake_minimum_required(VERSION 3.21)

foreach(argument INPUT OUTPUT)
    if(NOT DEFINED ${argument})
        message(FATAL_ERROR "SinceTable.cmake: -D${argument}= is missing")
    endif()
endforeach()

file(STRINGS "${INPUT}" lines ENCODING UTF-8)
set(rows "/* Made from since.tsv by SinceTable.cmake. */\n")
set(seen "")
set(number 0)
foreach(line IN LISTS lines)
    math(EXPR number "${number} + 1")
    if(line MATCHES "^#")
        continue()
    endif()
    if(NOT line MATCHES
            "^(prog|map|link|attach|helper|feature)\t([^\t]+)\t([0-9]+|-)\t([0-9]+)\\.([0-9]+)\t([^\t]+)$")
        message(FATAL_ERROR "${INPUT}:${number}: not `kind name number version source`, "
                            "separated by tabs: ${line}")
    endif()
    set(kind "${CMAKE_MATCH_1}")
    set(name "${CMAKE_MATCH_2}")
    set(value "${CMAKE_MATCH_3}")
    set(version "SKEP_KERNEL_VERSION(${CMAKE_MATCH_4}, ${CMAKE_MATCH_5}, 0)")
    set(source "${CMAKE_MATCH_6}")
    if("${kind} ${name}" IN_LIST seen)
        message(FATAL_ERROR "${INPUT}:${number}: ${name} is there twice")
    endif()
    list(APPEND seen "${kind} ${name}")
    if(value STREQUAL "-")
        set(value -1)
    endif()
    string(TOUPPER "${kind}" kind)
    string(APPEND rows
        "{ SKEP_SINCE_${kind}, \"${name}\", ${value}, ${version}, \"${source}\" },\n")
endforeach()
file(WRITE "${OUTPUT}.new" "${rows}")
file(COPY_FILE "${OUTPUT}.new" "${OUTPUT}" ONLY_IF_DIFFERENT)
file(REMOVE "${OUTPUT}.new")
# The build asks for a file newer than its inputs, even when the text is the same.
file(TOUCH_NOCREATE "${OUTPUT}")
